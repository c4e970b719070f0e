"""What happens to delivery tables: a table that parcels are charged by is never overwritten, another one follows it."""

import logging
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from catalogue.producers.models import Partner
from checkout.shipping.models import ClosedDays, DeliveryRate, DeliveryTariff, PickupPoint, RemoteCommune
from checkout.shipping.reach import reach_record
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record
from marketplace.clock import today

logger = logging.getLogger(__name__)

#: Fields of a far commune's line.
REMOTE_FIELDS = ("commune_id", "surcharge", "extra_days", "is_served")


@transaction.atomic
def tariff_write(
    *,
    values: Mapping[str, Any],
    rates: Iterable[Mapping[str, Any]],
    by: User,
    replaces: DeliveryTariff | None = None,
    remote: Iterable[Mapping[str, Any]] | None = None,
) -> DeliveryTariff:
    """Write a delivery table with its lines and return it; `values`, `rates` and `remote` (its far communes) are the models' fields.

    A table that `replaces` one which has begun is a new row: it begins today at the earliest, and the old one ends the day before (on its
    own first day where it began today: of two tables of a day the younger holds). One that hasn't begun is written anew in its place.
    Without `remote` the far communes of the replaced table hold on.
    """
    old = DeliveryTariff.objects.select_for_update(of=("self",)).get(pk=replaces.pk) if replaces else None
    begun = old if old is not None and old.has_begun else None
    far = remote_rows(old) if remote is None and old else list(remote or ())
    tariff = DeliveryTariff(pk=old.pk if old and not begun else None, **{**values, "written_by": by})
    if begun is not None:
        tariff.valid_from = max(tariff.valid_from, today())
        _end(begun, followed_by=tariff)
    tariff.save()
    tariff.rates.all().delete()
    tariff.remote_communes.all().delete()
    DeliveryRate.objects.bulk_create(DeliveryRate(tariff=tariff, **rate) for rate in rates)
    RemoteCommune.objects.bulk_create(RemoteCommune(tariff=tariff, **line) for line in far)
    reach_record()
    audit_record(action="tariff.changed" if old else "tariff.created", subject=tariff, actor=by)
    logger.info("delivery table %s written by %s", tariff.pk, by.pk)
    return tariff


def tariff_values(tariff: DeliveryTariff) -> dict[str, Any]:
    """Return the fields of a table that another one takes over."""
    left_out = {"id", "written_by"}
    return {
        field.name: getattr(tariff, field.name)
        for field in DeliveryTariff._meta.concrete_fields
        if field.name not in left_out
    }


def remote_rows(tariff: DeliveryTariff) -> list[dict[str, Any]]:
    """Return a table's far communes as `tariff_write` takes them."""
    return list(tariff.remote_communes.order_by("commune_id").values(*REMOTE_FIELDS))


@transaction.atomic
def closed_days_add(
    *,
    first_day: date,
    last_day: date,
    name: str,
    by: User,
    producer: Partner | None = None,
    source: str = "",
) -> ClosedDays:
    """Note days on which nothing is sent, of one producer or (without) a public holiday that holds for all."""
    days = ClosedDays.objects.create(
        producer=producer, first_day=first_day, last_day=last_day, name=name.strip(), source=source.strip()
    )
    audit_record(action="closed_days.added", subject=days, actor=by)
    logger.info("closed days %s added by %s", days.pk, by.pk)
    return days


@transaction.atomic
def closed_days_remove(*, days: ClosedDays, by: User) -> None:
    """Forget closed days: parcels go out on them again. What was promised before stays as it was."""
    audit_record(action="closed_days.removed", subject=days, actor=by)  # while it still has its key
    logger.info("closed days %s (%s) removed by %s", days.pk, days, by.pk)
    days.delete()


@transaction.atomic
def holiday_confirm(*, days: ClosedDays, by: User) -> None:
    """Note that a holiday which was worked out beforehand has been announced so."""
    days.is_sample = False
    days.save(update_fields=["is_sample"])
    audit_record(action="closed_days.confirmed", subject=days, actor=by)


@transaction.atomic
def pickup_point_write(
    *, values: Mapping[str, Any], producers: Iterable[Partner], by: User, point: PickupPoint | None = None
) -> PickupPoint:
    """Write a pickup point with the producers whose goods it takes. One that isn't offered any more keeps its orders."""
    written = point or PickupPoint()
    for name, value in values.items():
        setattr(written, name, value)
    written.save()
    written.producers.set(producers)
    audit_record(action="pickup_point.written", subject=written, words=written.name, actor=by)
    logger.info("pickup point %s written by %s", written.pk, by.pk)
    return written


def _end(tariff: DeliveryTariff, *, followed_by: DeliveryTariff) -> None:
    last_day = max(tariff.valid_from, followed_by.valid_from - timedelta(days=1))
    if tariff.valid_until is None or tariff.valid_until > last_day:
        tariff.valid_until = last_day
        tariff.save(update_fields=["valid_until"])
