"""Parcels taken back here of which their carrier doesn't know: it is told again, or a person has told it by phone."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, View

from checkout.shipping.carriers.errors import ShipmentRefused
from checkout.shipping.carriers.models import Shipment
from checkout.shipping.carriers.withdrawing import (
    shipment_withdraw_again,
    shipment_withdrawn_by_phone,
    shipments_not_withdrawn,
)
from marketplace.accounts.models import User
from marketplace.dashboard.access import may_open
from marketplace.dashboard.delivery.desks import ProgrammeDesk
from marketplace.dashboard.duty import Duty


def withdrawal_duties(user: User) -> list[tuple[str, Duty]]:
    """Return that carriers may come for parcels which won't be there, with the screen that a person has to be let into for it."""
    if not may_open(user, "withdraw-again"):
        return []
    return [
        (
            "withdraw-again",
            Duty(
                shipments_not_withdrawn().count(),
                _("parcels to take back from their carrier"),
                _("They were cancelled here, and the carrier doesn't know."),
                reverse("dashboard:carriers") + "#not-withdrawn",
                _("Look"),
                True,
            ),
        )
    ]


class PhoneForm(forms.Form):
    """Who at the carrier was told."""

    note = forms.CharField(
        label=gettext_lazy("Who was told, and when"),
        max_length=255,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It stands in the audit log."),
    )


class WithdrawAgainView(ProgrammeDesk, View):
    """Has the carrier told again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        get_object_or_404(Shipment, pk=pk)
        try:
            shipment_withdraw_again(shipment_id=pk, by=self.request.user)
        except ShipmentRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The carrier is told again."))
        return redirect("dashboard:carriers")


class WithdrawnByPhoneView(ProgrammeDesk, FormView):
    """Notes that a person has told the carrier."""

    form_class = PhoneForm
    template_name = "dashboard/staff/reason.html"

    @cached_property
    def shipment(self) -> Shipment:
        return get_object_or_404(
            shipments_not_withdrawn().select_related("carrier", "consignment"), pk=self.kwargs["pk"]
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            question=_("Was %(carrier)s told by phone?") % {"carrier": self.shipment.carrier},
            consequence=_("Parcel %(number)s leaves the list: the carrier doesn't come for it.")
            % {"number": self.shipment.number},
            action=_("It is told"),
            is_safe=True,
            back=reverse("dashboard:carriers"),
        )

    def form_valid(self, form: PhoneForm) -> HttpResponse:
        try:
            shipment_withdrawn_by_phone(
                shipment_id=self.shipment.pk, note=form.cleaned_data["note"], by=self.request.user
            )
        except ShipmentRefused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        messages.success(self.request, _("Noted."))
        return redirect("dashboard:carriers")
