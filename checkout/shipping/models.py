"""Delivery tables, days without dispatch and pickup points: dated data that admins and producers edit.

Amounts are đồng, weights grams, rates hundredths of a per cent (80 is 0,8 %).
"""

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.clock import today


#: Hundredths of a per cent in the whole.
WHOLE: Final = 10_000


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
    #: What a pack of unknown weight counts for, in grams; quotes say that it was assumed.
    assumed_pack_weight = models.PositiveIntegerField(_("weight where unknown (grams)"), default=500)
    #: Values made up to begin with, until an admin has confirmed them.
    is_sample = models.BooleanField(_("sample values, to be confirmed"), default=False)
    #: Added to a consignment paid in cash on delivery: an amount, and a share of what is collected.
    cod_charge = models.PositiveIntegerField(_("charge for cash on delivery (đồng)"), default=0)
    cod_rate = models.PositiveSmallIntegerField(_("and a share of the cash (%)"), default=0)
    #: Goods worth this much and more are insured for a share of their value; none: never.
    insured_from = models.PositiveIntegerField(_("insured from a value of (đồng)"), null=True, blank=True)
    insurance_rate = models.PositiveSmallIntegerField(_("insurance, share of the value (%)"), default=0)
    #: Added to a parcel with goods that need cooling; none: such goods aren't carried by this table.
    cold_charge = models.PositiveIntegerField(_("charge for cooling (đồng)"), null=True, blank=True)

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
            models.CheckConstraint(
                condition=Q(cod_rate__lte=WHOLE, insurance_rate__lte=WHOLE), name="tariff_rates_are_shares"
            ),
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
    #: Value of a consignment's goods (đồng) from which the way into this zone is free; none: never.
    free_from = models.PositiveIntegerField(_("free from (đồng)"), null=True, blank=True)
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


class RemoteCommune(models.Model):
    """A commune to which a table asks for more and takes longer, or to which it doesn't go at all: far from roads, or an island."""

    tariff = models.ForeignKey(DeliveryTariff, on_delete=models.CASCADE, related_name="remote_communes")
    commune = models.ForeignKey("places.Commune", on_delete=models.PROTECT, related_name="+")
    surcharge = models.PositiveIntegerField(_("surcharge (đồng)"), default=0)
    extra_days = models.PositiveSmallIntegerField(_("days more"), default=0)
    is_served = models.BooleanField(_("delivered there"), default=True)

    class Meta:
        app_label = "shipping"
        constraints = [
            models.UniqueConstraint(fields=["tariff", "commune"], name="one_line_a_remote_commune"),
        ]

    def __str__(self) -> str:
        return f"{self.tariff_id}: {self.commune_id}"


class ClosedDays(models.Model):
    """Days on which nothing is sent: of one producer, or (without producer) public holidays, on which carriers rest too."""

    producer = models.ForeignKey(
        "partner.Partner", on_delete=models.CASCADE, null=True, blank=True, related_name="closed_days"
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    name = models.CharField(_("what for"), max_length=120)
    #: The law or notice that says so; a producer's own days need none.
    source = models.CharField(_("source"), max_length=160, blank=True, default="")
    is_sample = models.BooleanField(_("sample values, to be confirmed"), default=False)

    class Meta:
        app_label = "shipping"
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="closed_days_in_order"),
        ]

    def __str__(self) -> str:
        return self.name


class PickupPoint(models.Model):
    """A shop or centre where buyers fetch goods of the producers that bring theirs there."""

    name = models.CharField(_("name"), max_length=120)
    street = models.CharField(_("house number and street"), max_length=255)
    commune = models.ForeignKey(
        "places.Commune", verbose_name=_("commune"), on_delete=models.PROTECT, related_name="+"
    )
    phone = models.CharField(_("phone number"), max_length=16, blank=True, default="")
    hours = models.CharField(_("opening hours"), max_length=120)
    #: Days from the producer's door until the goods lie ready there.
    days = models.PositiveSmallIntegerField(_("days until goods are there"), default=1)
    is_active = models.BooleanField(_("offered to buyers"), default=True)
    producers = models.ManyToManyField(
        "partner.Partner", verbose_name=_("whose goods it takes"), related_name="pickup_points", blank=True
    )

    class Meta:
        app_label = "shipping"
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Where it is, as one line."""
        return f"{self.street}, {self.commune.full_name}"


from oscar.apps.shipping.models import *
