"""Statements on the screen, as PDF and as a workbook: for the producer itself, and for finance."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from catalogue.producers.models import Partner
from checkout.settlement.payouts.statements import Movement, Statement, statement_for
from marketplace.dashboard.payouts.finance_access import FinanceAccess
from marketplace.dashboard.payouts.forms import SpanForm
from marketplace.dashboard.payouts.producer_money import MoneyAccess
from marketplace.dashboard.payouts.statement_pdf import statement_pdf
from marketplace.dashboard.payouts.statement_workbook import statement_workbook
from marketplace.dashboard.staff_producers import seen_in_full

#: What writes each form, and what it is called on the web.
FORMS: Final[dict[str, tuple[Callable[[Statement, Callable[[Movement], str]], bytes], str]]] = {
    "pdf": (statement_pdf, "application/pdf"),
    "xlsx": (statement_workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


class StatementMixin:
    """Reads the days that were asked for. Subclasses say whose statement it is."""

    request: HttpRequest

    @property
    def seller(self) -> Partner:
        raise NotImplementedError

    @cached_property
    def form(self) -> SpanForm:
        first, last = SpanForm.this_month()
        asked = self.request.GET if "first" in self.request.GET else None
        return SpanForm(asked, initial={"first": first, "last": last})

    def span(self) -> tuple[date, date] | None:
        """Return the days, None where they can't be."""
        if not self.form.is_bound:
            return SpanForm.this_month()
        return (
            (self.form.cleaned_data["first"], self.form.cleaned_data["last"])
            if self.form.is_valid()
            else None
        )

    def statement(self) -> Statement | None:
        span = self.span()
        return statement_for(self.seller, first=span[0], last=span[1]) if span else None


class StatementScreen(StatementMixin, TemplateView):
    """The statement with its movements, each of which leads to its order."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        statement = self.statement()
        days = f"first={statement.first}&last={statement.last}" if statement else ""
        return super().get_context_data(
            **kwargs, statement=statement, days=days, form=self.form, seller=self.seller
        )


class StatementFile(StatementMixin, View):
    """The same as a file, in which each movement leads to its order as well."""

    def path_of(self, movement: Movement) -> str:
        """Return where the movement of an order leads."""
        raise NotImplementedError

    def address_of(self, movement: Movement) -> str:
        """Return the whole address of a movement's order; empty where it belongs to none."""
        return self.request.build_absolute_uri(self.path_of(movement)) if movement.consignment else ""

    def get(self, request: HttpRequest, form: str, **kwargs: Any) -> HttpResponse:
        statement = self.statement()
        if statement is None or form not in FORMS:
            raise Http404
        content, kind = FORMS[form]
        response = HttpResponse(content(statement, self.address_of), content_type=kind)
        name = f"sao-ke-{self.seller.pk}-{statement.first:%Y%m%d}-{statement.last:%Y%m%d}.{form}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class OwnStatement(MoneyAccess):
    """The producer of the workplace at hand."""

    @property
    def seller(self) -> Partner:
        return self.producer


class SellersStatement(FinanceAccess):
    """Any producer, for finance."""

    @cached_property
    def seller(self) -> Partner:
        return get_object_or_404(Partner, pk=self.kwargs["pk"])  # type: ignore[attr-defined]


class MoneyStatementView(OwnStatement, StatementScreen):
    """In the workplace."""

    template_name = "dashboard/payouts/money_statement.html"


class MoneyStatementFileView(OwnStatement, StatementFile):
    """In the workplace, as a file."""

    def path_of(self, movement: Movement) -> str:
        kwargs = {"producer_pk": self.seller.pk, "pk": movement.consignment.pk if movement.consignment else 0}
        return reverse("dashboard:consignment", kwargs=kwargs)


class SellerStatementView(SellersStatement, StatementScreen):
    """For finance."""

    template_name = "dashboard/payouts/seller_statement.html"


class SellerStatementFileView(SellersStatement, StatementFile):
    """For finance, as a file; a PDF names the tax number, and who takes it out is noted."""

    def get(self, request: HttpRequest, form: str, **kwargs: Any) -> HttpResponse:
        if form == "pdf":
            seen_in_full(self.seller)
        return super().get(request, form, **kwargs)

    def path_of(self, movement: Movement) -> str:
        return reverse("dashboard:order", kwargs={"number": movement.order_number})
