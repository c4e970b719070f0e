"""Writes what invoices need: a buyer's company with its order, a producer's terms."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from stdnum.exceptions import ValidationError as NoTaxNumber
from stdnum.vn import mst

from catalogue.producers.models import Partner
from checkout.invoices.models import InvoiceParticulars, InvoiceTerms
from checkout.order.models import Order

#: Since July 2025 a person's and a household's tax number is the number of the identity card.
_IDENTITY_NUMBER_DIGITS = 12


def tax_number_read(typed: str) -> str:
    """Return a tax number as it is written: 10 digits, 10 and 3 of a branch, or the 12 of an identity card.

    Raises ValidationError.
    """
    digits = "".join(typed.split()).replace("-", "").replace(".", "")
    if digits.isascii() and digits.isdigit() and len(digits) == _IDENTITY_NUMBER_DIGITS:
        return digits
    try:
        number = mst.validate(digits)
    except NoTaxNumber as error:
        raise ValidationError(
            _(
                "This is no tax number: it has 10 digits (13 for a branch, 12 for a household). Please check it."
            )
        ) from error
    return mst.format(number)


def invoice_particulars_write(*, order: Order, particulars: Mapping[str, str]) -> InvoiceParticulars:
    """Note to whom the invoices of an order are made out; `particulars` are the model's fields."""
    return InvoiceParticulars.objects.create(order=order, **particulars)


def invoice_terms_write(*, producer: Partner, terms: Mapping[str, object]) -> InvoiceTerms:
    """Note how a producer invoices; `terms` are the model's fields."""
    written, _is_new = InvoiceTerms.objects.update_or_create(producer=producer, defaults=dict(terms))
    return written
