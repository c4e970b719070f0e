"""When an order is put aside for a person to look at, as dated data; what is kept of where orders came from; and what was held."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Signal(models.TextChoices):
    """What makes one look twice. None of them refuses an order."""

    PAYMENT_FAILURES = "payment_failures", _("Payments that failed before")
    PHONES_OF_DEVICE = "phones_of_device", _("Several phone numbers from one device")
    PHONES_OF_NETWORK = "phones_of_network", _("Many phone numbers from one network")
    PHONES_OF_ADDRESS = "phones_of_address", _("Several phone numbers for one address")
    CASH_REFUSED = "cash_refused", _("Parcels paid in cash that were refused before")
    LARGE_CASH = "large_cash", _("A large sum in cash")
    LARGE_SUM = "large_sum", _("An unusually large sum")


class HoldRule(models.Model):
    """From `threshold` on within `window_minutes` (for sums: đồng, no window) an order is put aside, for `hours` at most."""

    signal = models.CharField(_("signal"), max_length=20, choices=Signal.choices)
    threshold = models.PositiveIntegerField(_("from"))
    #: 0: counts for sums, which have no time.
    window_minutes = models.PositiveIntegerField(_("within (minutes)"), default=60)
    #: A person has so long to look; then the order goes on by itself.
    hours = models.PositiveSmallIntegerField(_("time to look (hours)"), default=24)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["signal", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["signal", "valid_from"], name="one_hold_rule_a_day"),
            models.CheckConstraint(condition=Q(threshold__gt=0), name="hold_rule_has_a_threshold"),
            models.CheckConstraint(condition=Q(hours__gte=1, hours__lte=72), name="hold_rule_ends"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="hold_rule_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signal}: {self.threshold}"


class OrderTrace(models.Model):
    """Where an order came from, as digests that say nothing by themselves; forgotten after a month."""

    order = models.OneToOneField("order.Order", on_delete=models.CASCADE, related_name="trace")
    at = models.DateTimeField(db_index=True)
    device = models.CharField(max_length=32, blank=True)
    network = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=32, blank=True)

    class Meta:
        indexes = [
            # What isn't known is alike in many rows: left out, so that looking for what is known stays a matter of a few.
            models.Index(fields=[name, "at"], condition=~Q(**{name: ""}), name=f"trace_known_{name}")
            for name in ("device", "network", "address")
        ]

    def __str__(self) -> str:
        return str(self.order_id)


class OrderHold(models.Model):
    """That an order was put aside, why, until when at most, and how it ended. An order is held once."""

    class Outcome(models.TextChoices):
        RELEASED = "released", _("Let go by a person")
        LAPSED = "lapsed", _("Went on by itself: nobody looked in time")

    order = models.OneToOneField("order.Order", on_delete=models.PROTECT, related_name="hold")
    #: What struck: `[{"signal": "cash_refused", "found": 3}]`; sums in đồng.
    signals = models.JSONField()
    held_at = models.DateTimeField()
    until = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("held_at")), name="hold_lasts"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, outcome="") | Q(ended_at__isnull=False) & ~Q(outcome=""),
                name="hold_ended_has_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return str(self.order_id)
