"""In which ways an order can be paid, and why not in the others."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from catalogue.certification.programme import rule_book
from catalogue.models import Product
from catalogue.producers.models import Partner
from checkout.order.selectors import refused_parcels
from checkout.payment.dated import CashLimit
from checkout.payment.gateways import gateway_for
from checkout.payment.methods import METHODS, PaymentMethod
from checkout.payment.terms import rule_on
from checkout.settlement.owing import producers_owing_too_much
from marketplace.clock import today
from marketplace.money import format_dong


@dataclass(frozen=True, slots=True)
class MethodOffer:
    """One way to pay for certain goods. `why_not`, in words for the buyer, is empty where it can be chosen."""

    method: PaymentMethod
    why_not: str | Promise = ""


def offers_for(lines: Iterable[Any], *, total: int, phone: str = "") -> list[MethodOffer]:
    """Return the ways that this installation offers for these lines of a basket or an order, which come to `total` đồng.

    `phone` (E.164) is the buyer's, empty where it isn't known yet. Costs three queries, where `product` and its `parent` are loaded with the lines.
    """
    lines = list(lines)
    return [
        MethodOffer(method, why_not(method, lines, total=total, phone=phone))
        for method in METHODS
        if method.is_offered()
    ]


def why_not(method: PaymentMethod, lines: Collection[Any], *, total: int, phone: str = "") -> str:
    """Return why these lines, which come to `total` đồng, can't be paid by `method`, in words for the buyer; empty where they can."""
    if method.is_paid_on_delivery:
        if any(_is_alcohol(line.product) for line in lines) and not _alcohol_may_be_paid_on_delivery():
            return _("Not with alcohol: the law asks that it is paid before delivery.")
        return _why_no_cash(total, phone) or _why_no_cash_for(
            {producer for line in lines if (producer := _producer_of(line.product))}
        )
    most = gateway_for(method.gateway or "").most
    if most is not None and total > most:
        return _("Takes %(most)s at most.") % {"most": format_dong(most)}
    return ""


def _alcohol_may_be_paid_on_delivery() -> bool:
    return rule_book().alcohol_on(today()).cash_on_delivery


def _why_no_cash(total: int, phone: str) -> str:
    limit = rule_on(CashLimit, today())
    if limit is None:
        return ""
    if total > limit.most_amount:
        return _("For orders up to %(most)s.") % {"most": format_dong(limit.most_amount)}
    if refused_parcels(phone) >= limit.refused_parcels:
        return _("Not for this phone number: parcels that were to be paid on delivery came back.")
    return ""


def _why_no_cash_for(producers: Collection[int]) -> str:
    """Return why these producers' goods are not sold for cash: one of them owes us too much of the cash that it took."""
    owing = producers_owing_too_much(producers)
    if not owing:
        return ""
    names = ", ".join(producer.name for producer in Partner.objects.filter(pk__in=owing))
    return _("Goods of %(producers)s are paid in advance at the moment.") % {"producers": names}


def _producer_of(product: Product | None) -> int | None:
    if product is None:
        return None
    return (product.parent if product.parent_id else product).producer_id


def _is_alcohol(product: Product | None) -> bool:
    if product is None:  # no longer in the catalogue: nobody can tell
        return True
    good = product.parent if product.parent_id else product
    # What could be alcohol counts as alcohol until a person has decided.
    return bool(good.alcohol != Product.Alcohol.NONE)
