"""Writes prices. Every change is recorded, and the goods concerned are marked for the index in the same transaction."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from catalogue.changes import mark_changed
from catalogue.models import Product
from catalogue.pricing.errors import (
    AmountNotPositive,
    DatedPricesAlreadyBegun,
    NotAPack,
    PriceOutOfOrder,
    PricingError,
)
from catalogue.pricing.models import DatedPrice, NormalPrice
from marketplace.accounts.models import User


@transaction.atomic
def normal_price_set(
    *, pack: Product, amount: int, source: str, by: User | None = None, at: datetime | None = None
) -> NormalPrice:
    """Set what `pack` normally costs from `at` (default: now) on, in whole đồng, and close the price before it.

    Setting the price that already holds changes nothing. Concurrent calls wait for one another on the pack's row, so that the
    history has neither gap nor overlap.

    Raises NotAPack, AmountNotPositive, and PriceOutOfOrder where `at` lies before the start of the price that holds.
    """
    if amount <= 0:
        raise AmountNotPositive(f"{amount} ₫")
    _lock_packs([pack.pk])
    # Read after the lock was had: a price set while we waited must not lie after ours.
    moment = at or timezone.now()
    current = NormalPrice.objects.filter(pack=pack, valid_until__isnull=True).first()
    if current is not None:
        if current.amount == amount and current.valid_from <= moment:
            return current
        if moment < current.valid_from:
            raise PriceOutOfOrder(f"pack {pack.pk} has a price from {current.valid_from:%Y-%m-%d %H:%M:%S}")
        current.valid_until = moment
        current.save(update_fields=["valid_until"])
    price = NormalPrice.objects.create(
        pack=pack, amount=amount, valid_from=moment, source=source, changed_by=by
    )
    mark_changed(_goods_of([pack.pk]))
    return price


@transaction.atomic
def normal_price_end(*, pack: Product, at: datetime | None = None) -> None:
    """End the normal price of `pack` at `at` (default: now): it has no price any more and cannot be sold.

    Its dated prices end with it, and those to come are dropped: a promotion would sell it on.
    """
    _lock_packs([pack.pk])
    moment = at or timezone.now()
    dated = DatedPrice.objects.filter(pack=pack, ends_at__gt=moment)
    dated.filter(starts_at__gte=moment).delete()
    dated.update(ends_at=moment)
    current = NormalPrice.objects.filter(pack=pack, valid_until__isnull=True).first()
    if current is not None:
        if moment < current.valid_from:
            raise PriceOutOfOrder(f"pack {pack.pk} has a price from {current.valid_from:%Y-%m-%d %H:%M:%S}")
        current.valid_until = moment
        current.save(update_fields=["valid_until"])
    mark_changed(_goods_of([pack.pk]))


@transaction.atomic
def dated_prices_write(
    *, source: str, prices: Mapping[int, int], starts_at: datetime, ends_at: datetime
) -> int:
    """Write the dated prices of `source` (đồng by pack id), from `starts_at` until `ends_at` (exclusive).

    They replace what the source has written before, as long as none of it has begun. Returns how many prices there are.

    Raises NotAPack, AmountNotPositive, DatedPricesAlreadyBegun, and PricingError where the span is empty.
    """
    if ends_at <= starts_at:
        raise PricingError("a dated price ends after it starts")
    for amount in prices.values():
        if amount <= 0:
            raise AmountNotPositive(f"{amount} ₫")
    earlier = DatedPrice.objects.filter(source=source)
    touched = set(prices) | set(earlier.values_list("pack_id", flat=True))
    _lock_packs(touched)
    if earlier.filter(starts_at__lte=timezone.now()).exists():
        raise DatedPricesAlreadyBegun(source)
    earlier.delete()
    DatedPrice.objects.bulk_create(
        [
            DatedPrice(pack_id=pack_id, amount=amount, starts_at=starts_at, ends_at=ends_at, source=source)
            for pack_id, amount in sorted(prices.items())
        ],
        batch_size=500,
    )
    mark_changed(_goods_of(touched))
    return len(prices)


@transaction.atomic
def dated_prices_stop(*, source: str, at: datetime | None = None) -> int:
    """End the dated prices of `source` at `at` (default: now); those that haven't begun by then are dropped.

    Returns how many prices were ended or dropped. Safe to call twice.
    """
    packs = set(DatedPrice.objects.filter(source=source).values_list("pack_id", flat=True))
    _lock_packs(packs)
    moment = at or timezone.now()
    open_prices = DatedPrice.objects.filter(source=source, ends_at__gt=moment)
    touched = set(open_prices.values_list("pack_id", flat=True))
    dropped, _ = open_prices.filter(starts_at__gte=moment).delete()
    ended = open_prices.update(ends_at=moment)
    mark_changed(_goods_of(touched))
    return dropped + ended


def _lock_packs(pack_ids: set[int] | list[int]) -> None:
    """Lock the packs in the order of their ids. Raises NotAPack where one isn't a pack."""
    ids = sorted(set(pack_ids))
    locked = 0
    for start in range(0, len(ids), 500):
        chunk = Product.objects.select_for_update(of=("self",), no_key=True).filter(
            pk__in=ids[start : start + 500], structure=Product.CHILD
        )
        locked += len(chunk.order_by("pk").values_list("pk", flat=True))
    if locked != len(ids):
        raise NotAPack("prices belong to packs")


def _goods_of(pack_ids: set[int] | list[int]) -> set[int]:
    ids = sorted(set(pack_ids))
    goods: set[int] = set()
    for start in range(0, len(ids), 500):
        found = Product.objects.filter(pk__in=ids[start : start + 500]).values_list("parent_id", flat=True)
        goods.update(pk for pk in found if pk is not None)
    return goods
