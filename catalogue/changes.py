"""The change record: what lower rooms write when a good's document is no longer true."""

from collections.abc import Iterable

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
