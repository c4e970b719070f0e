"""Money that leaves: producers' bank accounts, the terms of paying out, and batches of bank transfers that two people answer for.

A payout is one transfer: to a producer what the ledger owes it, or to a buyer a refund that no provider can send. Amounts are whole đồng.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from checkout.settlement.banks import Bank, banks
from marketplace.encryption import EncryptedTextField, last_digits

#: Never less: a stolen sign-in must not move money before its owner has heard of it.
LEAST_ACCOUNT_HOLD_HOURS = 48


class Weekday(models.IntegerChoices):
    """Days as ISO 8601 counts them."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")


class PayoutTerms(models.Model):
    """When and from how much on money is paid out, from a day on until the next terms begin."""

    valid_from = models.DateField(_("valid from"), unique=True)
    minimum = models.PositiveIntegerField(
        _("smallest payout (đồng)"), help_text=_("Less stays in the balance until it is enough.")
    )
    days_after_delivery = models.PositiveSmallIntegerField(
        _("days after delivery"),
        help_text=_("So long the money of a parcel waits, in case the buyer returns something."),
    )
    weekday = models.PositiveSmallIntegerField(_("day of the weekly payout"), choices=Weekday.choices)
    account_hold_hours = models.PositiveSmallIntegerField(
        _("hours that a changed bank account waits"), default=LEAST_ACCOUNT_HOLD_HOURS
    )
    #: Values made up to begin with, until somebody has confirmed them.
    is_sample = models.BooleanField(_("sample values, to be confirmed"), default=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(minimum__gt=0), name="payout_minimum_is_positive"),
            models.CheckConstraint(
                condition=Q(weekday__gte=Weekday.MONDAY, weekday__lte=Weekday.FRIDAY),
                name="payouts_go_out_on_a_banking_day",
            ),
            models.CheckConstraint(
                condition=Q(account_hold_hours__gte=LEAST_ACCOUNT_HOLD_HOURS),
                name="changed_account_waits_long_enough",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from}"


class HasBankAccount(models.Model):
    """A bank, a number and a holder."""

    bank_bin = models.CharField(_("bank"), max_length=6)
    number = EncryptedTextField(_("account number"), max_length=24)
    holder = models.CharField(_("account holder"), max_length=100)

    class Meta:
        abstract = True

    @property
    def bank(self) -> Bank | None:
        return banks().get(self.bank_bin)

    @property
    def bank_name(self) -> str:
        """The bank as people call it."""
        return self.bank.short_name if self.bank else self.bank_bin

    @property
    def masked_number(self) -> str:
        """The last four digits: enough for its owner to know it again."""
        return last_digits(self.number)


class BankAccount(HasBankAccount):
    """Where a producer's money goes, as given by its owner. The newest row holds; rows are only added (triggers on both databases)."""

    producer = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="bank_accounts")
    #: Whether the holder's name was the producer's or its representative's when it was given; otherwise finance looks.
    holder_fits = models.BooleanField()
    usable_from = models.DateTimeField()
    given_at = models.DateTimeField(default=timezone.now)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(bank_bin="") & ~Q(number="") & ~Q(holder=""), name="producers_account_is_whole"
            ),
            models.CheckConstraint(
                condition=Q(usable_from__gte=F("given_at")), name="account_waits_after_it_was_given"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_name} {self.masked_number}"


class AccountDecision(models.Model):
    """What finance found of an account: the newest of its decisions holds; rows are only added (triggers on both databases)."""

    class Verdict(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        REFUSED = "refused", _("Refused")

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.CharField(_("reason"), max_length=255)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="account_decision_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.verdict}"


class PayoutHold(models.Model):
    """A producer's payouts are stopped for a reason until somebody releases them; the balance grows on."""

    producer = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="payout_holds")
    reason = models.CharField(_("reason"), max_length=255)
    placed_at = models.DateTimeField(default=timezone.now)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    release_reason = models.CharField(max_length=255, blank=True, default="")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-placed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["producer"], condition=Q(released_at__isnull=True), name="one_open_hold_a_producer"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="payout_hold_says_why"),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_by__isnull=True, release_reason="")
                | Q(released_at__isnull=False, released_by__isnull=False) & ~Q(release_reason=""),
                name="payout_release_says_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.producer_id}: {self.reason}"


