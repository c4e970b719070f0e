"""What happens to delivery tables: a table that parcels are charged by is never overwritten, another one follows it."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from checkout.shipping.models import DeliveryRate, DeliveryTariff
from checkout.shipping.reach import reach_record
from marketplace.accounts.models import User
from marketplace.clock import today


@transaction.atomic
def tariff_write(
    *,
    values: Mapping[str, Any],
    rates: Iterable[Mapping[str, Any]],
    by: User,
    replaces: DeliveryTariff | None = None,
) -> DeliveryTariff:
    """Write a delivery table with its lines and return it; `values` and `rates` are the models' fields.

    A table that `replaces` one which has begun is a new row: it begins today at the earliest, and the old one ends the day before (on its
    own first day where it began today: of two tables of a day the younger holds). One that hasn't begun is written anew in its place.
    """
    old = DeliveryTariff.objects.select_for_update(of=("self",)).get(pk=replaces.pk) if replaces else None
    begun = old if old is not None and old.has_begun else None
    tariff = DeliveryTariff(pk=old.pk if old and not begun else None, **{**values, "written_by": by})
    if begun is not None:
        tariff.valid_from = max(tariff.valid_from, today())
        _end(begun, followed_by=tariff)
    tariff.save()
    tariff.rates.all().delete()
    DeliveryRate.objects.bulk_create(DeliveryRate(tariff=tariff, **rate) for rate in rates)
    reach_record()
    return tariff


def _end(tariff: DeliveryTariff, *, followed_by: DeliveryTariff) -> None:
    last_day = max(tariff.valid_from, followed_by.valid_from - timedelta(days=1))
    if tariff.valid_until is None or tariff.valid_until > last_day:
        tariff.valid_until = last_day
        tariff.save(update_fields=["valid_until"])
