"""Who carries parcels, by whose contract; the parcels given to them, what they report, and the cash that they hand over.

Amounts are đồng.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from checkout.order.models import Consignment


#: Stand in `Shipment.error` of a cancelled one: until its carrier knows, and once trying to tell it was given up.
WITHDRAWING = "withdrawing"
NOT_WITHDRAWN = "not withdrawn"


class Carrier(models.Model):
    """A carrier by one contract: the marketplace's own (no producer), or a producer's."""

    class Adapter(models.TextChoices):
        TABLE = "table", _("By table: numbers and labels are made here")
        REST = "rest", _("By its interface (REST)")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    producer = models.ForeignKey(
        "partner.Partner", on_delete=models.CASCADE, null=True, blank=True, related_name="carriers"
    )
    adapter = models.CharField(
        _("how it is spoken to"), max_length=10, choices=Adapter.choices, default="table"
    )
    #: Where its interface is; its key comes from the environment (`CARRIER_TOKENS`).
    base_url = models.URLField(_("address of its interface"), blank=True, default="")
    #: Its page for buyers, with `{number}` where the tracking number goes.
    tracking_page = models.CharField(_("tracking page"), max_length=200, blank=True, default="")
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(adapter="table") | ~Q(base_url=""), name="carrier_interface_has_an_address"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def carried_by(self) -> str:
        """Whose contract it is, as `Consignment.carried_by` says it."""
        return Consignment.Hand.PRODUCER if self.producer_id else Consignment.Hand.PLATFORM

    def page_of(self, number: str) -> str:
        """Return where buyers follow a parcel; empty where the carrier has no such page."""
        return self.tracking_page.replace("{number}", number) if number else ""


class Shipment(models.Model):
    """A consignment given to a carrier. A duty while the carrier hasn't given it a number."""

    class State(models.TextChoices):
        PENDING = "pending", _("Being registered")
        REGISTERED = "registered", _("Registered")
        FAILED = "failed", _("Not registered")
        CANCELLED = "cancelled", _("Taken back")

    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="shipments")
    consignment = models.ForeignKey("order.Consignment", on_delete=models.PROTECT, related_name="shipments")
    #: The carrier's number; empty until it is known.
    number = models.CharField(_("tracking number"), max_length=80, blank=True, default="")
    #: Cash that the carrier collects.
    cash = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=255, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "number"], condition=~Q(number=""), name="one_shipment_a_number"
            ),
            models.UniqueConstraint(
                fields=["consignment"],
                condition=Q(state__in=["pending", "registered"]),
                name="one_live_shipment_a_consignment",
            ),
            models.CheckConstraint(
                condition=~Q(state="registered") | ~Q(number=""), name="registered_shipment_has_a_number"
            ),
        ]
        indexes = [models.Index(fields=["state", "next_try_at"], name="shipment_due")]

    def __str__(self) -> str:
        return f"{self.carrier_id} {self.number or '…'}"

    @property
    def why_not_withdrawn(self) -> str:
        """Why the carrier of one that was taken back doesn't know, in words: ours, or the carrier's."""
        return str(_("The carrier could not be reached.")) if self.error == NOT_WITHDRAWN else self.error


class TrackingEvent(models.Model):
    """Something that a carrier reports of a parcel, stored once by its id and applied in any order."""

    class Kind(models.TextChoices):
        PICKED_UP = "picked_up", _("Picked up")
        IN_TRANSIT = "in_transit", _("On its way")
        UNREACHABLE = "unreachable", _("Buyer not reached")
        REFUSED = "refused", _("Not taken by the buyer")
        DELIVERED = "delivered", _("Delivered")
        RETURNED = "returned", _("Brought back")

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        DONE = "done", _("Done")
        FAILED = "failed", _("Needs a person")

    class Problem(models.TextChoices):
        """Why a report waits for a person."""

        UNKNOWN_NUMBER = "unknown_number", _("No parcel of ours has this number.")
        TAKEN_BACK = "taken_back", _("The parcel was taken back here, and the carrier has it all the same.")
        AFTER_RETURN = "after_return", _("Delivered after it was brought back.")
        NOT_POSSIBLE = (
            "not_possible",
            _("The order it belongs to is not confirmed, or this step is not possible."),
        )

    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="events")
    event_id = models.CharField(max_length=120)
    number = models.CharField(max_length=80, db_index=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    happened_at = models.DateTimeField()
    place = models.CharField(max_length=160, blank=True, default="")
    received_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        ordering = ["happened_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["carrier", "event_id"], name="one_tracking_event_an_id"),
        ]
        indexes = [models.Index(fields=["state", "next_try_at"], name="tracking_event_due")]

    def __str__(self) -> str:
        return f"{self.number}: {self.kind}"

    @property
    def why(self) -> str:
        """Why it waits for a person, in words."""
        known = self.error in self.Problem.values
        return str(self.Problem(self.error).label) if known else self.error


class CashFile(models.Model):
    """A carrier's list of the cash that it collected and handed over, taken once."""

    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="cash_files")
    name = models.CharField(max_length=160)
    digest = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["carrier", "digest"], name="one_cash_file_a_content"),
        ]

    def __str__(self) -> str:
        return self.name


class CashRemittance(models.Model):
    """The cash of one parcel: what the carrier collected, what of it came in (`amount`), and what it kept and says is its fee."""

    file = models.ForeignKey(CashFile, on_delete=models.PROTECT, related_name="rows")
    shipment = models.OneToOneField(Shipment, on_delete=models.PROTECT, related_name="remittance")
    collected = models.PositiveIntegerField()
    amount = models.PositiveIntegerField()
    fee = models.PositiveIntegerField(default=0)
    remitted_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, collected__gte=F("amount") + F("fee")),
                name="remitted_is_part_of_collected",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id}: {self.amount}"

    @property
    def missing(self) -> int:
        """What neither came in nor is said to be a fee, in đồng."""
        return self.collected - self.amount - self.fee
