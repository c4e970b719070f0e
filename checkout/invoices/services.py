"""Writes what invoices need: a buyer's company with its order, a producer's terms."""

from collections.abc import Mapping

from catalogue.producers.models import Partner
from checkout.invoices.models import InvoiceParticulars, InvoiceTerms
from checkout.order.models import Order


def invoice_particulars_write(*, order: Order, particulars: Mapping[str, str]) -> InvoiceParticulars:
    """Note to whom the invoices of an order are made out; `particulars` are the model's fields."""
    return InvoiceParticulars.objects.create(order=order, **particulars)


def invoice_terms_write(*, producer: Partner, terms: Mapping[str, object]) -> InvoiceTerms:
    """Note how a producer invoices; `terms` are the model's fields."""
    written, _is_new = InvoiceTerms.objects.update_or_create(producer=producer, defaults=dict(terms))
    return written
