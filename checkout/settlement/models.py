"""The ledger: double entry, whole đồng, only ever added to (decision 5 of the architecture). Rates that it takes lie in `rates`.

An entry comes from one event of the shop, whose key is unique; its postings add up to 0. Triggers keep both: on PostgreSQL a deferred
constraint trigger asks for the balance, on SQLite `bookings` does; on both no row of either table is ever changed or deleted.
"""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Account(models.Model):
    """Whose money, or what it is for."""

    class Kind(models.TextChoices):
        BUYERS = "buyers", _("Buyers")
        PROVIDER = "provider", _("Payment provider")
        BANK = "bank", _("Bank")
        COD_TRANSIT = "cod_transit", _("Cash with our carrier")
        PRODUCER = "producer", _("Producer")
        COMMISSION = "commission", _("Commission")
        VAT_WITHHELD = "vat_withheld", _("VAT withheld")
        PIT_WITHHELD = "pit_withheld", _("Income tax withheld")
        DELIVERY = "delivery", _("Delivery by our carrier")
        PLATFORM_DISCOUNTS = "platform_discounts", _("Discounts that the marketplace bears")
        REFUNDS_DUE = "refunds_due", _("Refunds decided, not yet sent")
        PAYOUTS_TRANSIT = "payouts_transit", _("Payouts on their way")
        UNMATCHED = "unmatched", _("Transfers whose order is not known")
        DISPUTES = "disputes", _("Disputed payments")
        LOSSES = "losses", _("Losses")
        FEES = "fees", _("Fees of providers and carriers")

    kind = models.CharField(_("account"), max_length=20, choices=Kind.choices)
    #: Whom we owe; only with `producer`.
    producer = models.OneToOneField(
        "partner.Partner", on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_account"
    )
    #: Who holds money for us (`stripe`, `sandbox`); only with `provider`.
    provider = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "provider"], condition=Q(producer__isnull=True), name="one_account_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(kind="producer", producer__isnull=False)
                | ~Q(kind="producer") & Q(producer__isnull=True),
                name="account_names_its_producer",
            ),
            models.CheckConstraint(
                condition=Q(kind="provider") & ~Q(provider="") | ~Q(kind="provider") & Q(provider=""),
                name="account_names_its_provider",
            ),
        ]

    def __str__(self) -> str:
        if self.producer_id:
            return str(self.producer)
        return f"{self.get_kind_display()} {self.provider}".strip()


class LedgerEntry(models.Model):
    """One event in money: what happened, with all the figures that its postings follow from (`postings.postings_for`)."""

    class Kind(models.TextChoices):
        PAYMENT_RECEIVED = "payment_received", _("Payment received")
        DELIVERED = "delivered", _("Sale (delivered)")
        REFUND_DECIDED = "refund_decided", _("Refund decided")
        REFUND_SENT = "refund_sent", _("Refund sent")
        REFUND_FAILED = "refund_failed", _("Refund came back")
        RETURNED = "returned", _("Sale taken back (goods returned)")
        DISPUTED = "disputed", _("Payment disputed")
        DISPUTE_WON = "dispute_won", _("Dispute won")
        DISPUTE_LOST = "dispute_lost", _("Dispute lost")
        TRANSFER_RECEIVED = "transfer_received", _("Transfer received")
        TRANSFER_RETURNED = "transfer_returned", _("Transfer to be sent back")
        TRANSFER_RETURN_SENT = "transfer_return_sent", _("Transfer sent back")
        TRANSFER_OF_NO_ORDER = "transfer_of_no_order", _("Transfer that is no order's money")
        CASH_REMITTED = "cash_remitted", _("Cash handed over by the carrier")
        CASH_FEE = "cash_fee", _("Fee that the carrier kept")
        PAYOUT_CREATED = "payout_created", _("Payout begun")
        PAYOUT_DONE = "payout_done", _("Payout arrived")
        PAYOUT_FAILED = "payout_failed", _("Payout came back")
        PAYOUT_RETURNED = "payout_returned", _("Payout sent back by the bank")
        PRODUCER_PAID = "producer_paid", _("Producer paid what it owed")
        FEE = "fee", _("Fee of a provider")
        PROVIDER_PAID_OUT = "provider_paid_out", _("Provider paid out to our bank")

    kind = models.CharField(max_length=24, choices=Kind.choices)
    #: The event it comes from: booked again, nothing happens.
    key = models.CharField(max_length=120, unique=True)
    facts = models.JSONField()
    #: When the event happened.
    at = models.DateTimeField(default=timezone.now, db_index=True)
    booked_at = models.DateTimeField(auto_now_add=True)
    order = models.ForeignKey(
        "order.Order", on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_entries"
    )
    consignment = models.ForeignKey(
        "order.Consignment", on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_entries"
    )
    #: The one producer that it concerns; none where there are several, or nobody.
    producer = models.ForeignKey(
        "partner.Partner", on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_entries"
    )

    class Meta:
        ordering = ["pk"]
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")

    def __str__(self) -> str:
        return self.key


class Posting(models.Model):
    """One line of an entry. A debit is positive, a credit negative (đồng)."""

    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings")
    amount = models.BigIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="posting_moves_money")]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.amount}"


# Rates and reconciliation lie in packages of their own.
from checkout.settlement.rates.models import *
from checkout.settlement.reconciliation.models import *
