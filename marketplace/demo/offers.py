"""Two codes and a stall's own offer for the demonstration, so that discounts at the till are to be seen."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from catalogue.models import Product
from catalogue.producers.models import Partner
from checkout.offer.models import ConditionalOffer
from checkout.offer.services import OfferData, offer_create
from checkout.voucher.models import Voucher
from marketplace.accounts.models import User

#: What each code gives.
CODES: Final[dict[str, dict[str, Any]]] = {
    "CHAOBAN": {
        "name": "Chào bạn mới (mẫu)",
        "name_en": "Welcome (sample)",
        "percent": 10,
        "largest_amount": 50_000,
        "most_uses": 1_000,
        "most_uses_a_buyer": 1,
    },
    "GIAO0D": {
        "name": "Miễn phí giao hàng (mẫu)",
        "name_en": "Free delivery (sample)",
        "off_delivery": 100,
        "largest_amount": 30_000,
        "from_amount": 200_000,
        "most_uses": 1_000,
    },
}


_BUNDLE: Final = "Mua 3 tính tiền 2 (mẫu)"


@transaction.atomic
def bundle_load(*, producer: Partner, by: User, now: datetime, length: timedelta) -> bool:
    """Let a stall bear an offer on one of its goods, where it has none; return whether it was made."""
    if ConditionalOffer.objects.filter(producer=producer).exists():
        return False
    data = OfferData(
        name=_BUNDLE,
        name_en="Three for the price of two (sample)",
        bundle=3,
        paid=2,
        goods=[Product.objects.filter(producer=producer, structure=Product.PARENT).latest("pk")],
        most_uses=200,
        starts_at=now,
        ends_at=now + length,
    )
    offer_create(data=data, producer=producer, by=by)
    return True


@transaction.atomic
def offers_load(*, by: User, now: datetime, length: timedelta) -> int:
    """Make those of the sample codes that are missing, borne by the marketplace, and return how many."""
    known = set(Voucher.objects.filter(code__in=CODES).values_list("code", flat=True))
    missing = {code: gives for code, gives in CODES.items() if code not in known}
    for code, gives in missing.items():
        offer_create(data=OfferData(code=code, starts_at=now, ends_at=now + length, **gives), by=by)
    return len(missing)
