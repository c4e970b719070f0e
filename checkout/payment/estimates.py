"""What a sum of đồng is in US dollars, about: for foreign buyers to read, never to charge."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from django.core.cache import cache

from checkout.payment.dated import DollarRate
from checkout.payment.terms import rule_on
from marketplace.clock import today

#: From so many dollars on, cents would only pretend to be exact.
_WHOLE_FROM: Final = 100
#: For so many seconds a rate is remembered: a page with ten prices asks for it once.
_REMEMBERED: Final = 60


def dollars_about(amount: int) -> Decimal | None:
    """Return `amount` đồng in dollars by today's rate, or None where no rate is known."""
    dong = _rate()
    if not dong:
        return None
    dollars = Decimal(amount) / dong
    step = Decimal(1) if dollars >= _WHOLE_FROM else Decimal("0.01")
    return dollars.quantize(step, rounding=ROUND_HALF_UP)


def _rate() -> int:
    """Return how many đồng a dollar is today; 0 where nobody has said so."""
    key = f"dollar-rate:{today():%Y%m%d}"
    known: int | None = cache.get(key)
    if known is None:
        rule = rule_on(DollarRate, today())
        known = rule.dong if rule else 0
        cache.set(key, known, timeout=_REMEMBERED)
    return known
