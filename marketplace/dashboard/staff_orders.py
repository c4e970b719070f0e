"""All orders, for the programme: within its provinces, with every consignment's state."""

from typing import Any

from django.db.models import Q, QuerySet
from django.views.generic import DetailView, ListView

from checkout.order.models import Consignment, Order, PaymentState
from marketplace.dashboard.access import StaffAccess
from marketplace.dashboard.filters import filters_kept


class OrderAccess(StaffAccess):
    """Orders with a consignment of a producer in the person's provinces."""

    def consignments(self) -> QuerySet[Consignment]:
        return Consignment.objects.filter(self.scope.q("producer__commune__province"))

    def get_queryset(self) -> QuerySet[Order]:
        return Order.objects.filter(pk__in=self.consignments().values("order")).order_by("-date_placed")


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

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            consignments=self.consignments()
            .filter(order=self.object)
            .select_related("producer", "shipping_address__commune__province")
            .prefetch_related("lines", "events"),
            payments=self.object.payments.prefetch_related("refunds"),
        )
