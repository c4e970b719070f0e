"""Goods that came back: how many packs are as good as before and go back on the shelf."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import View

from catalogue.producers.selectors import MAY_FULFIL
from checkout.errors import CheckoutError
from checkout.order.models import Consignment
from checkout.order.services import returned_goods_take
from checkout.reservations.models import Reservation
from marketplace.dashboard.delivery.desks import OwnDesk
from marketplace.dashboard.numbers import WholeNumberField


class ShelfForm(forms.Form):
    """One number for each line of a returned consignment: packs that can be sold again, in all."""

    def __init__(self, *args: Any, consignment: Consignment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        back = dict(
            Reservation.objects.filter(line__consignment=consignment, put_back__lt=F("quantity")).values_list(
                "line", "put_back"
            )
        )
        for line in consignment.lines.all():
            if line.pk in back:
                self.fields[f"line-{line.pk}"] = WholeNumberField(
                    label=_("%(name)s (of %(count)d)") % {"name": line.title, "count": line.quantity},
                    min_value=back[line.pk],
                    max_value=line.quantity,
                    initial=back[line.pk],
                )

    def good_packs(self) -> dict[int, int]:
        """Return the packs by the line's id."""
        return {int(name.removeprefix("line-")): packs for name, packs in self.cleaned_data.items()}


def shelf_form(consignment: Consignment, data: Any = None) -> ShelfForm | None:
    """Return the form of a returned consignment; None where nothing came back, or all of it is on the shelf."""
    if consignment.state != Consignment.State.RETURNED:
        return None
    form = ShelfForm(data, consignment=consignment)
    return form if form.fields else None


class ShelfView(OwnDesk, View):
    """Puts good packs of a returned consignment back on the shelf."""

    member_roles = MAY_FULFIL

    def consignments(self) -> QuerySet[Consignment]:
        return Consignment.objects.filter(producer=self.producer, order__confirmed_at__isnull=False)

    def post(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        consignment = get_object_or_404(self.consignments(), pk=pk)
        form = shelf_form(consignment, request.POST)
        if form is None or not form.is_valid():
            messages.error(request, _("Nothing new was put back."))
        else:
            try:
                count = returned_goods_take(
                    consignment_id=pk, good_packs=form.good_packs(), actor=request.user
                )
            except CheckoutError as error:
                messages.error(request, str(error))
            else:
                messages.success(
                    request,
                    ngettext("%(count)d pack is on sale again.", "%(count)d packs are on sale again.", count)
                    % {"count": count}
                    if count
                    else _("Nothing new was put back."),
                )
        return redirect("dashboard:consignment", producer_pk=self.producer.pk, pk=pk)
