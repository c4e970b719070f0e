"""Cases in templates."""

from collections.abc import Mapping
from typing import Any

from django import template

from checkout.aftersale.models import Case

register = template.Library()

_KINDS: dict[str, str] = {
    Case.State.OPEN: "wait",
    Case.State.ESCALATED: "wait",
    Case.State.AWAITING_GOODS: "wait",
    Case.State.REFUNDED: "good",
    Case.State.SETTLED: "good",
    Case.State.REFUSED: "bad",
    Case.State.DISMISSED: "bad",
}


@register.filter
def case_kind(state: str) -> str:
    """Return how `components/state.html` colours a state of a case."""
    return _KINDS.get(state, "")


@register.filter
def of_row(found: Mapping[int, Any], pk: int) -> Any:
    """Return what was found for the row `pk`, such as a consignment."""
    return found.get(pk)
