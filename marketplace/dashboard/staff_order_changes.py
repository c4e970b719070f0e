"""What the programme may do to an order: cancel it or one consignment, note a return, send money back, try a refund again."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, View

from checkout.errors import CheckoutError
from checkout.order.models import Consignment, Order
from checkout.order.services import consignment_cancel, consignment_return
from checkout.payment.bank_accounts import refund_by_transfer
from checkout.payment.errors import PaymentError
from checkout.payment.goodwill import goodwill_at_most, goodwill_give
from checkout.payment.models import Payment, Refund
from checkout.payment.refunds import refund_request, refund_retry
from checkout.services import order_cancel
from marketplace.accounts.models import StaffRole
from marketplace.accounts.second_factor import second_factor_asked
from marketplace.audit.services import audited
from marketplace.dashboard.access import RecentSecondFactor
from marketplace.dashboard.forms import ReasonForm
from marketplace.dashboard.numbers import WholeNumberField
from marketplace.dashboard.staff_orders import OrderAccess
from marketplace.money import format_dong

#: Of a refund whose state has changed since the page was shown.
_NOT_NOW = gettext_lazy("This is not possible for this refund any more: look at how it stands now.")


class OrderChange(OrderAccess, FormView):
    """A change of one order, with a reason; leads back to the order. Subclasses give `words` and `write`."""

    staff_roles = (StaffRole.Role.ADMIN, StaffRole.Role.SUPPORT)
    form_class: type[forms.Form] = ReasonForm
    template_name = "dashboard/staff/reason.html"
    #: What the audit log calls the change.
    audit_action = ""
    #: Whether it concerns the whole order, so that every consignment has to lie in the person's provinces.
    concerns_all = False

    @cached_property
    def order(self) -> Order:
        order = get_object_or_404(self.get_queryset(), number=self.kwargs["number"])
        if self.concerns_all and not self.is_wholly_theirs(order):
            raise PermissionDenied(_("A part of this order belongs to other provinces."))
        return order

    @property
    def back(self) -> str:
        return reverse("dashboard:order", kwargs={"number": self.order.number})

    def words(self) -> dict[str, str]:
        """Return `question`, `consequence` and `action`."""
        raise NotImplementedError

    def write(self, reason: str) -> Any:
        """Make the change. Raises CheckoutError or PaymentError."""
        raise NotImplementedError

    @property
    def audit_subject(self) -> Any:
        """What the audit log says was changed."""
        return self.order

    def audit_changes(self) -> dict[str, Any]:
        """Return sums and numbers that the audit log keeps."""
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, **self.words(), back=self.back)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            with audited(self.audit_action, self.audit_subject, reason=form.cleaned_data["reason"]) as event:
                event["changes"] = self.audit_changes()
                self.write(form.cleaned_data["reason"])
        except (CheckoutError, PaymentError) as error:
            form.add_error(None, str(error.message))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved. The buyer is told."))
        return redirect(self.back)


class SendsMoneyBack(OrderChange):
    """A change by which what was paid goes back: where anything was, it asks for a recent code of the second factor."""

    def enter(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = second_factor_asked(request) if self.order.paid_amount else None
        return asked if asked is not None else super().enter(request, *args, **kwargs)


class OrderCancelView(SendsMoneyBack):
    """Cancels a whole order of which nothing is packed yet."""

    audit_action = "order.cancelled"
    concerns_all = True

    def words(self) -> dict[str, str]:
        return {
            "question": _("Cancel order %(number)s?") % {"number": self.order.number},
            "consequence": _(
                "The goods go back into stock, what was paid online goes back to the buyer, and everybody is told."
            ),
            "action": _("Cancel the whole order"),
        }

    def write(self, reason: str) -> Any:
        return order_cancel(
            order_id=self.order.pk, actor=self.request.user, actor_kind="admin", reason=reason
        )


class ConsignmentChange(OrderChange):
    """A change of one consignment of the person's provinces."""

    @cached_property
    def consignment(self) -> Consignment:
        return get_object_or_404(
            self.consignments().select_related("producer"), order=self.order, pk=self.kwargs["pk"]
        )

    @property
    def audit_subject(self) -> Consignment:
        return self.consignment


class OrderConsignmentCancelView(SendsMoneyBack, ConsignmentChange):
    """Cancels one consignment before it ships."""

    audit_action = "consignment.cancelled"

    def words(self) -> dict[str, str]:
        return {
            "question": _("Cancel consignment %(number)s of %(name)s?")
            % {"number": self.consignment.number, "name": self.consignment.producer.name},
            "consequence": _(
                "The goods go back into stock; what was paid online for it goes back to the buyer."
            ),
            "action": _("Cancel this consignment"),
        }

    def write(self, reason: str) -> Any:
        return consignment_cancel(
            consignment_id=self.consignment.pk, actor=self.request.user, actor_kind="admin", reason=reason
        )


