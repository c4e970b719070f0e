"""Delivery tables: what a parcel costs by zone and weight. Dated: a new table begins, an old one ends; none is overwritten in use."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.generic import CreateView, ListView, UpdateView

from checkout.shipping.models import DeliveryTariff, Zone
from marketplace.dashboard.access import NationalAccess
from marketplace.dashboard.forms import RateFormSet, TariffForm


class TariffListView(NationalAccess, ListView):
    """All tables, the platform's own first."""

    template_name = "dashboard/staff/tariffs.html"
    context_object_name = "tariffs"
    queryset = (
        DeliveryTariff.objects.select_related("producer")
        .prefetch_related("rates")
        .order_by("producer", "-valid_from")
    )


class TariffEdit(NationalAccess):
    """A table with one line for each zone."""

    model = DeliveryTariff
    form_class = TariffForm
    template_name = "dashboard/staff/tariff.html"
    success_url = reverse_lazy("dashboard:tariffs")
    object: DeliveryTariff | None

    def get_rates(self) -> Any:
        initial = [{"zone": zone} for zone in Zone.values] if self.object is None else None
        data = self.request.POST if self.request.method == "POST" else None  # type: ignore[attr-defined]
        return RateFormSet(data, instance=self.object, initial=initial)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("rates", self.get_rates())
        return super().get_context_data(**kwargs)

    def form_valid(self, form: TariffForm) -> HttpResponse:
        rates = self.get_rates()
        if not rates.is_valid():
            return self.render_to_response(self.get_context_data(form=form, rates=rates))  # type: ignore[attr-defined]
        with transaction.atomic():
            rates.instance = form.save()
            rates.save()
        messages.success(self.request, _("The delivery table is saved."))  # type: ignore[attr-defined]
        return redirect("dashboard:tariffs")


class TariffCreateView(TariffEdit, CreateView):
    """A new table."""


class TariffUpdateView(TariffEdit, UpdateView):
    """Changes a table."""
