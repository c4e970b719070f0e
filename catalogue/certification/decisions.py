"""Decisions that award: each stands once on record, with the level of its authority."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.certification.authorities import authority_level
from catalogue.certification.errors import CertificateIncomplete
from catalogue.certification.models import Decision
from marketplace.places.models import Province


@transaction.atomic
def decision_record(
    *,
    number: str,
    decided_on: date,
    authority: str,
    level: str = "",
    province: Province | None = None,
    is_sample: bool = False,
) -> Decision:
    """Return the decision with this number, day and authority, made where it isn't known yet.

    The level is read from the authority's name where it isn't given. Raises CertificateIncomplete where the name doesn't tell, and where
    the decision is on record with another level than the given one: its certificates were awarded by that one.
    """
    known_level = level or authority_level(authority, on=decided_on)
    if not known_level:
        raise CertificateIncomplete(
            _("Whose authority “%(authority)s” is cannot be told from its name.") % {"authority": authority},
            concerns="authority",
        )
    decision, is_new = Decision.objects.get_or_create(
        number=number,
        decided_on=decided_on,
        authority=authority,
        defaults={"level": known_level, "province": province, "is_sample": is_sample},
    )
    if not is_new and level and level != decision.level:
        raise CertificateIncomplete(
            _(
                "This decision is on record with another level: %(level)s. Look at its number, day and authority."
            )
            % {"level": decision.get_level_display()},
            concerns="level",
        )
    return decision
