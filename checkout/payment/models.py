"""Payments, webhook events and refunds, the same for every provider (decision 4 of the architecture). Amounts are whole đồng."""

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from checkout.payment.dated import CashLimit, DollarRate
from checkout.settlement.banks import banks
from marketplace.encryption import EncryptedTextField

__all__ = [
    "BuyerBankAccount",
    "CashLimit",
    "Dispute",
    "DollarRate",
    "Payment",
    "PaymentClosing",
    "Refund",
    "RefundPart",
    "WebhookEvent",
]

_GATEWAY_WORDS: Final[dict[str, str | Promise]] = {
    "cash": _("Cash on delivery"),
    "stripe": _("Card"),
    "transfer": _("Bank transfer"),
    "sandbox": _("Test payment"),
}


class Payment(models.Model):
    """One attempt to pay an order through one gateway."""

    class State(models.TextChoices):
        STARTED = "started", _("Started")
        PAID = "paid", _("Paid")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")

    order = models.ForeignKey("order.Order", on_delete=models.PROTECT, related_name="payments")
    gateway = models.CharField(max_length=20)
    #: The parcel for which cash was handed over; none where the payment is for the whole order.
    consignment = models.OneToOneField(
        "order.Consignment", on_delete=models.PROTECT, null=True, blank=True, related_name="cash_payment"
    )
    #: The provider's own name of this attempt, for example of a hosted checkout.
    reference = models.CharField(max_length=255, null=True, blank=True)
    #: The provider's own name of the money that came in, by which it is sent back.
    capture_reference = models.CharField(max_length=255, blank=True, default="")
    amount = models.PositiveIntegerField()
    refunded_amount = models.PositiveIntegerField(default=0)
    #: What the buyer's bank has taken back or holds in disputes: no longer ours to send.
    disputed_amount = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.STARTED)
    redirect_url = models.URLField(max_length=2000, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    #: Until when the provider takes money for it.
    expires_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "payment"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["gateway", "reference"], name="one_payment_a_reference"),
            models.UniqueConstraint(
                fields=["order", "gateway"],
                condition=Q(state="started"),
                name="one_started_payment_an_order_and_gateway",
            ),
            models.CheckConstraint(
                condition=Q(gateway="cash", consignment__isnull=False)
                | ~Q(gateway="cash") & Q(consignment__isnull=True),
                name="cash_is_paid_for_one_consignment",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_is_positive"),
            models.CheckConstraint(
                condition=Q(amount__gte=F("refunded_amount") + F("disputed_amount")),
                name="never_refund_more_than_payment",
            ),
            models.CheckConstraint(
                condition=Q(refunded_amount=0, disputed_amount=0) | Q(state="paid"),
                name="only_paid_money_goes_back",
            ),
            models.CheckConstraint(
                condition=Q(state="paid", paid_at__isnull=False) | ~Q(state="paid") & Q(paid_at__isnull=True),
                name="paid_payment_has_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.reference}"

    @property
    def gateway_words(self) -> str | Promise:
        """By which way it came, in words."""
        return _GATEWAY_WORDS.get(self.gateway, self.gateway)

    @property
    def refundable_amount(self) -> int:
        """What can still be sent back, in đồng."""
        return (
            self.amount - self.refunded_amount - self.disputed_amount if self.state == self.State.PAID else 0
        )


class WebhookEvent(models.Model):
    """What a provider told us, stored once by its own id before anything is done about it."""

    class State(models.TextChoices):
        PENDING = "pending", _("Pending")
        PROCESSED = "processed", _("Processed")
        FAILED = "failed", _("Failed")

    gateway = models.CharField(max_length=20)
    #: The provider's name of the event.
    event_id = models.CharField(max_length=255)
    #: The provider's name of what happened.
    kind = models.CharField(max_length=80)
    #: What `GatewayEvent` says of it, and nothing of the person who paid.
    payload = models.JSONField()
    #: The provider's own name of the money that it is about, where it says so.
    about = models.CharField(max_length=255, blank=True, default="", db_index=True)
    #: The order that it turned out to be about.
    order = models.ForeignKey(
        "order.Order", on_delete=models.PROTECT, null=True, blank=True, related_name="webhook_events"
    )
    received_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        app_label = "payment"
        constraints = [
            models.UniqueConstraint(fields=["gateway", "event_id"], name="one_webhook_event_an_id")
        ]
        indexes = [models.Index(fields=["state", "next_try_at"], name="webhook_event_due")]

    def __str__(self) -> str:
        return f"{self.gateway} {self.event_id}"


class Refund(models.Model):
    """Money going back: of a whole payment, or of a consignment, whole or in part (`parts` says of what)."""

    class State(models.TextChoices):
        PENDING = "pending", _("Pending")
        #: No machine sends it: it goes by bank transfer to the account that the buyer names.
        TO_TRANSFER = "to_transfer", _("To be sent by bank transfer")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    consignment = models.ForeignKey(
        "order.Consignment", on_delete=models.PROTECT, null=True, blank=True, related_name="refunds"
    )
    amount = models.PositiveIntegerField()
    reason = models.CharField(max_length=255, blank=True, default="")
    state = models.CharField(max_length=12, choices=State.choices, default=State.PENDING)
    #: Whether it goes by our bank, not the way it was paid.
    by_transfer = models.BooleanField(default=False)
    idempotency_key = models.CharField(max_length=80, unique=True)
    reference = models.CharField(max_length=255, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=255, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "payment"
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0) | Q(state="done"), name="nothing_is_sent_of_a_refund_of_nothing"
            ),
        ]
        indexes = [models.Index(fields=["state", "next_try_at"], name="refund_due")]

    def __str__(self) -> str:
        return f"{self.amount} ₫"


