"""All orders, for the programme: within its provinces, with every consignment's state."""

from typing import Any

from django.db.models import Q, QuerySet
from django.views.generic import DetailView, ListView

from checkout.order.consignments import CANCELLED_BY_BUYER_IN, may_become
from checkout.order.models import Consignment, Order, PaymentState
from checkout.payment.methods import METHODS
from marketplace.dashboard.access import StaffAccess
from marketplace.dashboard.filters import filters_kept


class OrderAccess(StaffAccess):
    """Orders with a consignment of a producer in the person's provinces."""

    def consignments(self) -> QuerySet[Consignment]:
        return Consignment.objects.filter(self.scope.q("producer__commune__province"))

    def get_queryset(self) -> QuerySet[Order]:
        return Order.objects.filter(pk__in=self.consignments().values("order")).order_by("-date_placed")

    def is_wholly_theirs(self, order: Order) -> bool:
        """Return whether every consignment of the order lies in the person's provinces: only then may all of it be cancelled or refunded."""
        theirs = self.consignments().filter(order=order).count()
        return theirs == order.consignments.count()


class OrderListView(OrderAccess, ListView):
    """Newest first; found by number or phone."""

    template_name = "dashboard/staff/orders.html"
    context_object_name = "orders"
    paginate_by = 30

    def get_queryset(self) -> QuerySet[Order]:
        found = super().get_queryset().prefetch_related("consignments__producer")
        if words := self.request.GET.get("q", "").strip()[:40]:
            found = found.filter(
                Q(number__iexact=words) | Q(phone__endswith=words.lstrip("0").replace(" ", ""))
            )
        if (state := self.request.GET.get("payment", "")) in PaymentState.values:
            found = found.filter(payment_state=state)
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            states=PaymentState.choices,
            state=self.request.GET.get("payment", ""),
            query=filters_kept(self.request),
        )


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
        consignments = list(
            self.consignments()
            .filter(order=order)
            .select_related("producer", "shipping_address__commune__province")
            .prefetch_related("lines", "events__actor")
        )
        is_theirs = self.is_wholly_theirs(order)
        state, is_confirmed = Consignment.State, order.confirmed_at is not None
        is_open = order.cancelled_at is None and order.payment_state != PaymentState.EXPIRED
        return super().get_context_data(
            **kwargs,
            consignments=consignments,
            address=next((item.shipping_address for item in consignments if item.shipping_address), None),
            payments=order.payments.prefetch_related("refunds"),
            method_label=next((way.label for way in METHODS if way.code == order.payment_method), ""),
            may_cancel=is_theirs
            and is_open
            and all(item.state in (*CANCELLED_BY_BUYER_IN, state.CANCELLED) for item in consignments),
            may_refund=is_theirs,
            cancellable={
                item.pk for item in consignments if is_confirmed and may_become(item, state.CANCELLED)
            },
            returnable={
                item.pk for item in consignments if is_confirmed and may_become(item, state.RETURNED)
            },
        )
