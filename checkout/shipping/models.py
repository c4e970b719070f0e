"""Delivery tables: what a parcel costs by zone and chargeable weight; dated data that admins edit."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.clock import today


class Zone(models.TextChoices):
    SAME_PROVINCE = "same_province", _("Within the province")
    SAME_REGION = "same_region", _("Within the region")
    BETWEEN_REGIONS = "between_regions", _("Between regions")


class DeliveryTariff(models.Model):
    """A table of the platform (no producer) or of one producer, valid for a span of days."""

    producer = models.ForeignKey(
        "partner.Partner", on_delete=models.CASCADE, null=True, blank=True, related_name="delivery_tariffs"
    )
    name = models.CharField(_("name"), max_length=120)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    #: cm³ divided by this give kilograms-thousandths (grams): 5 or 6 with carriers here.
    volume_divisor = models.PositiveSmallIntegerField(_("volume divisor"), default=5)
    #: Value of a consignment's goods (đồng) from which delivery is free; none: never.
    free_from = models.PositiveIntegerField(_("free from (đồng)"), null=True, blank=True)
    #: What a pack of unknown weight counts for, in grams; quotes say that it was assumed.
    assumed_pack_weight = models.PositiveIntegerField(_("weight where unknown (grams)"), default=500)
    #: Values made up to begin with, until an admin has confirmed them.
    is_sample = models.BooleanField(_("sample values, to be confirmed"), default=False)
    #: Added to a consignment paid in cash on delivery, in đồng.
    cod_charge = models.PositiveIntegerField(_("charge for cash on delivery (đồng)"), default=0)

    #: Who wrote it last; a table that is in use is followed by another one instead of being overwritten.
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        app_label = "shipping"
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="tariff_dates_in_order",
            ),
            models.CheckConstraint(condition=Q(volume_divisor__gt=0), name="tariff_divisor_is_positive"),
            models.CheckConstraint(condition=Q(assumed_pack_weight__gt=0), name="tariff_assumes_some_weight"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_begun(self) -> bool:
        """Whether parcels have been charged by it."""
        return self.valid_from <= today()

    @property
    def has_ended(self) -> bool:
        """Whether its last day is past."""
        return self.valid_until is not None and self.valid_until < today()


class DeliveryRate(models.Model):
    """One zone's line of a table: a first weight, then steps (grams and đồng), and the days it takes."""

    tariff = models.ForeignKey(DeliveryTariff, on_delete=models.CASCADE, related_name="rates")
    zone = models.CharField(_("zone"), max_length=16, choices=Zone.choices)
    first_weight = models.PositiveIntegerField(_("first weight (grams)"), default=500)
    first_charge = models.PositiveIntegerField(_("first weight (đồng)"))
    step_weight = models.PositiveIntegerField(_("step (grams)"), default=500)
    step_charge = models.PositiveIntegerField(_("step (đồng)"))
    days_min = models.PositiveSmallIntegerField(_("days, at least"))
    days_max = models.PositiveSmallIntegerField(_("days, at most"))

    class Meta:
        app_label = "shipping"
        constraints = [
            models.UniqueConstraint(fields=["tariff", "zone"], name="one_rate_a_zone"),
            models.CheckConstraint(
                condition=Q(step_weight__gt=0, first_weight__gt=0), name="rate_weights_are_positive"
            ),
            models.CheckConstraint(condition=Q(days_max__gte=F("days_min")), name="rate_days_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.tariff_id}: {self.zone}"


from oscar.apps.shipping.models import *