class PayoutBatch(models.Model):
    """Transfers that go to the bank in one file. One person makes it, another one approves it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("To be approved")
        APPROVED = "approved", _("Approved")
        SENT = "sent", _("With the bank")
        CLOSED = "closed", _("Settled")
        CANCELLED = "cancelled", _("Cancelled")

    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT, db_index=True)
    #: The weekly run, which takes every producer; otherwise those who asked.
    is_weekly = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: SHA-256 of the lines of the file that was approved: what is downloaded is what was looked at.
    digest = models.CharField(max_length=64, blank=True, default="")
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cancel_reason = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(approved_by=F("made_by")), name="maker_is_not_checker"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"])
                | Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(digest=""),
                name="nothing_goes_out_unapproved",
            ),
            models.CheckConstraint(
                condition=~Q(state="draft") | Q(approved_by__isnull=True, digest=""),
                name="draft_is_not_approved",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False, sent_by__isnull=False),
                name="batch_says_who_sent_it",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | Q(cancelled_by__isnull=False) & ~Q(cancel_reason=""),
                name="batch_cancellation_says_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Its name among people and in files."""
        return f"CT-{self.pk:06d}"


class Payout(HasBankAccount):
    """One transfer of a batch. What goes where is frozen when it is made (trigger on both databases)."""

    class State(models.TextChoices):
        PENDING = "pending", _("Under way")
        DONE = "done", _("Paid out")
        FAILED = "failed", _("Refused by the bank")
        #: It had been paid out.
        RETURNED = "returned", _("Sent back by the bank")
        WITHDRAWN = "withdrawn", _("Taken out")

    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, related_name="payouts")
    #: Stands in the memo: by it the bank's answer finds back.
    reference = models.CharField(max_length=16, unique=True)
    producer = models.ForeignKey(
        "partner.Partner", on_delete=models.PROTECT, null=True, blank=True, related_name="payouts"
    )
    account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, null=True, blank=True, related_name="payouts"
    )
    refund = models.ForeignKey(
        "payment.Refund", on_delete=models.PROTECT, null=True, blank=True, related_name="payouts"
    )
    amount = models.PositiveIntegerField()
    memo = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    #: What the bank says of one that it refused or sent back; why one was taken out.
    reason = models.CharField(max_length=255, blank=True, default="")
    bank_reference = models.CharField(max_length=60, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    #: When the bank sent it back, after it had been paid out.
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payout_is_positive"),
            models.CheckConstraint(
                condition=Q(state="returned", returned_at__isnull=False)
                | ~Q(state="returned") & Q(returned_at__isnull=True),
                name="payout_comes_back_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(producer__isnull=False, account__isnull=False, refund__isnull=True)
                | Q(producer__isnull=True, account__isnull=True, refund__isnull=False),
                name="payout_is_for_a_producer_or_a_refund",
            ),
            models.UniqueConstraint(
                fields=["producer"], condition=Q(state="pending"), name="one_payout_under_way_a_producer"
            ),
            models.UniqueConstraint(
                fields=["refund"], condition=Q(state__in=["pending", "done"]), name="refund_is_paid_out_once"
            ),
            models.CheckConstraint(
                condition=Q(state="pending", ended_at__isnull=True)
                | ~Q(state="pending") & Q(ended_at__isnull=False),
                name="payout_ends_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "done"]) | ~Q(reason=""), name="payout_fails_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class PayoutPart(models.Model):
    """What a payout to a producer consists of: what one order brought (less what went back), or what belongs to none. Parts add up.

    An order holds one consignment of a producer at most, so that this is that consignment's money.
    """

    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="parts")
    order = models.ForeignKey(
        "order.Order", on_delete=models.PROTECT, null=True, blank=True, related_name="payout_parts"
    )
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payout", "order"], name="one_payout_part_an_order"),
            models.UniqueConstraint(
                fields=["payout"], condition=Q(order__isnull=True), name="one_payout_part_of_the_rest"
            ),
            models.CheckConstraint(condition=~Q(amount=0), name="payout_part_is_something"),
        ]

    def __str__(self) -> str:
        return f"{self.payout_id}: {self.amount}"


class PayoutRequest(models.Model):
    """A producer asks to be paid before the weekly run; the payout that follows answers it."""

    producer = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="payout_requests")
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    payout = models.OneToOneField(
        Payout, on_delete=models.PROTECT, null=True, blank=True, related_name="request"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["producer"], condition=Q(payout__isnull=True), name="one_open_request_a_producer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.producer_id}: {self.asked_at}"


class ResultFile(models.Model):
    """What the bank answered to a batch, read row by row before anything is done about it. Account numbers aren't kept."""

    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, related_name="results")
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    #: `{"line", "reference", "amount", "outcome", "words"}` for each row of the file.
    rows = models.JSONField()
    read_at = models.DateTimeField(default=timezone.now)
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-read_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "digest"], name="one_result_a_file"),
        ]

    def __str__(self) -> str:
        return self.name
