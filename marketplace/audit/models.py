"""Who did what in the back office: rows that are only added (triggers on both databases refuse anything else)."""

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    """One action of one person, or of the machine (no `actor`), on one object.

    `changes` says what it was and what it became, without personal data: `{"price": [90000, 95000]}`; of what is personal only the name of
    the field. Of the internet address only the network is kept (/24, /48), which tells a break-in from an office and nobody's home.
    """

    at = models.DateTimeField(_("when"), auto_now_add=True, db_index=True)
    #: No foreign key in the database: an account may go, what it did stays.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    #: The staff roles that the person held then, for example `admin, verifier`; a producer's people have none.
    roles = models.CharField(_("roles"), max_length=120, blank=True)
    action = models.CharField(_("action"), max_length=50)
    object_kind = models.CharField(_("kind of object"), max_length=40, blank=True)
    object_key = models.CharField(_("object"), max_length=64, blank=True)
    object_words = models.CharField(_("object in words"), max_length=255, blank=True)
    changes = models.JSONField(_("changes"), blank=True, default=dict, encoder=DjangoJSONEncoder)
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    network = models.CharField(_("network"), max_length=50, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("event of the audit log")
        verbose_name_plural = _("audit log")
        indexes = [
            models.Index(fields=["object_kind", "object_key"], name="audit_object"),
            models.Index(fields=["actor", "at"], name="audit_actor"),
            models.Index(fields=["action", "at"], name="audit_action"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_words or self.object_key}"

    @property
    def changes_in_words(self) -> str:
        """What changed, for example `price: 90000 → 95000; fields: phone, name`."""
        return "; ".join(f"{name}: {_in_words(change)}" for name, change in self.changes.items())


def _in_words(change: Any) -> str:
    if (
        isinstance(change, list)
        and len(change) == 2
        and not all(isinstance(one, str | dict) for one in change)
    ):
        return " → ".join("—" if one in (None, [], "") else _in_words(one) for one in change)
    return ", ".join(map(str, change)) if isinstance(change, list) else str(change)
