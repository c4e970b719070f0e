"""A producer's packed parcels: given to a carrier, labelled, listed and handed over, many at once."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from catalogue.producers.selectors import MAY_FULFIL
from checkout.errors import CheckoutError
from checkout.order.models import Consignment
from checkout.order.services import consignment_ship
from checkout.shipping.carriers.errors import CarrierRefused, CarrierUnavailable
from checkout.shipping.carriers.models import Carrier, Shipment
from checkout.shipping.carriers.registry import adapter_for
from checkout.shipping.carriers.selectors import carriers_for
from checkout.shipping.carriers.services import LIVE, shipment_cancel, shipment_create
from marketplace.audit.services import audited
from marketplace.dashboard.delivery.desks import OwnDesk
from marketplace.dashboard.delivery.papers import labels_pdf, manifest_pdf

#: Parcels on one page, and so in one go.
MOST = 100


class ParcelAccess(OwnDesk):
    """The producer's parcels that are packed or on their way."""

    def parcels(self) -> QuerySet[Consignment]:
        live = Shipment.objects.filter(state__in=[*LIVE, Shipment.State.FAILED]).select_related("carrier")
        return (
            Consignment.objects.filter(
                producer=self.producer,
                order__confirmed_at__isnull=False,
                method=Consignment.Method.DELIVERY,
            )
            .select_related("order", "producer__commune__province", "shipping_address__commune__province")
            .prefetch_related(
                "lines__product__parent__product_set",
                Prefetch("shipments", queryset=live.order_by("-pk")),
            )
            .order_by("dispatch_until", "pk")
        )


class ParcelsView(ParcelAccess, TemplateView):
    """All packed parcels, those that are due first."""

    template_name = "dashboard/delivery/parcels.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = self.is_one_of(*MAY_FULFIL)
        packed = self.parcels().filter(state=Consignment.State.PACKED)[:MOST]
        return super().get_context_data(
            **kwargs,
            parcels=_with_shipment(packed),
            carriers=carriers_for(self.producer),
            may_fulfil=may,
        )


class ParcelsActionView(ParcelAccess, View):
    """Does one thing with the chosen parcels: give to a carrier, take back, labels, manifest, hand over."""

    member_roles = MAY_FULFIL

    def post(self, request: HttpRequest, producer_pk: int) -> HttpResponse:
        chosen = [pk for pk in request.POST.getlist("parcel") if pk.isdigit() and len(pk) < 12]
        parcels = list(self.parcels().filter(pk__in=chosen)[:MOST])
        if not parcels:
            messages.error(request, _("Choose one parcel at least."))
            return self.back()
        match request.POST.get("action"):
            case "give":
                self.give(parcels, request.POST.get("carrier", ""))
            case "back":
                self.take_back(parcels)
            case "labels":
                return _pdf(labels_pdf(_with_shipment(parcels)), "nhan")
            case "manifest":
                return _pdf(manifest_pdf(_with_shipment(parcels)), "ban-ke")
            case "ship":
                self.hand_over(parcels)
        return self.back()

    def give(self, parcels: Sequence[Consignment], carrier_pk: str) -> None:
        carrier = carriers_for(self.producer).filter(pk=carrier_pk).first() if carrier_pk.isdigit() else None
        if carrier is None:
            messages.error(self.request, _("Choose a carrier."))
            return
        self.each(
            parcels,
            lambda one: shipment_create(consignment_id=one.pk, carrier=carrier, by=self.request.user),
            lambda count: (
                ngettext(
                    "%(count)d parcel given to %(carrier)s.", "%(count)d parcels given to %(carrier)s.", count
                )
                % {"count": count, "carrier": carrier.name}
            ),
        )

    def take_back(self, parcels: Sequence[Consignment]) -> None:
        given = [
            shipment for _one, shipment in _with_shipment(parcels) if shipment and shipment.state in LIVE
        ]
        self.each(
            given,
            lambda shipment: shipment_cancel(shipment_id=shipment.pk, by=self.request.user),
            lambda count: (
                ngettext("%(count)d parcel taken back.", "%(count)d parcels taken back.", count)
                % {"count": count}
            ),
        )

    def hand_over(self, parcels: Sequence[Consignment]) -> None:
        ready = [
            (one, shipment)
            for one, shipment in _with_shipment(parcels)
            if shipment and shipment.state == Shipment.State.REGISTERED
        ]
        if len(ready) < len(parcels):
            messages.error(self.request, _("Some parcels have no carrier yet: give them to one first."))
        self.each(
            ready,
            self.ship,
            lambda count: (
                ngettext(
                    "%(count)d parcel handed over. The buyer is told.",
                    "%(count)d parcels handed over. The buyers are told.",
                    count,
                )
                % {"count": count}
            ),
        )

    def ship(self, given: tuple[Consignment, Shipment]) -> None:
        consignment, shipment = given
        with audited("consignment.shipped", consignment, reason=shipment.carrier.name):
            consignment_ship(
                consignment_id=consignment.pk,
                carrier=shipment.carrier.name,
                tracking_number=shipment.number,
                actor=self.request.user,
            )

    def each(self, parcels: Sequence[Any], do: Any, words: Any) -> None:
        """Do something with each parcel; one that can't says why and keeps no other back."""
        done = 0
        for parcel in parcels:
            try:
                do(parcel)
            except CheckoutError as error:
                messages.error(self.request, str(error))
            else:
                done += 1
        if done:
            messages.success(self.request, words(done))

    def back(self) -> HttpResponse:
        return redirect("dashboard:own-parcels", producer_pk=self.producer.pk)


class ParcelLabelView(ParcelAccess, View):
    """The label of one parcel: the carrier's own where it gives one, else ours."""

    def get(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        parcel = get_object_or_404(self.parcels(), pk=pk)
        [(_parcel, shipment)] = _with_shipment([parcel])
        if shipment is not None and shipment.number and shipment.carrier.adapter != Carrier.Adapter.TABLE:
            try:
                own = adapter_for(shipment.carrier).label(shipment.carrier, shipment.number)
            except (CarrierUnavailable, CarrierRefused):
                own = None  # ours has the same number on it
            if own is not None:
                return _pdf(own, parcel.number)
        return _pdf(labels_pdf([(parcel, shipment)]), parcel.number)


def _with_shipment(parcels: Iterable[Consignment]) -> list[tuple[Consignment, Shipment | None]]:
    """Return each parcel with its newest shipment that wasn't taken back; `parcels()` has loaded them."""
    return [(one, next(iter(one.shipments.all()), None)) for one in parcels]


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
