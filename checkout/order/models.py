"""Orders and their consignments (decision 2 of the architecture).

An order exists before it is paid. A consignment is one producer, one address, one delivery. Oscar's amounts are `Decimal`s that hold whole
đồng; our own are integers of đồng.
"""

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from oscar.apps.order.abstract_models import AbstractLine, AbstractOrder

from marketplace.address.models import AbstractVietnamAddress


class PaymentState(models.TextChoices):
    AWAITING = "awaiting", _("Awaiting payment")
    DUE_ON_DELIVERY = "due_on_delivery", _("To pay on delivery")
    PAID = "paid", _("Paid")
    EXPIRED = "expired", _("Not paid in time")
    PARTLY_REFUNDED = "partly_refunded", _("Partly refunded")
    REFUNDED = "refunded", _("Refunded")


#: Nothing has come in yet.
UNPAID: Final = (PaymentState.AWAITING, PaymentState.DUE_ON_DELIVERY)


class FulfilmentState(models.TextChoices):
    OPEN = "open", _("Not yet shipped")
    PARTLY_SHIPPED = "partly_shipped", _("Partly shipped")
    SHIPPED = "shipped", _("Shipped")
    DELIVERED = "delivered", _("Delivered")
    CANCELLED = "cancelled", _("Cancelled")
    RETURNED = "returned", _("Returned")


class ShippingAddress(AbstractVietnamAddress):
    """Where a consignment goes."""

    class Meta:
        app_label = "order"


