"""The outbox: every notice is a row before it is a message."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """One message to one person by one channel: a duty with state, attempts and next try."""

    class Channel(models.TextChoices):
        MAIL = "mail", _("Mail")
        SMS = "sms", "SMS"

    class State(models.TextChoices):
        PENDING = "pending", _("Pending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    #: What makes it one of a kind: queueing the same key twice changes nothing.
    key = models.CharField(max_length=160, unique=True)
    channel = models.CharField(max_length=4, choices=Channel.choices)
    recipient = models.CharField(max_length=254)
    template = models.CharField(max_length=60)
    language = models.CharField(max_length=2, default="vi")
    context = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["state", "next_try_at"], name="notice_due")]

    def __str__(self) -> str:
        return self.key
