"""Finds certificates for whoever checks one: by public code, official code, product code or decision number."""

import re
import unicodedata

from django.db.models import Q, QuerySet

from catalogue.certification.models import FEWEST_CERTIFIED_STARS, PROPOSALS, Certificate
from catalogue.models import Product

MOST_RESULTS = 60
_DECISION_DIGITS = re.compile(r"^\d{1,6}$")
_DECISION_WORDS = re.compile(
    r"^(?:quyết định|quyet dinh|qđ|qd|decision)?\s*(?:số|so|no\.?)?[\s:]*(?=\d)", re.IGNORECASE
)


def certificates_found(asked: str, *, adult: bool) -> QuerySet[Certificate]:
    """Return the awarded certificates that `asked` names, each with its good, producer and decision; never proposals.

    Alcohol, and what could be, is left out for whoever hasn't declared their age.
    """
    typed = unicodedata.normalize("NFC", " ".join(asked.split()))[:60]
    text = typed.replace(" ", "")
    if not text:
        return Certificate.objects.none()
    named = (
        Q(public_code=text.lower())
        | Q(official_code__iexact=text)
        | Q(official_code__iexact=typed)
        | Q(product__ocop_code__iexact=text)
        | Q(decision__number__in=_decision_numbers(typed))
    )
    if _DECISION_DIGITS.match(text):
        named |= Q(decision__number__startswith=f"{text}/")
    found = Certificate.objects.filter(named, stars__gte=FEWEST_CERTIFIED_STARS).exclude(state__in=PROPOSALS)
    if not adult:
        found = found.filter(product__alcohol=Product.Alcohol.NONE)
    return found.select_related("product__producer__commune__province", "decision").order_by(
        "-valid_from", "product__title", "pk"
    )


def _decision_numbers(typed: str) -> set[str]:
    """Return the spellings of the number that is meant: `3981/qđ-ubnd`, `3981/QD-UBND`, `Quyết định số 3981/QĐ-UBND`."""
    spellings = {typed}
    for wording in (typed, _DECISION_WORDS.sub("", typed)):
        upper = wording.replace(" ", "").upper()
        spellings |= {wording, upper, upper.replace("/QD-", "/QĐ-")}
    return spellings
