"""What people search for, and where a search leads on: for those who keep the shop's words."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import CreateView, ListView, UpdateView, View
from django.views.generic.detail import SingleObjectMixin
from django.views.generic.edit import ModelFormMixin

from marketplace.audit.services import audit_record, audited
from marketplace.clock import today
from marketplace.dashboard.access import NationalAccess
from marketplace.dashboard.filters import filters_kept
from marketplace.dashboard.forms import SearchRedirectForm
from search.insights.redirects import redirect_delete, redirect_save
from search.insights.selectors import Narrowing, days_since, searches_since
from search.models import SearchRecord, SearchRedirect

#: Periods offered, in days; the longest is as long as records are kept.
PERIODS = (7, 30, 90)
NARROWINGS = {
    Narrowing.ALL: gettext_lazy("All searches"),
    Narrowing.NOTHING: gettext_lazy("Found nothing"),
    Narrowing.UNOPENED: gettext_lazy("Nothing opened"),
}


class SearchFiguresView(NationalAccess, ListView):
    """What was searched for in a period: how often, with how many results, what was opened."""

    template_name = "dashboard/staff/searches.html"
    context_object_name = "searches"
    paginate_by = 50

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        days = request.GET.get("days", "")
        chosen = request.GET.get("narrowing", "")
        self.days = int(days) if days in map(str, PERIODS) else PERIODS[1]
        self.narrowing = Narrowing(chosen) if chosen in set(Narrowing) else Narrowing.ALL
        self.first_day = today() - timedelta(days=self.days - 1)

    def get_queryset(self) -> QuerySet[SearchRecord, Any]:
        return searches_since(self.first_day, self.narrowing)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        days = days_since(self.first_day)
        address = reverse("dashboard:searches")
        return super().get_context_data(
            **kwargs,
            days=days[::-1],
            most=max(day["visits"] for day in days),
            sums={name: sum(day[name] for day in days) for name in ("visits", "nothing", "visits_opened")},
            period=self.days,
            periods=[
                {"label": _("%(days)s days") % {"days": number}, "current": number == self.days,
                 "url": f"{address}?days={number}&narrowing={self.narrowing}"}
                for number in PERIODS
            ],
            tabs=[
                {"label": label, "current": narrowing is self.narrowing,
                 "url": f"{address}?days={self.days}&narrowing={narrowing}"}
                for narrowing, label in NARROWINGS.items()
            ],
            query=filters_kept(self.request),
        )  # fmt: skip


class RedirectListView(NationalAccess, ListView):
    """Texts that lead to a page."""

    template_name = "dashboard/staff/search_redirects.html"
    context_object_name = "redirects"
    paginate_by = 50
    queryset = SearchRedirect.objects.all()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, today=today(), query="")


class _RedirectForm(NationalAccess, ModelFormMixin):
    """A form whose faults come from the service, each at its field."""

    model = SearchRedirect
    form_class = SearchRedirectForm
    template_name = "dashboard/staff/search_redirect.html"

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            with audited("redirect.saved") as event:
                kept = redirect_save(form.instance)
                event |= {"subject": kept, "changes": {"fields": sorted(form.changed_data)}}
        except ValidationError as faults:
            form.add_error(None, faults)
            refused: HttpResponse = self.form_invalid(form)
            return refused
        messages.success(
            self.request, _("Whoever searches for “%(text)s” now comes to that page.") % {"text": kept.text}
        )
        return redirect("dashboard:search-redirects")  # fmt: skip


class RedirectCreateView(_RedirectForm, CreateView):
    """A new one; `?text=` fills in what was searched for."""

    def get_initial(self) -> dict[str, Any]:
        return {"text": self.request.GET.get("text", "").replace("\x00", "")[:120]}


class RedirectUpdateView(_RedirectForm, UpdateView):
    """Changes one."""


class RedirectDeleteView(NationalAccess, SingleObjectMixin[SearchRedirect], View):
    """Takes one away."""

    model = SearchRedirect

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        gone = self.get_object()
        with transaction.atomic():
            audit_record(action="redirect.deleted", subject=gone)  # while it still has its key
            redirect_delete(gone)
        messages.success(request, _("“%(text)s” finds goods again.") % {"text": gone.text})
        return redirect("dashboard:search-redirects")
