"""Orders, for the programme: within its provinces, and of an order of several provinces only the part that is theirs."""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Value
from django.views.generic import DetailView, ListView

from checkout.order.consignments import fulfilment_state, may_all_be_cancelled, may_become
from checkout.order.models import UNPAID, Consignment, Order, PaymentState
from checkout.order.numbers import read_order_number
from checkout.payment.methods import METHODS
from checkout.payment.models import Dispute, Refund
from checkout.safety.selectors import hold_in_words
from marketplace.accounts.models import StaffRole
from marketplace.dashboard.access import StaffAccess, may_open
from marketplace.dashboard.filters import filters_kept

#: Fewer digits than this name no phone number.
FEWEST_DIGITS = 4
_NOT_A_DIGIT = re.compile(r"\D")


@dataclass(frozen=True, slots=True)
class OrderPart:
    """What a person may see of an order: the consignments of their provinces, and the sums of those alone (đồng)."""

    order: Order
    consignments: list[Consignment]
    #: Whether the whole order is theirs.
    is_whole: bool

    @property
    def total(self) -> int:
        return sum(item.total for item in self.consignments)

    @property
    def refunded(self) -> int:
        return sum(item.refunded_amount for item in self.consignments)

    @property
    def fulfilment(self) -> str:
        """How far this part is, in words."""
        return str(fulfilment_state(item.state for item in self.consignments).label)


class OrderAccess(StaffAccess):
    """Orders with a consignment of a producer in the person's provinces."""

    staff_roles: tuple[str, ...] = (StaffRole.Role.ADMIN, StaffRole.Role.SUPPORT, StaffRole.Role.FINANCE)

    def consignments(self) -> QuerySet[Consignment]:
        return Consignment.objects.filter(self.scope.q("producer__commune__province"))

    def get_queryset(self) -> QuerySet[Order]:
        return Order.objects.filter(pk__in=self.consignments().values("order")).order_by("-date_placed")

    def with_parts(self, orders: QuerySet[Order]) -> QuerySet[Order]:
        """Load with each order the consignments that are theirs (`seen`) and whether there are others (`has_others`)."""
        others = Consignment.objects.filter(order=OuterRef("pk")).exclude(
            pk__in=self.consignments().values("pk")
        )
        return orders.annotate(
            has_others=Value(False) if self.scope.everything else Exists(others)
        ).prefetch_related(Prefetch("consignments", queryset=self.consignments(), to_attr="seen"))

    def is_wholly_theirs(self, order: Order) -> bool:
        """Return whether every consignment of the order lies in the person's provinces: only then may all of it be cancelled or refunded."""
        theirs = self.consignments().filter(order=order).count()
        return theirs == order.consignments.count()


class OrderListView(OrderAccess, ListView):
    """Newest first; found by the number of an order or a consignment, or by phone."""

    template_name = "dashboard/staff/orders.html"
    context_object_name = "orders"
    paginate_by = 30

    def get_queryset(self) -> QuerySet[Order]:
        found = self.with_parts(super().get_queryset())
        if words := self.request.GET.get("q", "").strip()[:40]:
            found = found.filter(self.named(words))
        if (state := self.request.GET.get("payment", "")) in PaymentState.values:
            found = found.filter(payment_state=state)
            if state in UNPAID:
                found = found.filter(cancelled_at=None)
        return found

    def named(self, words: str) -> Q:
        """Return which orders `words` mean: a number as people write it, or the last digits of a phone."""
        number = read_order_number(words) or words
        named = Q(number__iexact=number) | Q(
            pk__in=self.consignments().filter(number__iexact=words).values("order")
        )
        digits = _NOT_A_DIGIT.sub("", words).removeprefix("0")
        return named | Q(phone__endswith=digits) if len(digits) >= FEWEST_DIGITS else named

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {
            **context,
            "parts": [OrderPart(order, order.seen, not order.has_others) for order in context["orders"]],
            "states": PaymentState.choices,
            "state": self.request.GET.get("payment", ""),
            "query": filters_kept(self.request),
        }


class OrderDetailView(OrderAccess, DetailView):
    """One order: the consignments of the person's provinces, payments, refunds."""

    template_name = "dashboard/staff/order.html"
    context_object_name = "order"
    slug_field = "number"
    slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[Order]:
        return super().get_queryset().select_related("user")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        order: Order = self.object
        user = self.request.user
        consignments = list(
            self.consignments()
            .filter(order=order)
            .select_related("producer", "shipping_address__commune__province")
            .prefetch_related("lines", "events__actor")
        )
        is_theirs = self.is_wholly_theirs(order)
        state, is_confirmed = Consignment.State, order.confirmed_at is not None
        return super().get_context_data(
            **kwargs,
            consignments=consignments,
            address=next((item.shipping_address for item in consignments if item.shipping_address), None),
            part=OrderPart(order, consignments, is_theirs),
            held=hold_in_words(order),
            may_release=is_theirs and may_open(user, "order-release"),
            # A payment is of the whole order: whoever sees a part learns of it only what went back for that part.
            payments=order.payments.prefetch_related("refunds") if is_theirs else [],
            disputes=Dispute.objects.filter(payment__order=order) if is_theirs else [],
            may_see_events=is_theirs and may_open(user, "payment-events"),
            refunds=[]
            if is_theirs
            else Refund.objects.filter(payment__order=order, consignment__in=consignments).order_by("pk"),
            method_label=next((way.label for way in METHODS if way.code == order.payment_method), ""),
            may_cancel=is_theirs
            and may_open(user, "order-cancel")
            and may_all_be_cancelled(order, consignments),
            may_refund=is_theirs and may_open(user, "order-payment-refund"),
            cancellable={
                item.pk
                for item in consignments
                if is_confirmed
                and may_become(item, state.CANCELLED)
                and may_open(user, "order-consignment-cancel")
            },
            givable={
                item.pk
                for item in consignments
                if is_theirs
                and item.state == state.DELIVERED
                and item.refunded_amount < item.total
                and may_open(user, "order-goodwill")
            },
            returnable={
                item.pk
                for item in consignments
                if is_confirmed
                and may_become(item, state.RETURNED)
                and may_open(user, "order-consignment-return")
            },
        )
