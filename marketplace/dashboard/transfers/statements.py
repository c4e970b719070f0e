"""Statements of the bank: upload, name columns, look at what each row would do, confirm."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, View

from checkout.payment.transfers.accounts import receiving_account
from checkout.payment.transfers.errors import ColumnsUnknown, TransferError, TransfersRefused
from checkout.payment.transfers.models import BankStatement, BankTransfer
from checkout.payment.transfers.practice import sample_statement
from checkout.payment.transfers.statements.outlook import statement_outlook
from checkout.payment.transfers.statements.services import (
    statement_columns_map,
    statement_discard,
    statement_read,
    statement_take,
    statement_upload,
)
from marketplace.dashboard.access import NationalAccess
from marketplace.dashboard.transfers import FINANCE
from marketplace.dashboard.transfers.forms import ColumnsForm, StatementForm

STATEMENTS_A_PAGE = 20
#: Rows of a preview that are shown.
ROWS_SHOWN = 300


class StatementAccess(NationalAccess):
    """For those who look after money."""

    staff_roles = FINANCE


class StatementListView(StatementAccess, FormView):
    """All statements, and the form for a new one."""

    form_class = StatementForm
    template_name = "dashboard/transfers/statements.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        statements = BankStatement.objects.defer("content").select_related("account", "uploaded_by")
        page = Paginator(statements, STATEMENTS_A_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            **kwargs, page_obj=page, statements=page.object_list, has_sample=settings.SANDBOX_PAYMENT
        )

    def form_valid(self, form: StatementForm) -> HttpResponse:
        file = form.cleaned_data["file"]
        try:
            statement = statement_upload(
                account=form.cleaned_data["account"],
                file_name=file.name,
                content=file.read(),
                by=self.request.user,
            )
        except TransfersRefused as refused:
            for problem in refused.problems:
                form.add_error("file", problem)
            return self.form_invalid(form)
        if statement.state == BankStatement.State.TAKEN:
            messages.info(
                self.request,
                _("This file was taken before. Nothing is counted twice; this is what became of it."),
            )
        return redirect("dashboard:statement", pk=statement.pk)


class StatementView(StatementAccess, View):
    """One statement: its preview, or what became of its rows."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        statement = get_object_or_404(BankStatement.objects.select_related("account", "taken_by"), pk=pk)
        context = {"desk": "staff", "statement": statement}
        if statement.state == BankStatement.State.UPLOADED:
            context |= _preview(statement)
        else:
            context |= _result(statement)
        return render(request, "dashboard/transfers/statement.html", context)


class StatementColumnsView(StatementAccess, View):
    """Remembers what a statement's columns hold."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        statement = get_object_or_404(
            BankStatement.objects.select_related("account"), pk=pk, state=BankStatement.State.UPLOADED
        )
        form = _preview(statement)["columns_form"]
        if form is not None:
            form = ColumnsForm(request.POST, columns=form.columns)
        if form is None or not form.is_valid():
            messages.error(request, _("Please choose what each column holds."))
        else:
            statement_columns_map(meanings=form.meanings(), by=self.request.user)
            messages.success(request, _("Remembered for this file and every later one."))
        return redirect("dashboard:statement", pk=pk)


class StatementTakeView(StatementAccess, View):
    """Records the rows of a statement that was looked at."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        get_object_or_404(BankStatement, pk=pk)
        try:
            statement = statement_take(statement_id=pk, by=self.request.user)
        except TransferError as refused:
            messages.error(request, str(refused.message or refused))
        else:
            new = statement.rows - statement.known_rows
            messages.success(
                request,
                ngettext("%(count)d new transfer was taken.", "%(count)d new transfers were taken.", new)
                % {"count": new},
            )
        return redirect("dashboard:statement", pk=pk)


class StatementDiscardView(StatementAccess, View):
    """Puts a statement aside that wasn't taken."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        get_object_or_404(BankStatement, pk=pk)
        statement_discard(statement_id=pk, by=self.request.user)
        messages.success(request, _("The statement is put aside; its file is deleted."))
        return redirect("dashboard:statements")


class StatementSampleView(StatementAccess, View):
    """A statement to practise with, where the shop plays its own bank: rows for orders that wait."""

    def get(self, request: HttpRequest) -> HttpResponse:
        account = receiving_account()
        if not settings.SANDBOX_PAYMENT or account is None:
            raise Http404
        response = HttpResponse(sample_statement(account), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="sao-ke-mau.csv"'
        return response


def _preview(statement: BankStatement) -> dict[str, Any]:
    """Return what a statement would do, or what is to be said of its columns, or why it can't be taken."""
    try:
        read = statement_read(statement)
    except TransfersRefused as refused:
        return {
            "problems": refused.problems,
            "needs_columns": isinstance(refused, ColumnsUnknown),
            "columns_form": ColumnsForm(columns=refused.columns) if refused.columns else None,
        }
    outlook = statement_outlook(statement.account, read.rows)
    return {
        "read": read,
        "outlook": outlook[:ROWS_SHOWN],
        "is_cut": len(outlook) > ROWS_SHOWN,
        "known": sum(one.is_known for one in outlook),
        "columns_form": ColumnsForm(columns=read.columns) if read.columns else None,
    }


def _result(statement: BankStatement) -> dict[str, Any]:
    transfers = statement.transfers.select_related("order", "producer").order_by("pk")
    counts = statement.transfers.order_by().values_list("state").annotate(Count("pk"))
    return {
        "transfers": transfers[:ROWS_SHOWN],
        "is_pending": statement.transfers.filter(state=BankTransfer.State.PENDING).exists(),
        "counts": [(BankTransfer.State(state).label, count) for state, count in counts],
    }
