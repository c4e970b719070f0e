"""Orders that were put aside: the queue with the time that is left, and letting one go on. Cancelling is the order's own screen."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import ListView

from checkout.errors import CheckoutError
from checkout.order.models import Order
from checkout.safety.selectors import HoldInWords, held_orders, reasons_of, time_left
from checkout.safety.services import order_release
from marketplace.accounts.models import StaffRole
from marketplace.dashboard.access import may_open
from marketplace.dashboard.forms import NoteForm
from marketplace.dashboard.staff_order_changes import OrderChange
from marketplace.dashboard.staff_orders import OrderAccess, OrderPart

LOOK = (StaffRole.Role.ADMIN, StaffRole.Role.SUPPORT)


class HeldListView(OrderAccess, ListView):
    """What waits for a look, the most urgent first."""

    staff_roles = LOOK
    template_name = "dashboard/held/index.html"
    context_object_name = "orders"
    paginate_by = 30

    def get_queryset(self) -> QuerySet[Order]:
        return held_orders(self.with_parts(super().get_queryset()))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = [
            (
                OrderPart(order, order.seen, not order.has_others),
                HoldInWords(reasons_of(order.hold), time_left(order.hold.until), order.hold.until),
            )
            for order in context["orders"]
        ]
        return {**context, "rows": rows, "may_change_rules": may_open(self.request.user, "hold-rules")}


class OrderReleaseView(OrderChange):
    """Lets an order go on that was put aside; producers see it from then on."""

    staff_roles = LOOK
    form_class = NoteForm  # type: ignore[assignment]
    concerns_all = True

    def words(self) -> dict[str, Any]:
        return {
            "question": _("Let order %(number)s go on?") % {"number": self.order.number},
            "consequence": _(
                "The producers see it from now on and prepare it; the buyer gets the confirmation. Call the buyer first where you are in doubt."
            ),
            "action": _("Let it go on"),
            "is_safe": True,
        }

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            order_release(order_id=self.order.pk, by=self.request.user, note=form.cleaned_data["reason"])
        except CheckoutError as error:
            form.add_error(None, str(error.message))
            return self.form_invalid(form)
        messages.success(self.request, _("The order goes on: buyer and producers are told."))
        return redirect("dashboard:held")
