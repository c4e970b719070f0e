"""The nightly check and what came of it: rounds, and a queue of differences, each with an answer or a person. Providers' own reports."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Reconciliation(models.Model):
    """One round of holding orders, payments, ledger and providers' reports against each other; one a night, others when asked for."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    #: The night it is for; none where a person asked.
    night = models.DateField(null=True, blank=True, unique=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    entries = models.PositiveIntegerField(default=0)
    differences = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        app_label = "settlement"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="pending"), name="one_reconciliation_under_way"
            )
        ]
        indexes = [models.Index(fields=["state", "next_try_at"], name="reconciliation_due")]

    def __str__(self) -> str:
        return f"{self.night or self.created_at}: {self.differences}"


class Difference(models.Model):
    """Something that doesn't add up. It stays in the queue until a person answers it, or a later round no longer finds it."""

    class Kind(models.TextChoices):
        UNBALANCED = "unbalanced", _("An entry does not add up to 0")
        REBUILT = "rebuilt", _("An entry differs from what its own figures give")
        FACTS = "facts", _("An entry differs from the order, payment or refund it comes from")
        MISSING = "missing", _("Something that happened is not in the ledger")
        UNASKED = "unasked", _("The ledger has something that did not happen")
        SUMS = "sums", _("The sums on an order differ from its payments and refunds")
        ORDER_OPEN = "order_open", _("An order has ended, and its money does not come to 0")
        SIGN = "sign", _("An account stands on the wrong side")
        CASH_SHORT = "cash_short", _("The carrier handed over less cash than it collected")
        PROVIDER_MISSING = "provider_missing", _("The provider's report lacks something that we have")
        PROVIDER_UNKNOWN = "provider_unknown", _("The provider's report has something that we lack")
        PROVIDER_AMOUNT = "provider_amount", _("The provider's report has another amount")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        ANSWERED = "answered", _("Answered")
        GONE = "gone", _("No longer there")

    #: What differs, in a few words that stay the same from round to round.
    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    order = models.ForeignKey(
        "order.Order", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    producer = models.ForeignKey(
        "partner.Partner", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    #: đồng, or none where it isn't about a sum.
    expected = models.BigIntegerField(null=True, blank=True)
    found = models.BigIntegerField(null=True, blank=True)
    detail = models.CharField(max_length=255, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN, db_index=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    #: Who looks into it.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answer = models.CharField(_("answer"), max_length=500, blank=True, default="")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "settlement"
        ordering = ["-first_seen_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="answered") | ~Q(answer="") & Q(answered_at__isnull=False),
                name="answered_difference_has_an_answer",
            )
        ]

    def __str__(self) -> str:
        return self.key


class ProviderReport(models.Model):
    """A provider's own list of what moved on our balance there, as a person uploaded it; the same file counts once."""

    provider = models.CharField(_("payment provider"), max_length=20)
    file_name = models.CharField(max_length=255)
    checksum = models.CharField(max_length=64, unique=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "settlement"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name


class ProviderMovement(models.Model):
    """One line of a provider's reports: what moved, by its own id, however many reports name it."""

    class Category(models.TextChoices):
        CHARGE = "charge", _("Payment")
        REFUND = "refund", _("Refund")
        REFUND_FAILURE = "refund_failure", _("Refund came back")
        DISPUTE = "dispute", _("Dispute")
        DISPUTE_REVERSAL = "dispute_reversal", _("Dispute won")
        FEE = "fee", _("Fee")
        PAYOUT = "payout", _("Payout to our bank")
        OTHER = "other", _("Other")

    report = models.ForeignKey(ProviderReport, on_delete=models.PROTECT, related_name="movements")
    provider = models.CharField(max_length=20)
    #: The provider's own id of the movement.
    reference = models.CharField(max_length=120)
    category = models.CharField(max_length=20, choices=Category.choices)
    at = models.DateTimeField()
    #: What moved (đồng, in is positive) and what the provider kept of it.
    amount = models.BigIntegerField()
    fee = models.BigIntegerField(default=0)
    #: The provider's name of the payment or refund.
    source = models.CharField(max_length=255, blank=True, default="", db_index=True)

    class Meta:
        app_label = "settlement"
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "reference"], name="one_movement_a_reference")
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.reference}"
