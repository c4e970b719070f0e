"""Dated rates: what the marketplace keeps of a sale, and what the law has it withhold. Rows that have begun are followed, never overwritten."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalogue.models import ProductSet
from catalogue.producers.models import Partner
from marketplace.clock import today


class _Dated(models.Model):
    """Something that holds for a span of days, both ends included."""

    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    #: Who wrote it last.
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True

    @property
    def has_begun(self) -> bool:
        """Whether sales have been settled by it."""
        return self.valid_from <= today()

    @property
    def has_ended(self) -> bool:
        """Whether its last day is past."""
        return self.valid_until is not None and self.valid_until < today()


class CommissionTariff(_Dated):
    """What the marketplace keeps of each line that is sold: for everybody, a kind of producer, one producer, or the goods of a campaign.

    The narrowest that holds on the day of the order counts: campaign, producer, kind, everybody; of equals the youngest.
    """

    class Base(models.TextChoices):
        """Of what the percentage is taken."""

        GOODS = "goods", _("goods, after the producer's discounts")
        GOODS_PAID = "goods_paid", _("goods, as the buyer pays them")
        GOODS_AND_DELIVERY = (
            "goods_and_delivery",
            _("goods after the producer's discounts, and the producer's delivery"),
        )

    name = models.CharField(_("name"), max_length=120)
    group = models.CharField(
        _("kind of producer"), max_length=20, choices=Partner.Kind.choices, blank=True, default=""
    )
    producer = models.ForeignKey(
        Partner,
        verbose_name=_("producer"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="commission_tariffs",
    )
    campaign = models.ForeignKey(
        "campaigns.Campaign",
        verbose_name=_("campaign"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="commission_tariffs",
    )
    #: Hundredths of a per cent: 500 is 5 %.
    rate = models.PositiveSmallIntegerField(_("commission (hundredths of a per cent)"))
    base = models.CharField(_("taken of"), max_length=20, choices=Base.choices, default=Base.GOODS)
    #: Values made up to begin with, until somebody has confirmed them.
    is_sample = models.BooleanField(_("sample values, to be confirmed"), default=False)

    class Meta:
        app_label = "settlement"
        ordering = ["-valid_from", "-pk"]
        verbose_name = _("commission")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="commission_dates_in_order",
            ),
            models.CheckConstraint(condition=Q(rate__lte=10_000), name="commission_is_a_percentage"),
            models.CheckConstraint(
                condition=Q(group="", producer__isnull=True)
                | Q(group="", campaign__isnull=True)
                | Q(producer__isnull=True, campaign__isnull=True),
                name="commission_has_one_scope",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WithholdingRule(_Dated):
    """From when the law has us withhold taxes, of which sellers; its rates stand by kind of goods. An admin holds it against the law."""

    law = models.CharField(_("legal source"), max_length=255)
    #: Kinds of producers (`Partner.Kind`) whose taxes we withhold; the others file their own.
    seller_kinds = models.JSONField(_("withheld from"), default=list)
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        app_label = "settlement"
        ordering = ["-valid_from", "-pk"]
        verbose_name = _("tax to withhold")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="withholding_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.law


class TaxKind(models.TextChoices):
    """What kind of goods a tax rate is for."""

    GOODS = "goods", _("Goods")
    PRODUCTION_TRANSPORT = "production_transport", _("Production and transport")
    SERVICES = "services", _("Services")
    UNKNOWN = "unknown", _("Kind not known")


class WithholdingRate(models.Model):
    """VAT and personal income tax of one kind of goods, in hundredths of a per cent: 50 is 0.5 %."""

    rule = models.ForeignKey(WithholdingRule, on_delete=models.CASCADE, related_name="rates")
    kind = models.CharField(_("kind of goods"), max_length=24, choices=TaxKind.choices)
    vat = models.PositiveSmallIntegerField(_("VAT (hundredths of a per cent)"))
    pit = models.PositiveSmallIntegerField(_("income tax (hundredths of a per cent)"))

    class Meta:
        app_label = "settlement"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "kind"], name="one_withholding_rate_a_kind"),
            models.CheckConstraint(
                condition=Q(vat__lte=10_000, pit__lte=10_000), name="withholding_is_a_percentage"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.vat} + {self.pit}"


class SetTaxKind(models.Model):
    """The kind of goods of a product set, where it is anything but goods."""

    product_set = models.OneToOneField(
        ProductSet, verbose_name=_("product set"), on_delete=models.CASCADE, related_name="tax_kind"
    )
    kind = models.CharField(_("kind of goods"), max_length=24, choices=TaxKind.choices)

    class Meta:
        app_label = "settlement"
        ordering = ["product_set"]

    def __str__(self) -> str:
        return f"{self.product_set_id}: {self.kind}"
