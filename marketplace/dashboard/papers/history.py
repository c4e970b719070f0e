"""What happened to a paper or a listing, in words: who, when, why, and what was changed into what."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.certification.models import Certificate, Level, WithdrawalGround

_ACTIONS: dict[str, Promise] = {
    "proposed": gettext_lazy("Proposed"),
    "closed": gettext_lazy("Proposal closed without an award"),
    "decided": gettext_lazy("Proposal decided"),
    "awarded": gettext_lazy("Recorded"),
    "recorded": gettext_lazy("Recorded"),
    "completed": gettext_lazy("Completed from the paper"),
    "verified": gettext_lazy("Verified against the paper"),
    "evidence": gettext_lazy("Scan added"),
    "extended": gettext_lazy("Extended by the transitional rule"),
    "superseded": gettext_lazy("Replaced by a newer certificate"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "ended": gettext_lazy("Ended before its time"),
}
#: What is worth saying of a change, in this order; the rest follows from it.
_FIELDS: dict[str, Promise] = {
    "stars": gettext_lazy("stars"),
    "score": gettext_lazy("score"),
    "decision": gettext_lazy("decision"),
    "level": gettext_lazy("level"),
    "official_code": gettext_lazy("certificate code"),
    "valid_from": gettext_lazy("valid from"),
    "valid_until": gettext_lazy("valid until"),
    "in_force_until": gettext_lazy("in force until"),
    "state": gettext_lazy("state"),
    "withdrawal_ground": gettext_lazy("ground"),
    "evidence": gettext_lazy("document"),
}
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_CHOICES: dict[str, dict[str, Any]] = {
    "state": dict(Certificate.State.choices),
    "level": dict(Level.choices),
    "withdrawal_ground": dict(WithdrawalGround.choices),
}


def history_lines(events: Iterable[Any]) -> list[dict[str, Any]]:
    """Return events (with `actor` loaded) as `components/timeline.html` takes them, newest first.

    What was done is named by the event's own choices where its model has some: a seller is verified otherwise than a paper.
    """
    return [
        {
            "title": _title(event),
            "at": event.at,
            "text": " · ".join(part for part in _parts(event) if part),
            "done": True,
        }
        for event in sorted(events, key=lambda event: (event.at, event.pk), reverse=True)
    ]


def _title(event: Any) -> str:
    named = getattr(event, "get_action_display", None)
    return str(named() if named else _ACTIONS.get(event.action, event.action))


def _parts(event: Any) -> list[str]:
    by = str(event.actor) if event.actor else _("the system")
    changes = getattr(event, "changes", {}) or {}
    return [by, event.reason, *(_change(name, *changes[name]) for name in _FIELDS if name in changes)]


def _change(name: str, before: Any, after: Any) -> str:
    if after in (None, ""):
        return ""
    words = _FIELDS[name]
    if name == "evidence":
        return ""
    if before in (None, ""):
        return f"{words}: {_said(name, after)}"
    return f"{words}: {_said(name, before)} → {_said(name, after)}"


def _said(name: str, value: Any) -> str:
    if name in _CHOICES:
        return str(_CHOICES[name].get(value, value))
    if isinstance(value, str) and _DAY.match(value):
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    return str(value)
