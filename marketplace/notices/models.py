"""The outbox: every notice is a row before it is a message. And what stands in the app: a person's own notices, and how they want them."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from marketplace.notices.places import Audience, Group, Side


class Notice(models.Model):
    """One message to one person by one channel: a duty with state, attempts and next try."""

    class Channel(models.TextChoices):
        MAIL = "mail", _("Mail")
        SMS = "sms", "SMS"
        #: To a device; `recipient` is the key of its row, `context` names the person's notice.
        PUSH = "push", _("Web push")

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


class PersonalNoticeQuerySet(models.QuerySet["PersonalNotice"]):
    """Reads notices as the person for whom they are."""

    def seen_by(self, person: Any) -> Self:
        """Keep what is for `person` and what the person's roles still let it read: of a producer that it left, nothing."""
        readable: Q = import_string(settings.NOTICES_SEEN_BY)(person)
        return self.filter(readable, person=person)

    def unread(self) -> Self:
        """Keep what wasn't read yet."""
        return self.filter(read_at__isnull=True)


class PersonalNotice(models.Model):
    """A notice as it stands in the app, for one person: its title and the page to which it leads, nothing of what it says further.

    `producer_id` is the producer for which the person is told; no foreign key, because this room knows no producers.
    """

    key = models.CharField(max_length=160, unique=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    producer_id = models.BigIntegerField(null=True, blank=True)
    audience = models.CharField(max_length=12, choices=Audience.choices)
    template = models.CharField(max_length=60)
    language = models.CharField(max_length=2, default="vi")
    title = models.CharField(max_length=255)
    #: Path on this site.
    url = models.CharField(max_length=500)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    read_at = models.DateTimeField(null=True, blank=True)
    #: From when on the daily digest takes it along; none: no digest does, or one did.
    digest_at = models.DateTimeField(null=True, blank=True)

    objects = PersonalNoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["person", "-created_at", "-id"], name="notices_of_person"),
            models.Index(fields=["person"], name="notices_unread", condition=Q(read_at__isnull=True)),
            models.Index(
                fields=["digest_at"], name="notices_for_digest", condition=Q(digest_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Way(models.TextChoices):
    """How a person is told, beside the app, where everything stands."""

    AT_ONCE = "at_once", _("At once")
    DIGEST = "digest", _("One mail a day")
    APP = "app", _("In the app only")


class NoticeChoice(models.Model):
    """How a person wants the notices of one group; where there is no row, the default holds (`choices.DEFAULTS`)."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_choices"
    )
    side = models.CharField(max_length=10, choices=Side.choices)
    group = models.CharField(max_length=12, choices=Group.choices)
    way = models.CharField(max_length=8, choices=Way.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "side", "group"], name="one_choice_a_group_of_notices"),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="notice_choice_is_a_way"),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.group}: {self.way}"


class DigestHour(models.Model):
    """At which hour, in Vietnam, a person gets the day's digest; locked while one is made, so that a day has one."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="digest_hour"
    )
    hour = models.PositiveSmallIntegerField()
    #: The day of the newest digest.
    made_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(hour__gte=0, hour__lte=23), name="hour_of_a_day")]

    def __str__(self) -> str:
        return f"{self.hour}:00"


class PushDevice(models.Model):
    """A browser on a device to which its person wants notices pushed: where to send them and how to seal them for it."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_devices"
    )
    endpoint = models.CharField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    #: Our public key that the browser was given; after a new key it must be asked again.
    server_key = models.CharField(max_length=120)
    #: As its person knows it, for example "Chrome, Android".
    words = models.CharField(max_length=60)
    added_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.words
