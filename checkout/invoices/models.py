"""Invoices: to whom a buyer wants one made out, and what a producer's invoices say. Issuing and signing them is the producer's."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class InvoiceParticulars(models.Model):
    """To whom the invoices of an order are made out, as given at the checkout."""

    order = models.OneToOneField(
        "order.Order", on_delete=models.PROTECT, primary_key=True, related_name="invoice_particulars"
    )
    company = models.CharField(_("company"), max_length=255)
    tax_number = models.CharField(_("tax number"), max_length=14)
    address = models.CharField(_("registered address"), max_length=255)
    email = models.EmailField(_("mail address for the invoice"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(company="") & ~Q(tax_number="") & ~Q(address="") & ~Q(email=""),
                name="invoice_particulars_are_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.company} ({self.tax_number})"


class InvoiceTerms(models.Model):
    """How a producer invoices: the form, its series, and the VAT rate of its goods. None invented: without them nothing is exported."""

    class Form(models.TextChoices):
        VAT = "1", _("VAT invoice (form 1)")
        SALES = "2", _("Sales invoice (form 2), without VAT of its own")

    #: Hundredths of a per cent; the words of the tax form for what has no rate are in `einvoice`.
    class Rate(models.IntegerChoices):
        TEN = 1_000, "10 %"
        EIGHT = 800, "8 %"
        FIVE = 500, "5 %"
        ZERO = 0, "0 %"

    producer = models.OneToOneField(
        "partner.Partner", on_delete=models.CASCADE, primary_key=True, related_name="invoice_terms"
    )
    form = models.CharField(_("kind of invoice"), max_length=1, choices=Form.choices)
    series = models.CharField(
        _("series"), max_length=8, blank=True, default="", help_text=_("For example C26TAA.")
    )
    vat_rate = models.PositiveSmallIntegerField(
        _("VAT of the goods"), choices=Rate.choices, null=True, blank=True
    )
    delivery_vat_rate = models.PositiveSmallIntegerField(
        _("VAT of delivery"), choices=Rate.choices, null=True, blank=True
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(form="1", vat_rate__isnull=False, delivery_vat_rate__isnull=False)
                | Q(form="2", vat_rate__isnull=True, delivery_vat_rate__isnull=True),
                name="vat_invoice_has_its_rates",
            )
        ]

    def __str__(self) -> str:
        return f"{self.producer_id}: {self.get_form_display()}"