class Order(AbstractOrder):
    """What a buyer ordered, from one producer or several."""

    phone = models.CharField(_("phone number"), max_length=16, default="", db_index=True)
    buyer_name = models.CharField(_("name"), max_length=150, default="", blank=True)
    language = models.CharField(max_length=2, default="vi")
    payment_method = models.CharField(max_length=20, default="")
    payment_state = models.CharField(
        max_length=16, choices=PaymentState.choices, default=PaymentState.AWAITING, db_index=True
    )
    #: Until when an awaiting order may be paid; none for cash on delivery.
    payment_deadline = models.DateTimeField(null=True, blank=True, db_index=True)
    #: When producers got to see it: paid, or due on delivery.
    confirmed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    fulfilment_state = models.CharField(
        max_length=16, choices=FulfilmentState.choices, default=FulfilmentState.OPEN, db_index=True
    )
    paid_amount = models.PositiveIntegerField(default=0)
    #: The payment that settled the order; money of any other goes back.
    settled_by = models.ForeignKey(
        "payment.Payment", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    refunded_amount = models.PositiveIntegerField(default=0)
    #: Since when it is put aside for a person to look at, and why: no producer sees it until it is let go.
    held_at = models.DateTimeField(null=True, blank=True, db_index=True)
    hold_reason = models.CharField(max_length=255, blank=True, default="")

    class Meta(AbstractOrder.Meta):
        app_label = "order"
        constraints = [
            models.UniqueConstraint(
                fields=["basket"],
                condition=~Q(payment_state="expired") & Q(cancelled_at__isnull=True),
                name="one_live_order_a_basket",
            ),
            models.CheckConstraint(
                condition=Q(refunded_amount__lte=F("paid_amount")), name="never_refund_more_than_paid"
            ),
        ]

    @property
    def email(self) -> str:
        """Where mail about the order goes: what was given with it, else the account's; empty where there is none."""
        return self.guest_email or (self.user.email if self.user else "") or ""

    @property
    def payment_words(self) -> str | Promise:
        """How the payment stands, in words: an order that was cancelled unpaid waits for nothing."""
        if self.cancelled_at and self.payment_state in UNPAID:
            return _("Nothing to pay")
        return PaymentState(self.payment_state).label

    @property
    def is_awaiting_payment(self) -> bool:
        """Whether the order still waits for its money."""
        return self.payment_state == PaymentState.AWAITING and self.cancelled_at is None


class Consignment(models.Model):
    """One producer's part of an order: one address, one delivery."""

    class State(models.TextChoices):
        PLACED = "placed", _("Placed")
        ACCEPTED = "accepted", _("Accepted")
        PACKED = "packed", _("Packed")
        SHIPPED = "shipped", _("Shipped")
        DELIVERED = "delivered", _("Delivered")
        CANCELLED = "cancelled", _("Cancelled")
        RETURNED = "returned", _("Returned")

    class Method(models.TextChoices):
        DELIVERY = "delivery", _("Delivery")
        PICKUP = "pickup", _("Pickup at the producer")

    class Hand(models.TextChoices):
        """Whose contract with the carrier: theirs is the charge for delivery, and through their hands goes the cash."""

        PRODUCER = "producer", _("The producer")
        PLATFORM = "platform", _("The marketplace")

    class ReturnCause(models.TextChoices):
        """Why a parcel came back; the first two are counted for the buyer."""

        REFUSED = "refused", _("The buyer didn't take it")
        UNREACHABLE = "unreachable", _("The buyer couldn't be reached")
        DAMAGED = "damaged", _("Damaged or lost on the way")
        OTHER = "other", _("Another reason")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="consignments")
    producer = models.ForeignKey("partner.Partner", on_delete=models.PROTECT, related_name="consignments")
    number = models.CharField(max_length=32, unique=True)
    method = models.CharField(max_length=10, choices=Method.choices, default=Method.DELIVERY)
    shipping_address = models.ForeignKey(
        ShippingAddress, on_delete=models.PROTECT, null=True, blank=True, related_name="consignments"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLACED, db_index=True)
    #: What the buyer pays for the goods, after every discount.
    goods_total = models.PositiveIntegerField(_("goods (đồng)"))
    #: What the marketplace adds to that: the part of the discounts, on goods and on delivery, that it bears.
    platform_discount = models.PositiveIntegerField(default=0)
    #: What the buyer pays for delivery, after every discount, and what was taken off it.
    delivery_charge = models.PositiveIntegerField(_("delivery (đồng)"), default=0)
    delivery_discount = models.PositiveIntegerField(default=0)
    #: What of the way the producer bears, by an offer of its own or because its own table carries so much free: where our carrier
    #: goes it, that is the producer's to pay.
    delivery_by_producer = models.PositiveIntegerField(default=0)
    #: Where it is fetched; none: at the producer.
    pickup_point = models.ForeignKey(
        "shipping.PickupPoint", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    chargeable_weight = models.PositiveIntegerField(_("chargeable weight (grams)"), default=0)
    #: The last day for handing it to the carrier, so that it arrives as promised.
    dispatch_until = models.DateField(null=True, blank=True)
    delivery_from = models.DateField(null=True, blank=True)
    delivery_until = models.DateField(null=True, blank=True)
    carrier = models.CharField(_("carrier"), max_length=80, blank=True, default="")
    tracking_number = models.CharField(_("tracking number"), max_length=80, blank=True, default="")
    refunded_amount = models.PositiveIntegerField(default=0)
    #: How much of it is delivery.
    refunded_delivery = models.PositiveIntegerField(default=0)
    carried_by = models.CharField(max_length=10, choices=Hand.choices, default=Hand.PRODUCER)
    #: Who took the cash of a parcel that was paid on delivery; empty where nobody did.
    collected_by = models.CharField(max_length=10, choices=Hand.choices, blank=True, default="")
    delivered_at = models.DateTimeField(null=True, blank=True, db_index=True)
    return_cause = models.CharField(max_length=12, choices=ReturnCause.choices, blank=True, default="")

    class Meta:
        app_label = "order"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "producer"], name="one_consignment_a_producer"),
            models.CheckConstraint(
                condition=Q(refunded_amount__lte=F("goods_total") + F("delivery_charge")),
                name="never_refund_more_than_consignment",
            ),
            models.CheckConstraint(
                condition=Q(refunded_delivery__lte=F("delivery_charge")),
                name="never_refund_more_than_delivery",
            ),
            models.CheckConstraint(
                condition=Q(pickup_point__isnull=True) | Q(method="pickup"),
                name="pickup_point_only_where_fetched",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> int:
        """Goods and delivery, in đồng."""
        return self.goods_total + self.delivery_charge


class ConsignmentEvent(models.Model):
    """A change of a consignment's state: who, when, why."""

    consignment = models.ForeignKey(Consignment, on_delete=models.CASCADE, related_name="events")
    from_state = models.CharField(max_length=10, blank=True, default="")
    to_state = models.CharField(max_length=10, choices=Consignment.State.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: Who acted where no person is signed in: `buyer`, `system`, `carrier`.
    actor_kind = models.CharField(max_length=12, default="system")
    at = models.DateTimeField(auto_now_add=True)
    note = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        app_label = "order"
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.consignment_id}: {self.from_state} → {self.to_state}"


class Line(AbstractLine):
    """One pack of an order, with price, stars and certificate as they were when it was placed."""

    consignment = models.ForeignKey(Consignment, on_delete=models.PROTECT, null=True, related_name="lines")
    certificate = models.ForeignKey(
        "certification.Certificate", on_delete=models.PROTECT, null=True, related_name="+"
    )
    certificate_number = models.CharField(max_length=60, blank=True, default="")
    stars = models.PositiveSmallIntegerField(null=True)
    pack_label = models.CharField(max_length=255, blank=True, default="")
    normal_price = models.PositiveIntegerField(_("normal price (đồng)"), default=0)
    price_source = models.CharField(max_length=40, blank=True, default="")
    #: Discounts on the whole line by who bears them; `line_price_incl_tax` is what is left to pay.
    producer_discount = models.PositiveIntegerField(default=0)
    platform_discount = models.PositiveIntegerField(default=0)
    refunded_quantity = models.PositiveIntegerField(default=0)
    refunded_amount = models.PositiveIntegerField(default=0)

    class Meta(AbstractLine.Meta):
        app_label = "order"
        constraints = [
            models.CheckConstraint(
                condition=Q(refunded_quantity__lte=F("quantity")), name="never_refund_more_packs_than_bought"
            ),
            models.CheckConstraint(
                condition=Q(refunded_amount__lte=F("line_price_incl_tax")), name="never_refund_more_than_line"
            ),
            models.CheckConstraint(
                condition=Q(
                    line_price_before_discounts_incl_tax=F("line_price_incl_tax")
                    + F("producer_discount")
                    + F("platform_discount")
                ),
                name="line_price_is_what_discounts_leave",
            ),
        ]

    @property
    def discount(self) -> int:
        """What discounts took off the whole line, in đồng."""
        return self.producer_discount + self.platform_discount


from oscar.apps.order.models import *
