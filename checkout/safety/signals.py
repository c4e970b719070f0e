"""What is unusual about an order, by the thresholds in force. It counts; it changes nothing and refuses nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from django.db.models import (
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable, CombinedExpression
from django.db.models.functions import Coalesce
from django.utils import timezone

from checkout.order.models import Consignment, Order
from checkout.order.selectors import COUNTED_FOR_THE_BUYER
from checkout.payment.models import Payment
from checkout.safety.models import HoldRule, OrderTrace, Signal
from marketplace.clock import day_of
from marketplace.money import round_dong
from marketplace.prepared import PreparedRows


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
    """Return the rules that strike on `order` now. Whatever is to be counted is counted by one query."""
    now = timezone.now()
    rules = rules_in_force(now)
    found = _sums(order) | _counted(order, rules, now)
    struck = [Struck(rule, found.get(rule.signal, 0)) for rule in rules]
    return [one for one in struck if one.found >= one.rule.threshold]


def _sums(order: Order) -> dict[str, int]:
    total = round_dong(order.total_incl_tax)
    return {Signal.LARGE_SUM: total, Signal.LARGE_CASH: total if _is_cash(order) else 0}


def _counted(order: Order, rules: list[HoldRule], moment: datetime) -> dict[str, int]:
    counts = [signal for signal in _COUNTS if signal != Signal.CASH_REFUSED or _is_cash(order)]
    windows = [(rule.signal, rule.window_minutes) for rule in rules if rule.signal in counts]
    rows = _prepared_counts([order.pk], *windows, moment=moment) if windows else []
    return {signal: count or 0 for row in rows for signal, count in row.items()}


def _is_cash(order: Order) -> bool:
    return order.payment_method == "cash"


def _counts(
    orders: list[int], moment: datetime, *windows: tuple[str, int]
) -> QuerySet[Order, dict[str, int | None]]:
    """For each of `orders` what `_COUNTS` counts in each window (signal, minutes) that ends at `moment`."""
    return Order.objects.filter(pk__in=orders).values(
        **{signal: _COUNTS[signal](_before(moment, minutes)) for signal, minutes in windows}
    )


def _before(moment: datetime, minutes: int) -> ExpressionWrapper:
    length = Value(timedelta(minutes=minutes), DurationField())
    return ExpressionWrapper(Value(moment, DateTimeField()) - length, DateTimeField())


def _phones(what: str, since: ExpressionWrapper) -> Subquery:
    """From how many phone numbers orders came that share the device, the network or the address."""
    alike = OrderTrace.objects.filter(**{what: OuterRef(f"trace__{what}")}, at__gte=since).exclude(
        **{what: ""}
    )
    return _number(alike, what, Count("order__phone", distinct=True))


def _failures(since: ExpressionWrapper) -> CombinedExpression:
    """How many payments of this phone or this device failed: of the one, and of the other by other phones, each by its own index."""
    failed = Payment.objects.filter(state=Payment.State.FAILED, created_at__gte=since)
    of_phone = failed.filter(order__phone=OuterRef("phone"))
    of_device = (
        failed.filter(order__trace__device=OuterRef("trace__device"))
        .exclude(order__trace__device="")
        .exclude(order__phone=OuterRef("phone"))
    )
    numbers = (_number(payments, "state", Count("pk")) for payments in (of_phone, of_device))
    first, second = (Coalesce(number, 0) for number in numbers)
    return first + second


def _refused(since: ExpressionWrapper) -> Subquery:
    """How many parcels this phone let go back without paying; what was lost on the way is no fault of the buyer's."""
    came_back = Consignment.objects.filter(
        order__phone=OuterRef("phone"),
        order__payment_method="cash",
        order__date_placed__gte=since,
        state=Consignment.State.RETURNED,
        return_cause__in=COUNTED_FOR_THE_BUYER,
    )
    return _number(came_back, "state", Count("pk"))


def _number(rows: QuerySet[Any], alike: str, number: Count) -> Subquery:
    """Count `rows`, which have the column `alike` in common."""
    return Subquery(rows.order_by().values(alike).annotate(number=number).values("number"))


#: What is counted for a signal within its window.
_COUNTS: Final[Mapping[str, Callable[[ExpressionWrapper], Combinable]]] = {
    Signal.PAYMENT_FAILURES: _failures,
    Signal.PHONES_OF_DEVICE: partial(_phones, "device"),
    Signal.PHONES_OF_NETWORK: partial(_phones, "network"),
    Signal.PHONES_OF_ADDRESS: partial(_phones, "address"),
    Signal.CASH_REFUSED: _refused,
}
_prepared_counts = PreparedRows(_counts, takes_moment=True)
