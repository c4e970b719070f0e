"""Finds certificates for whoever checks one: by public code, official code, product code or decision number."""

import re

from django.db.models import Q, QuerySet

from catalogue.certification.models import Certificate
from catalogue.models import Product

MOST_RESULTS = 60
_DECISION_DIGITS = re.compile(r"^\d{1,6}$")


def certificates_found(asked: str, *, adult: bool) -> QuerySet[Certificate]:
    """Return the awarded certificates that `asked` names, each with its good, producer and decision; never proposals.

    Alcohol, and what could be, is left out for whoever hasn't declared their age.
    """
    text = re.sub(r"\s+", "", asked)[:60]
    if not text:
        return Certificate.objects.none()
    named = (
        Q(public_code=text.lower())
        | Q(official_code__iexact=text)
        | Q(official_code__iexact=asked.strip())
        | Q(product__ocop_code__iexact=text)
        | Q(decision__number__in=_decision_numbers(text))
    )
    if _DECISION_DIGITS.match(text):
        named |= Q(decision__number__startswith=f"{text}/")
    found = Certificate.objects.filter(named).exclude(state=Certificate.State.PROPOSED)
    if not adult:
        found = found.filter(product__alcohol=Product.Alcohol.NONE)
    return found.select_related("product__producer__commune__province", "decision").order_by(
        "-valid_from", "product__title", "pk"
    )


def _decision_numbers(text: str) -> list[str]:
    """Return the spellings of a decision's number that people type: `3981/qđ-ubnd`, `3981/QD-UBND`."""
    upper = text.upper()
    return [text, upper, upper.replace("/QD-", "/QĐ-")]
