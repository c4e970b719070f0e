"""Invitations into a producer's team."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.producers.models import Membership, Partner


class Invitation(models.Model):
    """An owner asks somebody to work with them, in a role: good once, until a moment, by a signed address (`services.invitation_token`)."""

    producer = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=12, choices=Membership.Role.choices)
    #: Whom it was sent to; empty: the owner passes the link on.
    email = models.EmailField(_("email address"), blank=True, default="")
    #: For whom it is, in the owner's words, so that an open one is known again.
    note = models.CharField(_("for whom"), max_length=80, blank=True, default="")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="used_invitation_was_not_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return self.note or self.email or str(self.get_role_display())
