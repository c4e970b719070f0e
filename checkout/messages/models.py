"""Private talk about a consignment between its buyer and its producer's people, with pictures.

What a complaint is about is said in its case (`checkout.aftersale`), which has days to answer; while one is open, this talk waits.
"""

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.pictures.attached import AttachedPicture
from checkout.aftersale.models import Side
from checkout.messages.rules import Ground

#: Who talks here; the programme reads what is reported, and writes in cases.
SIDES: Final = (Side.BUYER, Side.PRODUCER)


class MessageQuerySet(models.QuerySet["Message"]):
    """Which messages are whose."""

    def unread_by(self, side: str) -> "MessageQuerySet":
        """Those of the other side that nobody of `side` has opened."""
        return self.filter(read_at__isnull=True).exclude(side=side)


class Message(models.Model):
    """What one side said."""

    consignment = models.ForeignKey("order.Consignment", on_delete=models.PROTECT, related_name="messages")
    at = models.DateTimeField(auto_now_add=True)
    side = models.CharField(max_length=10, choices=Side.choices)
    #: Who of the producer wrote it; a buyer's own words belong to the order.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: Empty where its writer is forgotten.
    text = models.TextField(blank=True)
    #: When somebody of the other side opened it.
    read_at = models.DateTimeField(null=True, blank=True)
    #: Why the programme took it away; nobody of the two sides reads it then.
    hidden_ground = models.CharField(max_length=16, choices=Ground.choices, blank=True, default="")

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.CheckConstraint(condition=Q(side__in=["buyer", "producer"]), name="message_has_a_side"),
        ]
        indexes = [
            models.Index(fields=["consignment", "at"], name="message_of_consignment"),
            models.Index(fields=["consignment"], condition=Q(read_at__isnull=True), name="message_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.consignment_id}: {self.side}"


class MessagePicture(AttachedPicture):
    """A picture beside a message; private."""

    FOLDER = "message_pictures"

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="pictures")

    class Meta(AttachedPicture.Meta):
        indexes = [models.Index(fields=["state", "next_try_at"], name="message_picture_due")]


class MessageReport(models.Model):
    """That the other side holds a message to be abuse: once. While it is open, the programme may read the talk."""

    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="report")
    #: Who of the producer reported it; none: the buyer.
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    ground = models.CharField(max_length=16, choices=Ground.choices)
    note = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField(auto_now_add=True)
    #: When the programme decided, who, and what it said about it.
    settled_at = models.DateTimeField(null=True, blank=True, db_index=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answer = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.message_id}: {self.ground}"
