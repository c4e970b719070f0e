"""What happens to baskets. Each change locks the basket first, so that two taps add up instead of one winning."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.certification.verdicts import VerdictReason
from catalogue.models import Product
from catalogue.producers.strategy import Default as SaleStrategy
from checkout.basket.errors import BasketClosed, NotForSale
from checkout.basket.models import Basket, Line

#: Packs of one kind in one basket; a trade buyer asks for a quote instead.
LARGEST_QUANTITY = 999


@dataclass(frozen=True, slots=True)
class Added:
    """What came of adding: the line, and whether less was put in than was asked for."""

    line: Line
    is_capped: bool

    @property
    def cap_words(self) -> str:
        """Say how many are in the basket now; empty where all that was asked for is."""
        if not self.is_capped:
            return ""
        return _(
            "%(name)s: no more than %(count)d can be ordered at once; so many are in your basket now."
        ) % {
            "name": self.line.product.parent.title,
            "count": self.line.quantity,
        }


def basket_add(*, basket: Basket, pack_id: int, quantity: int, adult: bool) -> Added:
    """Add `quantity` (at least 1) packs, as far as they are in stock.

    A basket that isn't saved yet is. The line keeps the price of its first day in the basket, so that a change can be told.
    Raises NotForSale with the reason of the one rule, and BasketClosed.
    """
    with transaction.atomic():
        basket_lock(basket)
        pack = Product.objects.filter(pk=pack_id, structure=Product.CHILD).first()
        if pack is None:
            raise NotForSale(VerdictReason.NO_PACK.text)
        info = SaleStrategy(adult=adult).fetch_for_product(pack)
        if not info.availability.is_available_to_buy:
            raise NotForSale(info.availability.message)
        line, _is_new = Line.objects.get_or_create(
            basket=basket,
            line_reference=f"{pack.pk}_{info.stockrecord.pk}",
            defaults={
                "product": pack,
                "stockrecord": info.stockrecord,
                "quantity": 0,
                "price_currency": settings.OSCAR_DEFAULT_CURRENCY,
                "price_excl_tax": info.price.excl_tax,
                "price_incl_tax": info.price.incl_tax,
            },
        )
        wanted = line.quantity + max(1, quantity)
        line.quantity = min(wanted, info.availability.num_available, LARGEST_QUANTITY)
        line.save(update_fields=["quantity", "date_updated"])
    basket.reset_offer_applications()
    return Added(line, is_capped=line.quantity < wanted)


def basket_line_set(*, basket: Basket, line_id: int, quantity: int) -> None:
    """Set a line's quantity; 0 removes it. A line that isn't there is left alone: a second tap is no error."""
    with transaction.atomic():
        basket_lock(basket)
        line = Line.objects.filter(basket=basket, pk=line_id)
        if quantity <= 0:
            line.delete()
        else:
            line.update(quantity=min(quantity, LARGEST_QUANTITY), date_updated=timezone.now())
    basket.reset_offer_applications()


def basket_prices_accept(*, basket: Basket, prices: dict[int, int]) -> None:
    """Note today's prices (đồng, by line) as those that the buyer has seen, where they differ."""
    for line in basket.all_lines():
        price = prices.get(line.pk)
        if price is not None and line.price_incl_tax != price:
            Line.objects.filter(pk=line.pk).update(price_incl_tax=price, price_excl_tax=price)


def basket_merge(*, into: Basket, other: Basket) -> None:
    """Move every line of `other` into `into`, adding quantities up to what is in stock but never below what either held."""
    with transaction.atomic():
        locked = {
            found.pk: found
            for found in Basket.objects.select_for_update(of=("self",))
            .filter(pk__in=[into.pk, other.pk])
            .order_by("pk")
        }
        if any(found.status != Basket.OPEN for found in locked.values()) or len(locked) < 2:
            return
        kept = {line.line_reference: line for line in into.lines.all()}
        for line in other.lines.select_related("stockrecord"):
            twin = kept.get(line.line_reference)
            if twin is None:
                Line.objects.filter(pk=line.pk).update(basket=into)
                continue
            both = min(twin.quantity + line.quantity, max(line.stockrecord.net_stock_level, 0))
            quantity = max(both, twin.quantity, line.quantity)
            Line.objects.filter(pk=twin.pk).update(quantity=min(quantity, LARGEST_QUANTITY))
            line.delete()
        _codes_merge(into, other)
        Basket.objects.filter(pk=other.pk).update(
            status=Basket.MERGED, date_merged=timezone.now(), merged_into=into
        )
    into.reset_offer_applications()


def _codes_merge(into: Basket, other: Basket) -> None:
    """Bring the codes of `other` along where `into` has none of their kind."""
    kinds = {own.offer.is_on_delivery for own in into.vouchers.select_related("offer__benefit")}
    brought = other.vouchers.select_related("offer__benefit")
    into.vouchers.add(*(code for code in brought if code.offer.is_on_delivery not in kinds))


def basket_lock(basket: Basket) -> None:
    """Save a new basket, lock a known one. Raises BasketClosed where it can no longer be changed."""
    if basket.pk is None:
        basket.save()
        return
    status = (
        Basket.objects.select_for_update(of=("self",))
        .filter(pk=basket.pk)
        .values_list("status", flat=True)
        .first()
    )
    if status != Basket.OPEN:
        raise BasketClosed(_("This basket has just become an order."))
