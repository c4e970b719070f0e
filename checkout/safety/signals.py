"""What is unusual about an order, by the thresholds in force. It counts; it changes nothing and refuses nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone

from checkout.order.models import Consignment, Order
from checkout.order.selectors import COUNTED_FOR_THE_BUYER
from checkout.payment.models import Payment
from checkout.safety.models import HoldRule, OrderTrace, Signal
from marketplace.clock import day_of
from marketplace.money import round_dong

_TRACED: Final = {
    Signal.PHONES_OF_DEVICE: "device",
    Signal.PHONES_OF_NETWORK: "network",
    Signal.PHONES_OF_ADDRESS: "address",
}


@dataclass(frozen=True, slots=True)
class Struck:
    """A rule that strikes, and what was found: a number of cases, or đồng."""

    rule: HoldRule
    found: int


def rules_in_force(moment: datetime) -> list[HoldRule]:
    """Return the rule of each signal on the day of `moment`: of several the latest."""
    day = day_of(moment)
    rules = HoldRule.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day
    )
    latest: dict[str, HoldRule] = {}
    for rule in rules.order_by("valid_from"):
        latest[rule.signal] = rule
    return list(latest.values())


def signals_of(order: Order) -> list[Struck]:
    """Return the rules that strike on `order` now."""
    now = timezone.now()
    trace: OrderTrace | None = getattr(order, "trace", None)
    found = [Struck(rule, _count(rule, order, trace, now)) for rule in rules_in_force(now)]
    return [struck for struck in found if struck.found >= struck.rule.threshold]


def _count(rule: HoldRule, order: Order, trace: OrderTrace | None, now: datetime) -> int:
    since = now - timedelta(minutes=rule.window_minutes)
    match rule.signal:
        case Signal.LARGE_SUM:
            return round_dong(order.total_incl_tax)
        case Signal.LARGE_CASH:
            return round_dong(order.total_incl_tax) if _is_cash(order) else 0
        case Signal.CASH_REFUSED:
            return _refused(order, since) if _is_cash(order) else 0
        case Signal.PAYMENT_FAILURES:
            return _failures(order, trace, since)
        case _:
            return _phones(_TRACED[Signal(rule.signal)], trace, since)


def _is_cash(order: Order) -> bool:
    return order.payment_method == "cash"


def _phones(what: str, trace: OrderTrace | None, since: datetime) -> int:
    """Return from how many phone numbers orders came that share the device, the network or the address."""
    value = getattr(trace, what, "")
    if not value:
        return 0
    alike = OrderTrace.objects.filter(**{what: value}, at__gte=since)
    return alike.values("order__phone").distinct().count()


def _failures(order: Order, trace: OrderTrace | None, since: datetime) -> int:
    """Return how many payments of this phone or this device failed."""
    whose = Q(order__phone=order.phone)
    if trace and trace.device:
        whose |= Q(order__trace__device=trace.device)
    return Payment.objects.filter(whose, state=Payment.State.FAILED, created_at__gte=since).count()


def _refused(order: Order, since: datetime) -> int:
    """Return how many parcels this phone let go back without paying; what was lost on the way is no fault of the buyer's."""
    return Consignment.objects.filter(
        order__phone=order.phone,
        order__payment_method="cash",
        order__date_placed__gte=since,
        return_cause__in=COUNTED_FOR_THE_BUYER,
    ).count()
