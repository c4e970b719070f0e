"""Screens for importing decision lists: upload, preview, confirm, progress, report, questions."""

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView

from catalogue.certification.imports.errors import FileRefused
from catalogue.certification.imports.headers import Field
from catalogue.certification.imports.mending import has_rows_to_mend, mending_lines, mending_name
from catalogue.certification.imports.models import ColumnMapping, DecisionImport, ImportRow, Outcome
from catalogue.certification.imports.services import (
    column_forget,
    import_column_map,
    import_confirm,
    import_preview,
    import_upload,
    rows_answer,
)
from catalogue.certification.imports.suggestions import left_to_complete
from catalogue.certification.imports.tasks import preview_import
from catalogue.certification.imports.verification import (
    certificates_waiting,
    import_verify,
    not_recorded_by,
)
from catalogue.certification.second_person import is_asked_for
from marketplace.accounts.models import StaffRole, User
from marketplace.audit.services import audit_record, audited
from marketplace.dashboard.access import StaffAccess, may_open
from marketplace.dashboard.decision_imports.forms import ColumnForm, UploadForm
from marketplace.dashboard.papers.access import KEEP

IMPORTS_A_PAGE = 20
#: Refusals of one run that are told one by one.
NAMED_AT_MOST = 10
ROWS_A_PAGE = 50
#: Larger files are previewed by the worker.
PREVIEWED_AT_ONCE = 1_500
_COUNTS = [*Outcome.values, "unverified"]


class ImportAccess(StaffAccess):
    """Imports within the person's provinces."""

    staff_roles: tuple[str, ...] = KEEP

    def imports(self) -> QuerySet[DecisionImport]:
        return DecisionImport.objects.filter(self.scope.q("province")).defer("content")

    def mappings(self) -> QuerySet[ColumnMapping]:
        """Return the meanings of columns that the person may take back: they hold for every list, so a province's admin's own."""
        known = ColumnMapping.objects.all()
        return known if self.scope.everything else known.filter(created_by=self.person)

    def papers_within(self) -> Q:
        """Return the condition that certificates lie in the person's provinces."""
        return self.scope.q("product__producer__commune__province")

    @property
    def person(self) -> User:
        """Who is signed in; `StaffAccess` lets nobody else through."""
        return self.request.user

    def get_import(self) -> DecisionImport:
        return get_object_or_404(self.imports(), pk=self.kwargs["pk"])  # type: ignore[attr-defined]


class ImportListView(ImportAccess, FormView):
    """All imports, and the form for a new one."""

    form_class = UploadForm
    template_name = "dashboard/decision_imports/index.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "scope": self.scope}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(self.imports().select_related("created_by"), IMPORTS_A_PAGE).get_page(
            self.request.GET.get("page")
        )
        return super().get_context_data(
            **kwargs,
            page_obj=page,
            imports=page.object_list,
            mappings=[
                (mapping, Field(mapping.field).label)
                for mapping in self.mappings().order_by("header", "pk")
                if mapping.field in set(Field)
            ],
        )

    def form_valid(self, form: UploadForm) -> HttpResponse:
        file = form.cleaned_data["file"]
        try:
            with audited("list.uploaded") as event:
                record = import_upload(
                    file_name=file.name, content=file.read(), defaults=form.defaults(), by=self.person
                )
                event["subject"] = record
        except FileRefused as refused:
            for problem in refused.problems:
                form.add_error("file", problem)
            return self.form_invalid(form)
        _preview(record)
        return redirect("dashboard:import", pk=record.pk)


class ImportView(ImportAccess, View):
    """One import: its preview, its progress or its report, and the rows that ask something."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.get_import()
        return render(request, "dashboard/decision_imports/import.html", self.context(record))

    def context(self, record: DecisionImport) -> dict[str, Any]:
        outcome = self.request.GET.get("outcome", "")
        rows = record.rows.select_related("producer", "product", "certificate")
        if outcome in Outcome.values:
            rows = rows.filter(outcome=outcome)
        pages = Paginator(rows, ROWS_A_PAGE)
        page = pages.get_page(self.request.GET.get("page"))
        counts = record.counts or record.preview.get("counts", {})
        kept = dict(record.rows.order_by().values_list("outcome").annotate(Count("pk")))
        is_over = record.state in {DecisionImport.State.DONE, DecisionImport.State.FAILED}
        return {
            "record": record,
            "desk": "staff",
            "scope": self.scope,
            "counts": [(name, _outcome_label(name), counts.get(name, 0)) for name in _COUNTS],
            "columns": [
                (
                    header,
                    ColumnForm(initial={"header": header, "meaning": Field.EXTRA}, auto_id=f"column-{at}-%s"),
                )
                for at, header in enumerate(
                    record.needed_columns or record.preview.get("unknown_columns", [])
                )
            ],
            "kept": [(name, _outcome_label(name), kept[name]) for name in Outcome.values if name in kept],
            "moved_on": record.rows_done - sum(kept.values()) if is_over else 0,
            "questions": _questions(record) if is_over else [],
            "rows": page.object_list,
            "page_obj": page,
            "page_range": pages.get_elided_page_range(page.number),
            "query": f"outcome={outcome}&" if outcome else "",
            "outcome": outcome,
            "mendable": has_rows_to_mend(record),
            "left": left_to_complete(record) if record.rows_done else (0, 0),
            **self.waiting(record),
        }

    def waiting(self, record: DecisionImport) -> dict[str, Any]:
        """Return how many certificates of a list wait for a second person, and for how many this one is; empty where none is asked for."""
        if not is_asked_for() or record.state != DecisionImport.State.DONE:
            return {}
        papers = certificates_waiting(record, among=self.papers_within())
        may_verify = may_open(self.person, "import-verify")
        verifiable = not_recorded_by(papers, self.person).count() if may_verify else 0
        return {"waiting": papers.count(), "verifiable": verifiable}


class ImportVerifyView(ImportAccess, View):
    """A second person says that a list's certificates are as the decision has them."""

    staff_roles = (StaffRole.Role.ADMIN,)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.get_import()
        # Each certificate is verified in a transaction of its own and keeps its own history; this notes that all were asked for.
        with transaction.atomic():
            audit_record(action="list.verified", subject=record)
        done = import_verify(record=record, by=self.person, among=self.papers_within())
        for product, reason in done.refused[:NAMED_AT_MOST]:
            messages.error(request, _("%(name)s is not verified: %(why)s") % {"name": product, "why": reason})
        if len(done.refused) > NAMED_AT_MOST:
            others = len(done.refused) - NAMED_AT_MOST
            messages.error(request, _("%(count)d more are not verified.") % {"count": others})
        if done.count:
            messages.success(request, _("%(count)d certificates were verified.") % {"count": done.count})
        return redirect("dashboard:import", pk=pk)