class OrderConsignmentReturnView(SendsMoneyBack, ConsignmentChange):
    """Notes that a parcel came back."""

    audit_action = "consignment.returned"

    def words(self) -> dict[str, str]:
        return {
            "question": _("Did parcel %(number)s of %(name)s come back?")
            % {"number": self.consignment.number, "name": self.consignment.producer.name},
            "consequence": _(
                "What was paid for it goes back to the buyer. The stock stays as it is until somebody has looked at the goods."
            ),
            "action": _("Record the return"),
        }

    def write(self, reason: str) -> Any:
        return consignment_return(
            consignment_id=self.consignment.pk, actor=self.request.user, actor_kind="admin", reason=reason
        )


class PaymentRefundView(RecentSecondFactor, OrderChange):
    """Sends back what is left of a payment."""

    staff_roles = (StaffRole.Role.ADMIN, StaffRole.Role.FINANCE)
    audit_action = "refund.requested"
    concerns_all = True

    def audit_changes(self) -> dict[str, Any]:
        return {"payment": self.payment.pk, "amount": self.payment.refundable_amount}

    @cached_property
    def payment(self) -> Payment:
        return get_object_or_404(self.order.payments, pk=self.kwargs["pk"])

    def words(self) -> dict[str, str]:
        left = self.payment.refundable_amount
        return {
            "question": _("Send %(amount)s back to the buyer?") % {"amount": format_dong(left)},
            "consequence": _("The whole rest of this payment goes back. The consignments stay as they are."),
            "action": _("Send the money back"),
        }

    def write(self, reason: str) -> Any:
        # What is left belongs to the key: a second tap finds the same refund.
        left = self.payment.refundable_amount
        return refund_request(
            payment=self.payment, reason=reason, key=f"payment-by-hand:{self.payment.pk}:{left}"
        )


class GoodwillForm(forms.Form):
    """What sum goes back, who bears it and why."""

    amount = WholeNumberField(label=gettext_lazy("Sum (đồng)"), min_value=1)
    borne_by = forms.ChoiceField(
        label=gettext_lazy("Who bears it"),
        choices=[(Consignment.Hand.PRODUCER.value, ""), (Consignment.Hand.PLATFORM.value, "")],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=255,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("A producer that bears it is told these words."),
    )
    #: What had gone back when the page was shown: a second tap gives nothing twice.
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, consignment: Consignment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = consignment.refunded_amount
        who: Any = self.fields["borne_by"]
        who.choices = [
            (Consignment.Hand.PRODUCER, consignment.producer.name),
            (Consignment.Hand.PLATFORM, _("The marketplace")),
        ]
        most = format_dong(goodwill_at_most(consignment))
        self.fields["amount"].help_text = _("At most %(most)s.") % {"most": most}


class GoodwillView(RecentSecondFactor, ConsignmentChange):
    """Gives the buyer a sum of a delivered parcel back; the goods stay with the buyer."""

    staff_roles = (StaffRole.Role.ADMIN, StaffRole.Role.FINANCE)
    form_class = GoodwillForm
    concerns_all = True

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"consignment": self.consignment}

    def words(self) -> dict[str, str]:
        return {
            "question": _("Give money of %(number)s back?") % {"number": self.consignment.number},
            "consequence": _(
                "Out of goodwill: the goods stay with the buyer, the sale, its commission and taxes stay as they are. "
                "For goods that come back note the return instead."
            ),
            "action": _("Give it back"),
        }

    def form_valid(self, form: forms.Form) -> HttpResponse:
        values = form.cleaned_data
        try:
            goodwill_give(
                consignment_id=self.consignment.pk,
                amount=values["amount"],
                borne_by=values["borne_by"],
                reason=values["reason"],
                key=f"goodwill:{self.consignment.pk}:{values['seen']}",
                by=self.request.user,
            )
        except PaymentError as error:
            form.add_error(None, str(error.message))
            return self.form_invalid(form)
        messages.success(self.request, _("The money goes back. The buyer is told."))
        return redirect(self.back)


class RefundRetryView(RecentSecondFactor, OrderAccess, View):
    """Tries a refund again that the provider refused."""

    staff_roles = (StaffRole.Role.ADMIN, StaffRole.Role.FINANCE)

    def post(self, request: HttpRequest, number: str, pk: int) -> HttpResponse:
        order = get_object_or_404(self.get_queryset(), number=number)
        if not self.is_wholly_theirs(order):
            raise PermissionDenied
        refund = get_object_or_404(Refund, payment__order=order, pk=pk)
        if refund_retry(refund=refund, by=self.request.user):
            messages.success(request, _("The refund is tried again."))
        else:
            messages.error(request, _NOT_NOW)
        return redirect("dashboard:order", number=number)


class RefundTransferView(RecentSecondFactor, OrderAccess, View):
    """Sends a refund that the provider refused by bank transfer instead; the buyer is asked for an account."""

    staff_roles = (StaffRole.Role.ADMIN, StaffRole.Role.FINANCE)

    def post(self, request: HttpRequest, number: str, pk: int) -> HttpResponse:
        order = get_object_or_404(self.get_queryset(), number=number)
        if not self.is_wholly_theirs(order):
            raise PermissionDenied
        refund = get_object_or_404(Refund, payment__order=order, pk=pk)
        if refund_by_transfer(refund=refund, by=self.request.user):
            messages.success(
                request, _("The money goes by bank transfer. The buyer is asked for an account.")
            )
        else:
            messages.error(request, _NOT_NOW)
        return redirect("dashboard:order", number=number)
