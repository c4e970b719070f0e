"""A producer's invoices of a month: what to issue, and the files for the service that issues them."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View

from catalogue.producers.models import Partner
from checkout.invoices.einvoice import invoice_rows, invoices_xml
from checkout.invoices.models import InvoiceTerms
from checkout.invoices.selectors import Invoice, changes_of, invoices_of
from checkout.invoices.services import invoice_terms_write
from marketplace.audit.services import audited
from marketplace.clock import today
from marketplace.dashboard.invoices.forms import InvoiceTermsForm, MonthForm
from marketplace.dashboard.payouts.producer_money import MoneyAccess
from marketplace.spreadsheets import csv_lines


def _xml(producer: Partner, terms: InvoiceTerms, invoices: list[Invoice]) -> bytes:
    return invoices_xml(producer, terms, invoices)


def _csv(producer: Partner, terms: InvoiceTerms, invoices: list[Invoice]) -> bytes:
    return "".join(csv_lines(invoice_rows(invoices))).encode()


#: What writes each file, and what it is called on the web.
FILES: Final[dict[str, tuple[Callable[[Partner, InvoiceTerms, list[Invoice]], bytes], str]]] = {
    "xml": (_xml, "application/xml"),
    "csv": (_csv, "text/csv; charset=utf-8"),
}


class InvoiceAccess(MoneyAccess):
    """The month that was asked for."""

    @cached_property
    def form(self) -> MonthForm:
        """The month as typed."""
        return MonthForm(
            self.request.GET if "month" in self.request.GET else None,
            initial={"month": today().replace(day=1)},
        )

    def month(self) -> date | None:
        """Return the month's first day; None where it can't be read."""
        if not self.form.is_bound:
            return today().replace(day=1)
        return self.form.cleaned_data["month"] if self.form.is_valid() else None

    def terms(self) -> InvoiceTerms | None:
        """Return how the producer invoices; None where it hasn't said so."""
        return InvoiceTerms.objects.filter(producer=self.producer).first()


class InvoicesView(InvoiceAccess, TemplateView):
    """What is to be invoiced, and what went back of earlier months."""

    template_name = "dashboard/invoices/month.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        month, terms = self.month(), self.terms()
        invoices = invoices_of(self.producer, month=month, terms=terms) if month else []
        return super().get_context_data(
            **kwargs,
            form=self.form,
            month=month,
            terms=terms,
            invoices=invoices,
            total=sum(invoice.total for invoice in invoices),
            changes=changes_of(self.producer, month=month) if month else [],
        )


class InvoicesFileView(InvoiceAccess, View):
    """The month as a file; without the producer's terms there is none."""

    def get(self, request: HttpRequest, producer_pk: int, **asked: str) -> HttpResponse:
        month, terms, kind = self.month(), self.terms(), asked["format"]
        if month is None or terms is None or kind not in FILES:
            messages.error(request, _("Please say first how you invoice, and for which month."))
            return redirect("dashboard:invoices", producer_pk=producer_pk)
        write, content_type = FILES[kind]
        content = write(self.producer, terms, invoices_of(self.producer, month=month, terms=terms))
        response = HttpResponse(content, content_type=content_type)
        response["Content-Disposition"] = (
            f'attachment; filename="hoa-don-{self.producer.pk}-{month:%Y-%m}.{kind}"'
        )
        return response


class InvoiceTermsView(InvoiceAccess, FormView):
    """How the producer invoices."""

    template_name = "dashboard/invoices/terms.html"
    form_class = InvoiceTermsForm

    def get_form(self, form_class: Any = None) -> InvoiceTermsForm:
        typed = self.request.POST if self.request.method == "POST" else None
        return InvoiceTermsForm(typed, instance=self.terms())

    def form_valid(self, form: InvoiceTermsForm) -> HttpResponse:
        with audited("invoice_terms.written", self.producer, changes=form.cleaned_data):
            invoice_terms_write(producer=self.producer, terms=form.cleaned_data)
        messages.success(self.request, _("Saved."))
        return redirect("dashboard:invoices", producer_pk=self.producer.pk)
