"""Two codes for the demonstration, so that a discount at the till is to be seen."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

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


@transaction.atomic
def offers_load(*, by: User, now: datetime, length: timedelta) -> int:
    """Make those of the sample codes that are missing, borne by the marketplace, and return how many."""
    known = set(Voucher.objects.filter(code__in=CODES).values_list("code", flat=True))
    missing = {code: gives for code, gives in CODES.items() if code not in known}
    for code, gives in missing.items():
        offer_create(data=OfferData(code=code, starts_at=now, ends_at=now + length, **gives), by=by)
    return len(missing)