class RefundPart(models.Model):
    """What a refund gives back of an order: packs of one line, or, without a line, delivery of one consignment, or a sum.

    A sum (`borne_by`) is given as goodwill, or, below zero, set off against what goes back of the parcel later.
    """

    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="parts")
    consignment = models.ForeignKey(
        "order.Consignment", on_delete=models.PROTECT, related_name="refund_parts"
    )
    line = models.ForeignKey(
        "order.Line", on_delete=models.PROTECT, null=True, blank=True, related_name="refund_parts"
    )
    quantity = models.PositiveIntegerField(default=0)
    amount = models.IntegerField()
    #: Of a sum: who bears it (`Consignment.Hand`); empty where packs or delivery go back.
    borne_by = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        app_label = "payment"
        constraints = [
            models.UniqueConstraint(fields=["refund", "line"], name="one_refund_part_a_line"),
            models.UniqueConstraint(
                fields=["refund", "consignment", "borne_by"],
                condition=Q(line__isnull=True),
                name="one_refund_part_a_delivery",
            ),
            models.CheckConstraint(
                condition=Q(borne_by="", amount__gte=0)
                | Q(borne_by__in=["producer", "platform"], line__isnull=True) & ~Q(amount=0),
                name="refund_part_is_packs_delivery_or_a_sum",
            ),
            models.CheckConstraint(
                condition=Q(line__isnull=True, quantity=0) | Q(line__isnull=False, quantity__gt=0),
                name="refund_part_counts_packs",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line_id}" if self.line_id else f"{self.consignment_id}"


class PaymentClosing(models.Model):
    """A duty: have the provider take no more money for a payment whose order has ended, is paid, or is paid another way."""

    class State(models.TextChoices):
        PENDING = "pending", _("Pending")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    payment = models.OneToOneField(Payment, on_delete=models.CASCADE, related_name="closing")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=255, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "payment"
        indexes = [models.Index(fields=["state", "next_try_at"], name="payment_closing_due")]

    def __str__(self) -> str:
        return f"{self.payment_id}: {self.state}"


class Dispute(models.Model):
    """The buyer's bank asks for a payment's money back. We answer at the provider, the bank decides."""

    class State(models.TextChoices):
        #: The bank asks; the money is still here.
        INQUIRY = "inquiry", _("The bank asks")
        #: The bank has taken the money and waits for our answer.
        OPEN = "open", _("To be answered")
        UNDER_REVIEW = "under_review", _("The bank decides")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")
        #: Over, and the money never left.
        CLOSED = "closed", _("Closed")

    #: After these nothing more comes, whatever is heard of late.
    ENDED = (State.WON, State.LOST, State.CLOSED)
    #: In these the money is with the bank.
    MONEY_IS_AWAY = (State.OPEN, State.UNDER_REVIEW, State.LOST)

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    #: The provider's name of it.
    reference = models.CharField(max_length=255)
    amount = models.PositiveIntegerField()
    #: In the provider's words, such as `product_not_received`.
    reason = models.CharField(max_length=60, blank=True, default="")
    state = models.CharField(max_length=12, choices=State.choices)
    #: Whether the bank ever took the money: if so, it gives it back once we have won.
    was_away = models.BooleanField(default=False)
    #: Until when the bank wants our answer.
    answer_by = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    #: Of a lost one: when it was decided who bears it, by whom (nobody, where nothing was delivered for the money) and why.
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decision = models.CharField(max_length=255, blank=True, default="")
    #: What producers bear of the loss, in đồng: the sum of `shares`. The marketplace bears the rest.
    borne_amount = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "payment"
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["payment", "reference"], name="one_dispute_a_reference"),
            models.CheckConstraint(
                condition=Q(state__in=["won", "lost", "closed"], ended_at__isnull=False)
                | ~Q(state__in=["won", "lost", "closed"]) & Q(ended_at__isnull=True),
                name="ended_dispute_has_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, borne_amount=0)
                | Q(state="lost", decided_at__isnull=False),
                name="only_lost_disputes_are_decided",
            ),
            models.CheckConstraint(
                condition=Q(borne_amount__lte=F("amount")), name="dispute_is_borne_within_its_amount"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_to_be_decided(self) -> bool:
        """Whether somebody has to say who bears what was lost."""
        return self.state == self.State.LOST and self.decided_at is None


class DisputeShare(models.Model):
    """What the producer of a parcel bears of a lost dispute."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="shares")
    consignment = models.ForeignKey(
        "order.Consignment", on_delete=models.PROTECT, related_name="dispute_shares"
    )
    amount = models.PositiveIntegerField()

    class Meta:
        app_label = "payment"
        ordering = ["consignment"]
        constraints = [
            models.UniqueConstraint(fields=["dispute", "consignment"], name="one_dispute_share_a_parcel"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="dispute_share_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.consignment_id}: {self.amount}"


class BuyerBankAccount(models.Model):
    """Where money of an order goes that no machine can send back. Personal data: shown masked, deleted once it is no longer needed."""

    order = models.OneToOneField("order.Order", on_delete=models.PROTECT, related_name="bank_account")
    #: The bank's number in the payment network of Vietnam (BIN), as in the list of banks.
    bank_bin = models.CharField(max_length=6)
    number = EncryptedTextField(max_length=24)
    holder = models.CharField(max_length=100)
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "payment"
        constraints = [
            models.CheckConstraint(
                condition=~Q(bank_bin="") & ~Q(number="") & ~Q(holder=""), name="bank_account_is_whole"
            )
        ]

    def __str__(self) -> str:
        return f"{self.bank_name} {self.masked_number}"

    @property
    def bank_name(self) -> str:
        """The name that people say; its number where the list no longer holds it."""
        bank = banks().get(self.bank_bin)
        return bank.short_name if bank else self.bank_bin

    @property
    def masked_number(self) -> str:
        """The last four digits: enough for the holder to know it again."""
        return f"…{self.number[-4:]}"


from oscar.apps.payment.models import *
