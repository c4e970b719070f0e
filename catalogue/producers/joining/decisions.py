"""What the programme answers. Locks, in this order: applications by key, producer. Each answer is an event and reaches the applicant."""

import secrets
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.producers.errors import ReasonMissing
from catalogue.producers.joining.entries import owners_of, twins_of
from catalogue.producers.joining.errors import JoiningError
from catalogue.producers.joining.models import Application, ApplicationEvent
from catalogue.producers.joining.notices import tell_applicant
from catalogue.producers.joining.papers import checklist_of
from catalogue.producers.matching import producer_key
from catalogue.producers.models import Membership, Partner
from catalogue.producers.services import member_add, producer_update, seller_verify
from marketplace.accounts.models import User
from marketplace.encryption import blind_indexes
from marketplace.slugs import vietnamese_slug

State, Action = Application.State, ApplicationEvent.Action


@transaction.atomic
def application_ask(*, application: Application, by: User, words: str) -> Application:
    """Ask the applicant for more; they change what is wrong and send it in again."""
    locked = _locked(application, by, State.SUBMITTED)
    _check(words, _("Say what is to be added or put right."))
    return _answer(locked, Action.ASKED, State.ASKED, by, words)


@transaction.atomic
def application_refuse(*, application: Application, by: User, words: str) -> Application:
    """Refuse an application for a reason; it can be opened again."""
    locked = _locked(application, by, State.SUBMITTED, State.ASKED)
    _check(words, _("Say why this producer is refused."))
    return _answer(locked, Action.REFUSED, State.REFUSED, by, words)


@transaction.atomic
def application_reopen(*, application: Application, by: User, words: str) -> Application:
    """Give a refused application back to its applicant. Raises JoiningError where the person has another one under way."""
    locked = _locked(application, by, State.REFUSED)
    _check(words, _("Say why it is opened again."))
    under_way = Application.objects.filter(applicant=locked.applicant).exclude(
        state__in=[State.APPROVED, State.REFUSED]
    )
    if under_way.exists():
        raise JoiningError(_("This person has another application under way."))
    locked.decided_at = None
    return _answer(locked, Action.REOPENED, State.ASKED, by, words)


@transaction.atomic
def application_approve(
    *, application: Application, by: User, checked: Collection[str], words: str = ""
) -> tuple[Application, Partner]:
    """Let the producer sell: its entry is written (or made), the applicant owns it, and it is verified. Return both.

    `checked` are the keys of the checklist, all of which have to be ticked. Where somebody else claims the same entry, or owns it already,
    `words` say why it is this one; the other claims are refused with them. Raises JoiningError, ReasonMissing and SellerNotComplete.
    """
    _lock_claims(application)
    locked = _locked(application, by, State.SUBMITTED)
    left = [row.words for row in checklist_of(locked) if row.key not in checked]
    if left:
        raise JoiningError(_("Not looked at yet: %(points)s.") % {"points": "; ".join(left)})
    twin = twins_of(locked).first()
    if twin:
        raise JoiningError(
            _("%(name)s has this tax number already: ask the applicant to claim that entry.")
            % {"name": twin.name}
        )
    others = list(_claims(locked).exclude(pk=locked.pk))
    if (others or owners_of(locked).exists()) and not words.strip():
        raise ReasonMissing(
            _("Somebody else claims or owns this entry: say why it is this applicant's."), concerns="words"
        )
    producer = _producer_write(locked, by)
    member_add(producer=producer, user=locked.applicant, role=Membership.Role.OWNER, by=by)
    seller_verify(producer=producer, by=by, reason=words)
    for other in others:
        _answer(other, Action.REFUSED, State.REFUSED, by, words)
    locked.producer = producer
    return _answer(locked, Action.APPROVED, State.APPROVED, by, words, checked=sorted(checked)), producer


def _producer_write(application: Application, by: User) -> Partner:
    """Write what was verified into the producer's entry, which is made where none was claimed."""
    producer = application.producer or Partner.objects.create(
        name=application.name, code=_free_code(application.name)
    )
    if producer.seller_state == Partner.SellerState.SUSPENDED:
        raise JoiningError(_("This producer is stopped from selling: decide about that on its page first."))
    return producer_update(
        producer=producer,
        by=by,
        name=application.name,
        # By the name of the decision list, so that the next list finds it again.
        match_key=producer.match_key or producer_key(producer.name)[:255],
        **{
            name: getattr(application, name)
            for name in (
                "kind", "registration_number", "tax_number", "representative", "phone", "email", "street", "commune",
                "alcohol_licence_number", "alcohol_licence_from", "alcohol_licence_until",
            )
        },
    )  # fmt: skip


def _free_code(name: str) -> str:
    slug = vietnamese_slug(name)[:100] or "chu-the"
    return f"{slug}-{secrets.token_hex(3)}" if Partner.objects.filter(code=slug).exists() else slug


def _claims(application: Application) -> QuerySet[Application]:
    same = Q(producer=application.producer_id) if application.producer_id else Q(pk=application.pk)
    return Application.objects.filter(same, state__in=[State.SUBMITTED, State.ASKED])


def _lock_claims(application: Application) -> None:
    """Lock what could become the same producer in one order: of two that are approved at once the second sees the first."""
    same = Q(pk=application.pk)
    if application.producer_id:
        same |= Q(producer=application.producer_id)
    if application.tax_number:
        same |= Q(tax_number_index__in=blind_indexes(application.tax_number))
    list(Application.objects.filter(same).select_for_update(of=("self",)).order_by("pk"))


def _locked(application: Application, by: User, *states: str) -> Application:
    locked = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if locked.state not in states:
        raise JoiningError(
            _("This application is “%(state)s” by now: somebody else was quicker.")
            % {"state": locked.get_state_display()}
        )
    if locked.applicant_id == by.pk:
        raise JoiningError(_("Your own application is decided by somebody else."))
    return locked


def _check(words: str, message: str) -> None:
    if not words.strip():
        raise ReasonMissing(message, concerns="words")


def _answer(
    application: Application,
    action: str,
    state: str,
    by: User,
    words: str,
    *,
    checked: list[str] | None = None,
) -> Application:
    """Change the state of a locked application, write down who did it and why, and tell the applicant."""
    application.state = state
    if state in (State.APPROVED, State.REFUSED):
        application.decided_at = timezone.now()
    application.save(update_fields=["state", "decided_at", "producer"])
    ApplicationEvent.objects.create(
        application=application, actor=by, action=action, words=words.strip()[:1000], checked=checked or []
    )
    tell_applicant(application, action, words.strip())
    return application
