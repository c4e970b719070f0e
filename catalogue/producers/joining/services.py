"""What the applicant does: fills in, accepts the contract, sends in. What is missing is said by step, and a draft waits as long as it takes."""

from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.producers.joining.contract import CURRENT, Contract
from catalogue.producers.joining.entries import owners_of
from catalogue.producers.joining.errors import JoiningError, NotComplete
from catalogue.producers.joining.models import Application, ApplicationEvent
from catalogue.producers.joining.notices import tell_applicant, tell_owners_of_claim
from catalogue.producers.joining.papers import file_forget, papers_asked
from catalogue.producers.models import Partner
from marketplace.accounts.models import User

State = Application.State
OPEN: Final = (State.DRAFT, State.SUBMITTED, State.ASKED)

#: The steps in their order, with what they are called.
STEPS: Final[dict[str, str | Promise]] = {
    "who": gettext_lazy("Who you are"),
    "entry": gettext_lazy("Do we know you?"),
    "particulars": gettext_lazy("Numbers and contact"),
    "bank": gettext_lazy("Bank account"),
    "papers": gettext_lazy("Papers"),
    "contract": gettext_lazy("Contract"),
}


def application_of(user: User) -> Application | None:
    """Return the application that a person has under way, else the last one that was decided."""
    own = Application.objects.filter(applicant=user).select_related("commune__province", "producer")
    return own.filter(state__in=OPEN).first() or own.order_by("-pk").first()


@transaction.atomic
def application_start(*, user: User) -> Application:
    """Return a draft for `user`; one that is under way goes on."""
    User.objects.select_for_update().get(pk=user.pk)  # a double tap makes one
    under_way = Application.objects.filter(applicant=user, state__in=OPEN).first()
    return under_way or Application.objects.create(
        applicant=user, phone=user.phone or "", email=user.email or "", representative=user.full_name
    )


@transaction.atomic
def application_write(*, application: Application, **values: Any) -> Application:
    """Write what the applicant said, as far as it is right. Raises JoiningError while it is with the programme."""
    locked = _with_applicant(application)
    for name, value in values.items():
        setattr(locked, name, value)
    if not locked.sells_alcohol:
        locked.alcohol_licence_number = ""
        locked.alcohol_licence_from = locked.alcohol_licence_until = None
    locked.save()
    return locked


@transaction.atomic
def contract_accept(*, application: Application, shown: Contract, network: str) -> Application:
    """Note that the applicant accepted the words that were shown: which, when, from which network."""
    locked = _with_applicant(application)
    locked.contract_version, locked.contract_digest = shown.version, shown.digest
    locked.contract_language, locked.contract_network = shown.language, network
    locked.contract_accepted_at = timezone.now()
    locked.save()
    return locked


@transaction.atomic
def application_submit(*, application: Application) -> Application:
    """Send an application in, for the first time or with what was asked for. Raises NotComplete and JoiningError."""
    locked = _with_applicant(application)
    missing = missing_of(locked)
    if missing:
        words = ", ".join(str(STEPS[step]) for step in missing)
        raise NotComplete(_("Not complete yet: %(steps)s.") % {"steps": words}, list(missing))
    locked.state, locked.submitted_at = State.SUBMITTED, timezone.now()
    locked.save(update_fields=["state", "submitted_at"])
    ApplicationEvent.objects.create(
        application=locked, actor=locked.applicant, action=ApplicationEvent.Action.SUBMITTED
    )
    tell_applicant(locked, "received")
    for owner in owners_of(locked):
        tell_owners_of_claim(locked, owner)
    return locked


def missing_of(application: Application) -> dict[str, list[str]]:
    """Return by step what has to be added before an application can be sent in; steps that are whole aren't named."""
    asked: dict[str, list[tuple[str, Any]]] = {
        "who": [
            (_("kind of producer"), application.kind),
            (_("name"), application.name),
            (_("address with its commune"), application.commune_id and application.street),
        ],
        "entry": [(_("why this entry is yours"), application.claim or not application.producer_id)],
        "particulars": [
            (_("registration or tax number"), application.registration_number or application.tax_number),
            (_("tax number"), application.tax_number or application.kind == Partner.Kind.COOPERATIVE_GROUP),
            (_("representative"), application.representative),
            (_("phone number"), application.phone),
            (_("number and days of the alcohol licence"), _licence_is_whole(application)),
        ],
        "bank": [
            (
                _("bank account"),
                application.bank_bin and application.account_number and application.account_holder,
            )
        ],
        "papers": _papers_missing(application),
        "contract": [(_("the contract"), application.contract_version == CURRENT)],
    }
    found = {step: [words for words, known in rows if not known] for step, rows in asked.items()}
    return {step: words for step, words in found.items() if words}


def _papers_missing(application: Application) -> list[tuple[str, Any]]:
    given = set(application.papers.values_list("kind", flat=True))
    return [(row.words, row.key in given) for row in papers_asked(application)]


def _licence_is_whole(application: Application) -> bool:
    return not application.sells_alcohol or bool(
        application.alcohol_licence_number
        and application.alcohol_licence_from
        and application.alcohol_licence_until
    )


def _with_applicant(application: Application) -> Application:
    locked = Application.objects.select_for_update().get(pk=application.pk)
    if not locked.is_with_applicant:
        raise JoiningError(_("The application is with the programme now: nothing can be changed."))
    return locked


def drafts_forget(*, user: User) -> None:
    """Delete what a person who leaves had never sent in, with its papers."""
    for application in Application.objects.filter(applicant=user, submitted_at=None).prefetch_related(
        "papers"
    ):
        papers = list(application.papers.all())
        application.delete()
        for paper in papers:
            file_forget(paper)
