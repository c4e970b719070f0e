"""Normal prices and dated prices of packs, with their whole history (decision 8 of the architecture).

Every amount is whole đồng. Nothing is ever overwritten: a new normal price closes the one before it.
"""

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


#: The source of a price that was made up for a demonstration.
SAMPLE: Final = "sample"


class NormalPrice(models.Model):
    """What a pack costs from one moment until the next normal price."""

    pack = models.ForeignKey("catalogue.Product", on_delete=models.CASCADE, related_name="normal_prices")
    amount = models.PositiveIntegerField(_("price (đồng)"))
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    #: Where the price comes from: `producer`, `list`, `sample`.
    source = models.CharField(max_length=40, default="producer")
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="normal_price_is_positive"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="normal_price_dates_in_order",
            ),
            models.UniqueConstraint(
                fields=["pack"], condition=Q(valid_until__isnull=True), name="one_current_normal_price"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack_id}: {self.amount} ₫"


class DatedPrice(models.Model):
    """What a pack costs from a moment (inclusive) until another (exclusive), while a promotion lasts."""

    pack = models.ForeignKey("catalogue.Product", on_delete=models.CASCADE, related_name="dated_prices")
    amount = models.PositiveIntegerField(_("price (đồng)"))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    #: Who set it, for example `campaign:12`.
    source = models.CharField(max_length=40)

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="dated_price_is_positive"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="dated_price_dates_in_order"
            ),
            models.UniqueConstraint(fields=["pack", "source"], name="one_dated_price_a_source"),
        ]
        indexes = [models.Index(fields=["pack", "starts_at", "ends_at"], name="dated_price_pack_window")]

    def __str__(self) -> str:
        return f"{self.pack_id}: {self.amount} ₫"
