"""A producer's own people: invited by an owner, changed and taken out by an owner, free to leave. The last owner stays."""

from datetime import timedelta
from typing import Final
from urllib.parse import urljoin

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from catalogue.producers.errors import ProducerError
from catalogue.producers.models import Membership, Partner
from catalogue.producers.team.models import Invitation
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record
from marketplace.notices.services import notice_queue

#: So long an invitation waits.
GOOD_FOR: Final = timedelta(days=7)
#: More open invitations than that are no team.
MOST_OPEN: Final = 20
_SALT: Final = "catalogue.producers.team.invitation"


class TeamError(ProducerError):
    """A change of a team was refused; `message` says why in the reader's language."""


def open_invitations(producer: Partner) -> QuerySet[Invitation]:
    """Return what was sent and neither used nor withdrawn nor too old."""
    return Invitation.objects.filter(
        producer=producer, used_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    ).select_related("invited_by")


def invitation_token(invitation: Invitation) -> str:
    """Return what the invitation's address carries: nobody can make one up."""
    return signing.dumps(invitation.pk, salt=_SALT)


def invitation_url(invitation: Invitation, language: str) -> str:
    """Return the absolute address at which an invitation is accepted."""
    with translation.override(language):
        path = reverse("customer:invitation", kwargs={"token": invitation_token(invitation)})
    return urljoin(settings.SITE_URL, path)


def invitation_by_token(token: str) -> Invitation | None:
    """Return the invitation that an address means, while it can be accepted."""
    try:
        pk = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    found = Invitation.objects.filter(pk=pk, used_at=None, withdrawn_at=None, expires_at__gt=timezone.now())
    return found.select_related("producer", "invited_by").first()


@transaction.atomic
def invitation_make(*, producer: Partner, role: str, by: User, email: str = "", note: str = "") -> Invitation:
    """Invite somebody; with a mail address the invitation is sent there. Raises TeamError where too many are open."""
    _lock(producer)
    if open_invitations(producer).count() >= MOST_OPEN:
        raise TeamError(_("Too many invitations are open: withdraw some first."))
    invitation = Invitation.objects.create(
        producer=producer,
        role=role,
        email=email,
        note=note,
        invited_by=by,
        expires_at=timezone.now() + GOOD_FOR,
    )
    audit_record(
        action="member.invited",
        subject=producer,
        words=producer.name,
        changes={"role": [None, role]},
        actor=by,
    )
    language = by.preferred_language
    notice_queue(
        key=f"invitation:{invitation.pk}",
        template="team_invitation",
        language=language,
        email=email,
        context={
            "producer": producer.name,
            "role": _role_words(role, language),
            "invited_by": str(by),
            "accept_url": invitation_url(invitation, language),
            "until": timezone.localdate(invitation.expires_at),
        },
    )
    return invitation


@transaction.atomic
def invitation_withdraw(*, invitation: Invitation, by: User) -> None:
    """Make an invitation worthless; one that was accepted meanwhile stays accepted."""
    if Invitation.objects.filter(pk=invitation.pk, used_at=None, withdrawn_at=None).update(
        withdrawn_at=timezone.now()
    ):
        producer = invitation.producer
        audit_record(action="invitation.withdrawn", subject=producer, words=producer.name, actor=by)


@transaction.atomic
def invitation_accept(*, invitation: Invitation, user: User) -> Membership:
    """Let `user` into the team. Raises TeamError where it was used or withdrawn meanwhile, or the person belongs to the team already."""
    _lock(invitation.producer)
    if Membership.objects.filter(producer=invitation.producer, user=user).exists():
        raise TeamError(_("You belong to this team already. An owner can change what you do."))
    taken = Invitation.objects.filter(
        pk=invitation.pk, used_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    ).update(used_at=timezone.now(), used_by=user)
    if not taken:
        raise TeamError(_("This invitation was used or withdrawn. Ask for another one."))
    membership = Membership.objects.create(producer=invitation.producer, user=user, role=invitation.role)
    audit_record(
        action="member.joined",
        subject=invitation.producer,
        words=invitation.producer.name,
        changes={"person": user.pk, "role": [None, invitation.role], "invited_by": invitation.invited_by_id},
        actor=user,
    )
    return membership


@transaction.atomic
def member_role_set(*, membership: Membership, role: str, by: User) -> None:
    """Change what a member does; it counts from the next page on. Raises TeamError for the last owner."""
    locked = _locked(membership)
    if locked.role == role:
        return
    if role != Membership.Role.OWNER:
        _not_the_last_owner(locked)
    before, locked.role = locked.role, role
    locked.save(update_fields=["role"])
    _note("member.role", locked, by, [before, role])


@transaction.atomic
def member_leave(*, membership: Membership, by: User) -> None:
    """Take a member out, by an owner or by themselves: what they did stays, access ends with the next page. Raises TeamError for the last owner."""
    locked = _locked(membership)
    _not_the_last_owner(locked)
    _note("member.left" if locked.user_id == by.pk else "member.removed", locked, by, [locked.role, None])
    locked.delete()


def _note(action: str, membership: Membership, by: User, role: list[str | None]) -> None:
    producer = membership.producer
    changes = {"person": membership.user_id, "role": role}
    audit_record(action=action, subject=producer, words=producer.name, changes=changes, actor=by)


def _lock(producer: Partner) -> None:
    """Changes of one team wait for each other: of two owners who leave at once one stays."""
    Partner.objects.select_for_update(of=("self",), no_key=True).get(pk=producer.pk)


def _locked(membership: Membership) -> Membership:
    _lock(membership.producer)
    found = Membership.objects.select_related("producer").filter(pk=membership.pk).first()
    if found is None:
        raise TeamError(_("This person doesn't belong to the team any more."))
    return found


def _not_the_last_owner(membership: Membership) -> None:
    owners = Membership.objects.filter(
        producer=membership.producer, role=Membership.Role.OWNER, user__is_active=True
    )
    if membership.role == Membership.Role.OWNER and not owners.exclude(pk=membership.pk).exists():
        raise TeamError(_("The last owner stays: make somebody else an owner first."))


def _role_words(role: str, language: str) -> str:
    with translation.override(language):
        return str(Membership.Role(role).label)
