"""The change record: what lower rooms write when a good's document is no longer true."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from catalogue.models import ProductChange
from marketplace.page_cache import raise_generation


def mark_changed(product_ids: Iterable[int]) -> None:
    """Raise the version of each good (ids of goods, not of packs) inside the caller's transaction.

    The rows are touched in the order of their ids, so that two transactions cannot deadlock.
    """
    ids = sorted(set(product_ids))
    if not ids:
        return
    now = timezone.now()
    with transaction.atomic():
        for start in range(0, len(ids), 500):
            chunk = ids[start : start + 500]
            known = set(
                ProductChange.objects.select_for_update()
                .filter(pk__in=chunk)
                .order_by("pk")
                .values_list("pk", flat=True)
            )
            ProductChange.objects.bulk_create(
                [ProductChange(product_id=pk, version=0, changed_at=now) for pk in chunk if pk not in known],
                ignore_conflicts=True,
            )
            ProductChange.objects.filter(pk__in=chunk).update(version=F("version") + 1, changed_at=now)
        raise_generation()


def raise_versions_above(versions: Mapping[int, int]) -> None:
    """Give each good (by id) a version higher than the one named, unless it has one.

    For an index that holds more than the database knows: an older database was put back, or a good is gone without a record.
    """
    now = timezone.now()
    with transaction.atomic():
        known = {
            change.pk: change
            for change in ProductChange.objects.select_for_update().filter(pk__in=versions).order_by("pk")
        }
        for product_id in sorted(versions):
            change = known.get(product_id) or ProductChange(product_id=product_id, version=0)
            if change.version <= versions[product_id]:
                change.version, change.changed_at = versions[product_id] + 1, now
                change.save()
