"""Who did what in the back office, for administrators: narrowed, looked at, taken out as a table."""

from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import ListView, View

from marketplace.accounts.models import StaffRole
from marketplace.audit.actions import ACTIONS
from marketplace.audit.models import AuditEvent
from marketplace.audit.selectors import AuditFilter, audit_events, names_of_actors
from marketplace.audit.services import audited
from marketplace.clock import VIETNAM, today
from marketplace.dashboard.access import NationalAccess
from marketplace.dashboard.filters import filters_kept
from marketplace.dashboard.forms import DATE
from marketplace.spreadsheets import csv_lines, xlsx_file

#: The most rows that one file holds; a longer time is taken out in parts.
MOST_ROWS: Final = 50_000
CSV, XLSX = "csv", "xlsx"
_XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class AuditFilterForm(forms.Form):
    """What the log is narrowed to; all of it in the address."""

    first = forms.DateField(label=gettext_lazy("From"), required=False, widget=DATE)
    last = forms.DateField(label=gettext_lazy("Until"), required=False, widget=DATE)
    actor = forms.CharField(
        label=gettext_lazy("Who"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Name, or the whole mail address or phone number"),
    )
    action = forms.ChoiceField(label=gettext_lazy("Action"), required=False)
    words = forms.CharField(
        label=gettext_lazy("Object"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Name, order number or key"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        action = self.fields["action"]
        assert isinstance(action, forms.ChoiceField)  # noqa: S101 (tells mypy)
        action.choices = [("", _("All")), *ACTIONS.items()]

    def clean(self) -> dict[str, Any]:
        """Hold the days in order."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day comes before the first."))
        return cleaned


class AuditAccess(NationalAccess):
    """The log holds what all provinces do: for administrators of all of them."""

    @cached_property
    def filters(self) -> AuditFilterForm:
        return AuditFilterForm(self.request.GET or None)

    @property
    def wanted(self) -> AuditFilter:
        """What the log is narrowed to; a filter that can't be read narrows nothing."""
        typed = self.filters.cleaned_data if self.filters.is_valid() else {}
        return AuditFilter(**{name: value for name, value in typed.items() if value})


class AuditLogView(AuditAccess, ListView):
    """The log, newest first."""

    template_name = "dashboard/audit/index.html"
    context_object_name = "events"
    paginate_by = 50

    def get_queryset(self) -> Any:
        return audit_events(self.wanted)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        events = list(context["events"])
        names = names_of_actors(events)
        rows = [
            (event, ACTIONS.get(event.action, event.action), actor_of(event, names), roles_of(event))
            for event in events
        ]
        query = filters_kept(self.request)
        return {**context, "rows": rows, "filters": self.filters, "query": query, "most": MOST_ROWS}


class AuditExportView(AuditAccess, View):
    """The log as CSV or XLSX, as it is narrowed; taking it out is noted in it."""

    def get(self, request: HttpRequest, format: str) -> HttpResponseBase:  # noqa: A002
        if format not in (CSV, XLSX):
            return HttpResponse(status=404)
        events = audit_events(self.wanted)[:MOST_ROWS]
        with audited("audit.exported", words=format, changes={"filter": request.GET.dict()}):
            rows = table(list(events))
        response: HttpResponseBase
        if format == CSV:
            response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
        else:
            response = HttpResponse(xlsx_file(rows), content_type=_XLSX_TYPE)
        response["Content-Disposition"] = f'attachment; filename="nhat-ky-{today():%Y-%m-%d}.{format}"'
        return response


def table(events: list[AuditEvent]) -> Iterator[list[Any]]:
    """Yield the heading and a row for each event."""
    names = names_of_actors(events)
    yield [
        _("When"), _("Who"), _("Roles"), _("Action"), _("Kind"), _("Object"), _("Name"), _("Changes"), _("Reason"),
        _("Request"), _("Network"),
    ]  # fmt: skip
    for event in events:
        yield [
            timezone.localtime(event.at, VIETNAM).strftime("%Y-%m-%d %H:%M:%S"),
            actor_of(event, names),
            roles_of(event),
            str(ACTIONS.get(event.action, event.action)),
            event.object_kind,
            event.object_key,
            event.object_words,
            event.changes_in_words,
            event.reason,
            event.request_id,
            event.network,
        ]


def roles_of(event: AuditEvent) -> str:
    """Return the roles that the person held then, in the reader's language."""
    labels = dict(StaffRole.Role.choices)
    return ", ".join(str(labels.get(role, role)) for role in event.roles.split(", "))


def actor_of(event: AuditEvent, names: dict[int, str]) -> str:
    """Return who did it: a name, the number of an account that is gone, or the machine."""
    if event.actor_id is None:
        return _("The system")
    return names.get(event.actor_id) or _("Account %(number)s") % {"number": event.actor_id}
