"""The search index as operators see it: does it answer, what waits, what fails, how rebuilds and checks went."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from marketplace.audit.services import audited
from marketplace.dashboard.access import NationalAccess
from search.health import index_overview, let_failures_be_tried
from search.tasks import check_search_index


class SearchIndexView(NationalAccess, TemplateView):
    """State of engine and index."""

    template_name = "dashboard/staff/search_index.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, index=index_overview())


class SearchIndexCheckView(NationalAccess, View):
    """Starts a check in the worker; with `mend` it writes anew what differs."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        with audited("index.checked", changes={"mend": "mend" in request.POST}):
            check_search_index.enqueue(mend="mend" in request.POST)
        messages.success(request, _("The check begins; its result appears on this page."))
        return redirect("dashboard:search-index")


class SearchIndexRetryView(NationalAccess, View):
    """Lets goods that wait after a failure be tried at once."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        with audited("index.retried"):
            let_failures_be_tried()
        messages.success(request, _("The goods are tried again with the next round."))
        return redirect("dashboard:search-index")
