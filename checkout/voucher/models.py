"""Codes that open an offer. One code opens one offer, whose dates and caps hold; a code of a set can be used once besides."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from oscar.apps.voucher.abstract_models import (
    AbstractVoucher,
    AbstractVoucherApplication,
    AbstractVoucherSet,
)


class VoucherSet(AbstractVoucherSet):
    """Codes that were made together for an offer, each for one order."""

    name = models.CharField(_("name"), max_length=128, blank=True, default="")
    description = models.TextField(_("description"), blank=True, default="")
    start_datetime = None
    end_datetime = None
    offer = models.ForeignKey("offer.ConditionalOffer", on_delete=models.PROTECT, related_name="code_sets")

    class Meta(AbstractVoucherSet.Meta):
        app_label = "voucher"


class Voucher(AbstractVoucher):
    """A code. Oscar links it to any number of offers by dates of its own; here it has one offer, and that one's dates."""

    name = models.CharField(_("name"), max_length=128, blank=True, default="")
    offers = None
    start_datetime = None
    end_datetime = None
    offer = models.ForeignKey("offer.ConditionalOffer", on_delete=models.PROTECT, related_name="codes")

    class Meta(AbstractVoucher.Meta):
        app_label = "voucher"
        constraints = [
            models.CheckConstraint(
                condition=Q(usage="Multi-use") | Q(usage="Single use", num_orders__lte=1),
                name="single_code_is_used_once",
            )
        ]

    def __str__(self) -> str:
        return self.code


class VoucherApplication(AbstractVoucherApplication):
    """Oscar's record of uses, which nothing here writes: `OfferUse` holds them."""

    class Meta(AbstractVoucherApplication.Meta):
        app_label = "voucher"
