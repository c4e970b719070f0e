"""Money that arrives by bank transfer: our accounts, what the bank says came in, and what became of it. Amounts are whole đồng."""

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from checkout.settlement.banks import banks


class ReceivingAccount(models.Model):
    """An account of the shop. One person enters it, another puts it in use: whoever could do both could have all money sent to himself."""

    bank_bin = models.CharField(max_length=6)
    number = models.CharField(max_length=19)
    holder = models.CharField(max_length=70)
    #: The one that buyers are shown. Money on the others is still understood.
    is_in_use = models.BooleanField(default=False)
    #: Of the demonstration: nobody should pay there.
    is_sample = models.BooleanField(default=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    entered_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-is_in_use", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="one_receiving_account_a_number"),
            models.UniqueConstraint(
                fields=["is_in_use"], condition=Q(is_in_use=True), name="one_receiving_account_in_use"
            ),
            models.CheckConstraint(
                condition=Q(is_in_use=False) | Q(confirmed_at__isnull=False),
                name="receiving_account_in_use_is_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(entered_by__isnull=True)
                | Q(confirmed_by__isnull=True)
                | ~Q(confirmed_by=F("entered_by")),
                name="receiving_account_seen_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_name} {self.number}"

    @property
    def bank_name(self) -> str:
        """What people call the bank."""
        bank = banks().get(self.bank_bin)
        return bank.short_name if bank else self.bank_bin


class BankStatement(models.Model):
    """A file of the bank: looked at first, then taken. Its rows are kept as transfers, the file itself isn't."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("To be confirmed")
        TAKEN = "taken", _("Taken")
        DISCARDED = "discarded", _("Discarded")

    account = models.ForeignKey(ReceivingAccount, on_delete=models.PROTECT, related_name="statements")
    file_name = models.CharField(max_length=200)
    #: SHA-256 of the file: the same one is taken once.
    digest = models.CharField(max_length=64)
    content = models.BinaryField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    #: Of its rows of incoming money: all, and those that were heard of before.
    rows = models.PositiveIntegerField(default=0)
    known_rows = models.PositiveIntegerField(default=0)
    amount = models.PositiveBigIntegerField(default=0)
    #: Rows that were left out: money that went out, or was taken back by the bank.
    rows_left_out = models.PositiveIntegerField(default=0)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "digest"], condition=~Q(state="discarded"), name="one_statement_a_file"
            ),
            models.CheckConstraint(
                condition=Q(state="uploaded", content__isnull=False)
                | ~Q(state="uploaded") & Q(content__isnull=True),
                name="statement_file_is_kept_until_taken",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class StatementColumn(models.Model):
    """What a person said a column of a bank's statement means; remembered for every later file."""

    header_key = models.CharField(max_length=120, unique=True)
    header = models.CharField(max_length=160)
    field = models.CharField(max_length=20)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.header} = {self.field}"


class BankTransfer(models.Model):
    """Money that came in on one of our accounts, by the bank's own name of it. A duty until it is known whose it is."""

    class State(models.TextChoices):
        PENDING = "pending", _("Just read")
        UNKNOWN = "unknown", _("Whose is it?")
        DOUBTFUL = "doubtful", _("Maybe read twice")
        KEPT = "kept", _("Too little so far")
        SETTLED = "settled", _("Settled")
        TO_RETURN = "to_return", _("To be sent back")
        RETURNED = "returned", _("Sent back")
        SAME = "same", _("Read twice")
        #: Its money is that of its parts.
        SPLIT = "split", _("Shared out over orders")
        DEBT = "debt", _("Paid what a producer owed")
        NO_ORDER = "no_order", _("No order's money")

    class Source(models.TextChoices):
        STATEMENT = "statement", _("Bank statement")
        WEBHOOK = "webhook", _("Told by the bank")
        PRACTICE = "practice", _("Practice")

    class Cause(models.TextChoices):
        """Why money of a known order, or a part of it, goes back."""

        OVER = "over", _("More than the order costs")
        TWICE = "twice", _("The order was already paid")
        LATE = "late", _("Too late")
        SHORT = "short", _("Too little until the deadline")
        CANCELLED = "cancelled", _("The order was cancelled")
        ON_DELIVERY = "on_delivery", _("The order is paid on delivery")

    class Origin(models.TextChoices):
        """What money is that no buyer sent."""

        PROVIDER = "provider", _("Payout of a payment provider")
        CASH = "cash", _("Cash that our carrier hands over")
        PAYOUT = "payout", _("A payout that came back")
        OTHER = "other", _("Something else")

    account = models.ForeignKey(ReceivingAccount, on_delete=models.PROTECT, related_name="transfers")
    #: The bank's own name of the booking: what makes it one of a kind, wherever it is heard of.
    reference = models.CharField(max_length=80)
    amount = models.PositiveIntegerField()
    memo = models.CharField(max_length=500, blank=True, default="")
    booked_at = models.DateTimeField()
    #: Masked: enough for a buyer on the phone to be recognised.
    payer_name = models.CharField(max_length=70, blank=True, default="")
    payer_account = models.CharField(max_length=12, blank=True, default="")
    source = models.CharField(max_length=10, choices=Source.choices)
    statement = models.ForeignKey(
        BankStatement, on_delete=models.PROTECT, null=True, blank=True, related_name="transfers"
    )
    received_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=255, blank=True, default="")

    order = models.ForeignKey(
        "order.Order", on_delete=models.PROTECT, null=True, blank=True, related_name="transfers"
    )
    #: Whose debt it paid; only with `debt`.
    producer = models.ForeignKey(
        "partner.Partner", on_delete=models.PROTECT, null=True, blank=True, related_name="transfers"
    )
    #: What it went into for the order, and what goes back of it; several transfers may make one payment.
    payment = models.ForeignKey(
        "payment.Payment", on_delete=models.PROTECT, null=True, blank=True, related_name="transfers"
    )
    returned_payment = models.ForeignKey(
        "payment.Payment", on_delete=models.PROTECT, null=True, blank=True, related_name="returned_transfers"
    )
    applied_amount = models.PositiveIntegerField(default=0)
    returned_amount = models.PositiveIntegerField(default=0)
    cause = models.CharField(max_length=12, choices=Cause.choices, blank=True, default="")
    #: Only with `no_order`: by what it is booked instead, if at all.
    origin = models.CharField(max_length=10, choices=Origin.choices, blank=True, default="")
    #: Of money that belongs to no order and was sent back: the bank's name of that transfer.
    return_reference = models.CharField(max_length=80, blank=True, default="")
    #: The transfer that brought this money along with that of other orders: no booking of the bank's own.
    part_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts")
    #: The transfer that this one turned out to be.
    same_as = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    #: Who decided where no rule could, and why.
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        ordering = ["-booked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["account", "reference"], name="one_transfer_a_bank_reference"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_is_positive"),
            models.CheckConstraint(
                condition=Q(
                    state="settled", order__isnull=False, amount=F("applied_amount") + F("returned_amount")
                )
                | Q(state="returned", applied_amount=0, returned_amount=F("amount"))
                | ~Q(state__in=["settled", "returned"]) & Q(applied_amount=0, returned_amount=0),
                name="transfer_is_settled_to_the_dong",
            ),
            models.CheckConstraint(
                condition=~Q(state="kept") | Q(order__isnull=False), name="kept_transfer_has_an_order"
            ),
            models.CheckConstraint(
                condition=Q(state="same", same_as__isnull=False) | ~Q(state="same") & Q(same_as__isnull=True),
                name="same_transfer_names_the_other",
            ),
            models.CheckConstraint(
                condition=Q(state="no_order", order__isnull=True) & ~Q(origin="")
                | ~Q(state="no_order") & Q(origin=""),
                name="transfer_of_no_order_says_what_it_is",
            ),
            models.CheckConstraint(
                condition=Q(state="debt", producer__isnull=False, order__isnull=True)
                | ~Q(state="debt") & Q(producer__isnull=True),
                name="transfer_of_a_debt_names_its_producer",
            ),
            models.CheckConstraint(
                condition=Q(part_of__isnull=True)
                | Q(
                    state__in=["pending", "kept", "settled", "debt", "to_return", "returned"],
                    statement__isnull=True,
                ),
                name="part_of_transfer_is_shared_out_no_further",
            ),
        ]
        indexes = [models.Index(fields=["state", "next_try_at"], name="transfer_due")]

    def __str__(self) -> str:
        return self.reference

    @property
    def bank_reference(self) -> str:
        """What the bank calls the booking that brought the money; a part bears a name of our own."""
        return self.part_of.reference if self.part_of else self.reference

    @property
    def awaits_person(self) -> bool:
        """Whether no rule could decide, and a person has to."""
        return self.state in AWAITING_PERSON

    @property
    def outcome(self) -> str | Promise:
        """What became of it, in words for the desk."""
        if self.state == self.State.NO_ORDER:
            what = self.note if self.origin == self.Origin.OTHER else self.get_origin_display()
            return f"{self.get_state_display()}: {what}"
        if self.state != self.State.SETTLED:
            return self.State(self.state).label
        if not self.returned_amount:
            return _("Paid its order")
        return _("Paid its order, the rest goes back") if self.applied_amount else _("Goes back")


#: What waits for a person's word.
AWAITING_PERSON: Final = (BankTransfer.State.UNKNOWN, BankTransfer.State.DOUBTFUL)
