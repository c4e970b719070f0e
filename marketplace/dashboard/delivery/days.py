"""Days without dispatch: a producer's weekdays and closed days, and the public holidays that hold for all."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from catalogue.producers.services import producer_update
from checkout.shipping.services import closed_days_add, closed_days_remove, holiday_confirm
from marketplace.audit.services import audited, changes_between
from marketplace.clock import today
from marketplace.dashboard.delivery.desks import OwnDeskForEditors, ProgrammeDesk
from marketplace.dashboard.delivery.forms import ClosedDaysForm, HolidayForm, WeekForm
from marketplace.dashboard.delivery.tables import OwnTariffListView


class HolidaysView(ProgrammeDesk, TemplateView):
    """Public holidays: nothing is sent and nothing travels."""

    template_name = "dashboard/delivery/holidays.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", HolidayForm())
        return super().get_context_data(**kwargs, holidays=self.closed_days().filter(last_day__gte=today()))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = HolidayForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        closed_days_add(**form.cleaned_data, by=self.request.user)
        messages.success(request, _("Saved. Days of delivery skip it from now on."))
        return redirect("dashboard:holidays")


class HolidayRemoveView(ProgrammeDesk, View):
    """Takes a holiday away that isn't one."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        closed_days_remove(days=get_object_or_404(self.closed_days(), pk=pk), by=self.request.user)
        messages.success(request, _("Removed."))
        return redirect("dashboard:holidays")


class HolidayConfirmView(ProgrammeDesk, View):
    """Notes that a holiday which was worked out beforehand has been announced so."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        holiday_confirm(days=get_object_or_404(self.closed_days(), pk=pk), by=self.request.user)
        messages.success(request, _("Confirmed."))
        return redirect("dashboard:holidays")


class _OwnDays(OwnDeskForEditors, OwnTariffListView):
    """A form of the producer's delivery page, which comes back with what was typed where something of it can't be."""

    http_method_names = ["post"]

    def back(self) -> HttpResponse:
        return redirect(self.address("tariffs"))


class WeekView(_OwnDays):
    """Sets the days of the week with dispatch, and the days to get ready."""

    def post(self, request: HttpRequest, producer_pk: int) -> HttpResponse:
        form = WeekForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(week=form), status=422)
        values = form.values()
        before = {name: getattr(self.producer, name) for name in values}
        changes = changes_between(before, values)
        with audited("producer.week", self.producer, words=self.producer.name, changes=changes):
            producer_update(producer=self.producer, by=self.request.user, **values)
        messages.success(request, _("Saved. Buyers see the new days at once."))
        return self.back()


class ClosedDaysAddView(_OwnDays):
    """Notes days on which the producer sends nothing."""

    def post(self, request: HttpRequest, producer_pk: int) -> HttpResponse:
        form = ClosedDaysForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(closing=form), status=422)
        closed_days_add(**form.cleaned_data, producer=self.producer, by=self.request.user)
        messages.success(request, _("Saved. Buyers see the new days at once."))
        return self.back()


class ClosedDaysRemoveView(_OwnDays):
    """Takes closed days away."""

    def post(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        closed_days_remove(days=get_object_or_404(self.closed_days(), pk=pk), by=self.request.user)
        messages.success(request, _("Removed."))
        return self.back()
