"""Delivery tables: what a parcel costs by zone and weight. Dated: a new table begins, an old one ends; none is overwritten in use."""

from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import CreateView, ListView, UpdateView

from checkout.shipping.models import DeliveryTariff, Zone
from checkout.shipping.services import tariff_write
from marketplace.dashboard.access import NationalAccess, RecentSecondFactor
from marketplace.dashboard.forms import RateForm, RateFormSet, TariffForm


class TariffListView(NationalAccess, ListView):
    """All tables, the platform's own first."""

    template_name = "dashboard/staff/tariffs.html"
    context_object_name = "tariffs"
    queryset = (
        DeliveryTariff.objects.select_related("producer", "written_by")
        .prefetch_related("rates")
        .order_by(F("producer__name").asc(nulls_first=True), "-valid_from", "-pk")
    )


class TariffCreateView(RecentSecondFactor, NationalAccess, CreateView):
    """A new table, with one line for each zone."""

    model = DeliveryTariff
    form_class = TariffForm
    template_name = "dashboard/staff/tariff.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("rates", rates_form(self.request, None))
        return super().get_context_data(**kwargs)

    def form_valid(self, form: TariffForm) -> HttpResponse:
        return _save(self, form, None)


class TariffUpdateView(RecentSecondFactor, NationalAccess, UpdateView):
    """Changes a table that is still to begin; one in use is ended and followed by another."""

    model = DeliveryTariff
    form_class = TariffForm
    template_name = "dashboard/staff/tariff.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("rates", rates_form(self.request, self.object))
        return super().get_context_data(**kwargs)

    def form_valid(self, form: TariffForm) -> HttpResponse:
        return _save(self, form, self.object)


def rates_form(request: HttpRequest, tariff: DeliveryTariff | None) -> Any:
    """Return the lines of `tariff`, or three empty ones, one a zone."""
    initial = [{"zone": zone} for zone in Zone.values] if tariff is None else None
    return RateFormSet(request.POST if request.method == "POST" else None, instance=tariff, initial=initial)


def _save(view: Any, form: TariffForm, tariff: DeliveryTariff | None) -> HttpResponse:
    rates = rates_form(view.request, tariff)
    if not rates.is_valid():
        response: HttpResponse = view.render_to_response(view.get_context_data(form=form, rates=rates))
        return response
    lines = [{name: line.cleaned_data[name] for name in RateForm.Meta.fields} for line in rates]
    tariff_write(values=form.cleaned_data, rates=lines, by=view.request.user, replaces=tariff)
    messages.success(view.request, _("The delivery table is saved."))
    return redirect("dashboard:tariffs")
