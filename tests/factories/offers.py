"""Offers and codes, made by the same services as real ones."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from catalogue.producers.models import Partner
from checkout.basket.models import Basket
from checkout.offer.models import ConditionalOffer
from checkout.offer.services import OfferData, offer_create
from checkout.voucher.models import Voucher
from checkout.voucher.services import code_enter


def make_offer(*, producer: Partner | None = None, **given: Any) -> ConditionalOffer:
    """Return an offer that has run for an hour: 10 % off everything unless `given` says another thing. `producer` bears it."""
    now = timezone.now()
    kinds = {"percent", "amount", "bundle", "off_delivery"}
    what: dict[str, Any] = {} if kinds & given.keys() else {"percent": 10}
    return offer_create(
        data=OfferData(
            **{
                "name": "Ưu đãi mùa thu",
                "starts_at": now - timedelta(hours=1),
                "ends_at": now + timedelta(days=30),
                **what,
                **given,
            }
        ),
        producer=producer,
    )


def make_code(code: str = "MUATHU", **given: Any) -> Voucher:
    """Return a code that opens such an offer."""
    offer = make_offer(code=code, **{"name": "Mã mùa thu", **given})
    voucher: Voucher = offer.codes.get()
    return voucher


def enter(basket: Basket, code: str = "MUATHU") -> None:
    """Enter a code as a visitor does."""
    code_enter(basket=basket, typed=code)
