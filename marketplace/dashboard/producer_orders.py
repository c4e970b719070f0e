"""A producer's consignments: its own lines, its own buyers' delivery data, and what to do next."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, ListView, View

from catalogue.producers.selectors import MAY_FULFIL
from checkout.aftersale.models import Side
from checkout.errors import CheckoutError
from checkout.messages.selectors import unread_counts
from checkout.order.consignments import cash_due, may_become
from checkout.order.models import Consignment
from checkout.order.services import (
    consignment_accept,
    consignment_cancel,
    consignment_deliver,
    consignment_pack,
    consignment_return,
    consignment_ship,
)
from checkout.shipping.carriers.models import Shipment
from checkout.shipping.carriers.selectors import shipment_of
from marketplace.audit.services import audited
from marketplace.dashboard.access import ProducerAccess
from marketplace.dashboard.delivery.shelf import shelf_form
from marketplace.dashboard.delivery_note import delivery_note_pdf
from marketplace.dashboard.filters import filters_kept
from marketplace.dashboard.forms import ReasonForm


class ShipForm(forms.Form):
    """Who carries the parcel."""

    carrier = forms.CharField(label=gettext_lazy("Carrier"), max_length=80)
    tracking_number = forms.CharField(label=gettext_lazy("Tracking number"), max_length=80, required=False)


class ReturnForm(forms.Form):
    """Why a parcel came back."""

    cause = forms.ChoiceField(
        label=gettext_lazy("Why it came back"),
        choices=Consignment.ReturnCause.choices,
        widget=forms.RadioSelect,
        initial=Consignment.ReturnCause.OTHER,
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("What else there is to say"),
        max_length=255,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        """Let the cause speak where nothing else was said: the buyer is told it."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["cause"] = cause = cleaned.get("cause") or Consignment.ReturnCause.OTHER
        cleaned["reason"] = cleaned.get("reason") or str(Consignment.ReturnCause(cause).label)
        return cleaned


#: What each step asks for, and the service that takes it.
STEPS: dict[str, tuple[type[forms.Form], Callable[..., Consignment]]] = {
    "accept": (forms.Form, consignment_accept),
    "pack": (forms.Form, consignment_pack),
    "ship": (ShipForm, consignment_ship),
    "deliver": (forms.Form, consignment_deliver),
    "cancel": (ReasonForm, consignment_cancel),
    "return": (ReturnForm, consignment_return),
}


#: What the audit log calls a step that was taken.
DONE: Final = {
    "accept": "accepted",
    "pack": "packed",
    "ship": "shipped",
    "deliver": "delivered",
    "cancel": "cancelled",
    "return": "returned",
}
#: Of these the buyer is told; of a packed parcel only who fetches it.
TOLD: Final = frozenset({"ship", "deliver", "cancel", "return"})


class ConsignmentAccess(ProducerAccess):
    """The producer's consignments of confirmed orders; nobody else's, and none that may still expire."""

    def get_queryset(self) -> QuerySet[Consignment]:
        return (
            Consignment.objects.filter(producer=self.producer, order__confirmed_at__isnull=False)
            .select_related("order", "shipping_address__commune__province", "pickup_point__commune__province")
            .prefetch_related("lines")
            .order_by("-order__confirmed_at", "-pk")
        )


class ConsignmentListView(ConsignmentAccess, ListView):
    """One list made for thumbs."""

    template_name = "dashboard/producer/consignments.html"
    context_object_name = "consignments"
    paginate_by = 20

    def get_queryset(self) -> QuerySet[Consignment]:
        state = self.request.GET.get("state", "")
        found = super().get_queryset()
        return found.filter(state=state) if state in Consignment.State.values else found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counts = dict(super().get_queryset().order_by().values_list("state").annotate(Count("pk")))
        states = [(value, label, counts.get(value, 0)) for value, label in Consignment.State.choices]
        context = super().get_context_data(
            **kwargs, states=states, state=self.request.GET.get("state", ""), query=filters_kept(self.request)
        )
        unread = unread_counts(context["consignments"], side=Side.PRODUCER)
        return {**context, "unread": unread, "may_talk": self.is_one_of(*MAY_FULFIL)}


class ConsignmentDetailView(ConsignmentAccess, DetailView):
    """One consignment with its next step."""

    template_name = "dashboard/producer/consignment.html"
    context_object_name = "consignment"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shipment = shipment_of(self.object)
        kwargs.setdefault("ship_form", ShipForm(auto_id="ship-%s", initial=_given_to(shipment)))
        kwargs.setdefault("cancel_form", ReasonForm(auto_id="cancel-%s"))
        kwargs.setdefault("return_form", ReturnForm(auto_id="return-%s"))
        kwargs.setdefault("shelf_form", shelf_form(self.object))
        return super().get_context_data(
            **kwargs,
            events=self.object.events.select_related("actor"),
            shipment=shipment,
            collects=_collects(self.object),
            unread=unread_counts([self.object], side=Side.PRODUCER).get(self.object.pk, 0),
            may_fulfil=self.is_one_of(*MAY_FULFIL),
            may=[state for state in Consignment.State.values if may_become(self.object, state)],
        )


def _collects(consignment: Consignment) -> int:
    """Return the cash (đồng) that the producer, or its own carrier, collects for a consignment: who hands it over confirms the sum."""
    return cash_due(consignment) if consignment.carried_by == Consignment.Hand.PRODUCER else 0


def _given_to(shipment: Shipment | None) -> dict[str, str]:
    """Return what the form of handing over begins with: the carrier that the parcel was given to."""
    if shipment is None:
        return {}
    return {"carrier": shipment.carrier.name, "tracking_number": shipment.number}


class ConsignmentStepView(ConsignmentDetailView):
    """Takes one step: accept, pack, ship, deliver, cancel, return. A form that can't be read comes back with what was typed."""

    member_roles = MAY_FULFIL
    http_method_names = ["post"]

    def post(self, request: HttpRequest, producer_pk: int, pk: int, step: str) -> HttpResponse:
        self.object = get_object_or_404(self.get_queryset(), pk=pk)
        form_class, service = STEPS.get(step, (None, None))
        if form_class is None or service is None:
            raise Http404
        form = form_class(request.POST, auto_id=f"{step}-%s")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(**{f"{step}_form": form}), status=422)
        collected = _collects(self.object) if step == "deliver" else 0
        try:
            with audited(
                f"consignment.{DONE[step]}",
                self.object,
                reason=form.cleaned_data.get("reason", ""),
                changes={"collected": collected} if collected else {},
            ):
                consignment = service(
                    consignment_id=self.object.pk, actor=self.request.user, **form.cleaned_data
                )
        except CheckoutError as error:
            messages.error(request, str(error))
        else:
            is_told = step in TOLD or (step == "pack" and consignment.method == Consignment.Method.PICKUP)
            messages.success(request, _("Saved. The buyer is told.") if is_told else _("Saved."))
        return redirect("dashboard:consignment", producer_pk=producer_pk, pk=pk)


class DeliveryNoteView(ConsignmentAccess, View):
    """The note that lies in the parcel, as PDF."""

    def get(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        consignment = get_object_or_404(self.get_queryset(), pk=pk)
        response = HttpResponse(delivery_note_pdf(consignment), content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="{consignment.number}.pdf"'
        return response