class ImportProgressView(ImportAccess, View):
    """The progress bar; asks the browser to load the page anew when the run is over."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.get_import()
        response = render(request, "dashboard/decision_imports/parts/progress.html", {"record": record})
        waiting = {DecisionImport.State.QUEUED, DecisionImport.State.RUNNING}
        previewing = record.state == DecisionImport.State.UPLOADED and not record.preview
        if record.state not in waiting and not previewing:
            response["HX-Refresh"] = "true"
        return response


class ImportConfirmView(ImportAccess, View):
    """Starts the import that was previewed."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.get_import()
        with audited("list.confirmed", record):
            import_confirm(record=record)
        messages.success(request, _("The import has started."))
        return redirect("dashboard:import", pk=pk)


class ImportColumnView(ImportAccess, View):
    """Remembers what a header means and previews again."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.get_import()
        form = ColumnForm(request.POST)
        if form.is_valid() and record.state == DecisionImport.State.UPLOADED:
            try:
                meaning = Field(form.cleaned_data["meaning"])
                changes = {form.cleaned_data["header"]: [None, meaning.value]}
                with audited("list.column", record, changes=changes):
                    import_column_map(
                        record=record, header=form.cleaned_data["header"], meaning=meaning, by=self.person
                    )
            except FileRefused as refused:
                for problem in refused.problems:
                    messages.error(request, problem)
            else:
                _preview(record)
                messages.success(request, _("Remembered for this file and every later one."))
        return redirect("dashboard:import", pk=pk)


class ImportColumnForgetView(ImportAccess, View):
    """Forgets what a header was said to mean."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        mapping = get_object_or_404(self.mappings(), pk=pk)
        with audited("list.column_forgotten", words=str(mapping)):
            column_forget(mapping=mapping)
        messages.success(
            request, _("“%(header)s” means what its spelling says again.") % {"header": mapping.header}
        )
        return redirect("dashboard:imports")


class ImportAnswerView(ImportAccess, View):
    """Takes one answer for one or many held rows."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        record = self.get_import()
        chosen = [int(value) for value in request.POST.getlist("row") if value.isdigit()]
        rows = record.rows.filter(pk__in=chosen, outcome=Outcome.HELD).select_related("decision_import")
        with transaction.atomic():
            done = rows_answer(rows=rows, answer=request.POST.get("answer", ""), by=self.person)
            if done:
                audit_record(action="list.answered", subject=record, changes={"rows": len(done)})
        if done:
            messages.success(request, _("%(count)d rows were answered.") % {"count": len(done)})
        else:
            messages.error(request, _("Please choose rows and an answer."))
        return redirect("dashboard:import", pk=pk)


class ImportMendView(ImportAccess, View):
    """The file of held and rejected rows, to be mended and imported again."""

    def get(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        record = self.get_import()
        response = StreamingHttpResponse(
            mending_lines(record),
            content_type="text/csv; charset=utf-8",
        )
        response["Content-Disposition"] = f'attachment; filename="{mending_name(record)}"'
        return response


def _preview(record: DecisionImport) -> None:
    """Preview an uploaded file, a long one by the worker; one whose columns a person has to name first waits for that."""
    if record.needed_columns:
        return
    if record.rows_total <= PREVIEWED_AT_ONCE:
        import_preview(record=record)
    else:
        preview_import.enqueue(record.pk)


def _outcome_label(name: str) -> str:
    return str(Outcome(name).label) if name in Outcome.values else _("Awaiting verification")


def _questions(record: DecisionImport) -> list[dict[str, Any]]:
    """Group the held rows that can be answered alike: the same question with the same choices."""
    groups: dict[tuple[str, str], list[ImportRow]] = defaultdict(list)
    for row in record.rows.filter(outcome=Outcome.HELD)[:500]:
        groups[row.question, repr(row.choices)].append(row)
    return [
        {"question": rows[0].get_question_display(), "choices": rows[0].choices, "rows": rows}
        for rows in groups.values()
    ]
