"""The sandbox provider's own books. The shop never reads them, as it could not read a real provider's."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class SandboxPayment(models.Model):
    """What a shop asked the provider to collect."""

    class State(models.TextChoices):
        OPEN = "open"
        PAID = "paid"
        FAILED = "failed"
        CANCELLED = "cancelled"

    #: Given by the shop.
    reference = models.CharField(max_length=64, unique=True)
    order_number = models.CharField(max_length=128)
    shop_payment = models.CharField(max_length=40)
    amount = models.PositiveIntegerField()
    deadline = models.DateTimeField()
    success_url = models.URLField(max_length=1000)
    cancel_url = models.URLField(max_length=1000)
    webhook_url = models.URLField(max_length=1000)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    refunded_amount = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(refunded_amount__lte=F("amount")), name="sandbox_refunds_within_payment"
            )
        ]

    def __str__(self) -> str:
        return self.reference


class SandboxRefund(models.Model):
    """Money that the provider sent back."""

    payment = models.ForeignKey(SandboxPayment, on_delete=models.PROTECT, related_name="refunds")
    idempotency_key = models.CharField(max_length=120, unique=True)
    reference = models.CharField(max_length=64, unique=True)
    amount = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.reference


class SandboxDelivery(models.Model):
    """One call of the shop's webhook: a duty, repeated until the shop says 200. Two rows of one event are the same call twice."""

    class State(models.TextChoices):
        PENDING = "pending"
        DONE = "done"
        FAILED = "failed"

    payment = models.ForeignKey(SandboxPayment, on_delete=models.PROTECT, related_name="deliveries")
    event_id = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)
    error = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["state", "next_try_at"], name="sandbox_delivery_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
