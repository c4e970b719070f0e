"""Keeps what people searched for and what they opened, without knowing who they are.

The page of results carries a signed note of what was asked and how much was found. The browser sends it back in a small request of
its own, once for each text and visit; crawlers don't, and the page itself writes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from marketplace.clock import today
from search.models import SearchClick, SearchRecord
from search.text import normalize

#: How long a record is kept.
KEPT: Final = timedelta(days=90)
#: For how long the note on a page of results may come back.
NOTE_LIFE: Final = timedelta(hours=6)
#: No engine lists more hits than this.
_DEEPEST: Final = 10_000
_SALT: Final = "search.insights"
_LONGEST_TEXT: Final = 120
_FORGOTTEN_AT_ONCE: Final = 5_000
#: What could be somebody's: mail addresses, and numbers as long as a phone's, a card's or an identity paper's.
_PERSONAL: Final = re.compile(r"\S+@\S+|\+?\d(?:[\s.-]?\d){8,}")


class BadNote(Exception):
    """The note doesn't come from a page of ours, or is too old."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a page of results says of itself."""

    token: UUID
    text: str
    language: str
    results: int
    adult: bool


def without_personal_data(text: str) -> str:
    """Return a searched text as it is kept: in one form, with what could be somebody's masked."""
    return _PERSONAL.sub("…", " ".join(normalize(text).split()))[:_LONGEST_TEXT]


def write_note(*, text: str, language: str, results: int, adult: bool) -> str:
    """Return the signed note that a page of results carries."""
    values = [uuid4().hex, without_personal_data(text), language, results, int(adult)]
    return signing.dumps(values, salt=_SALT, compress=True)


def read_note(signed: str) -> Note:
    """Return what a note says. Raises BadNote."""
    try:
        token, text, language, results, adult = signing.loads(signed, salt=_SALT, max_age=NOTE_LIFE)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise BadNote(str(error)) from error
    return Note(UUID(token), text, language, results, bool(adult))


def search_record(*, note: Note, visit: str) -> SearchRecord:
    """Keep that something was searched for, once for each text and visit; return the record.

    `visit` is any text that the browser keeps for a tab's life; only its keyed hash is stored.
    """
    session = salted_hmac(_SALT, visit, algorithm="sha256").hexdigest()[:32]
    values: dict[str, Any] = {
        "token": note.token,
        "at": timezone.now(),
        "day": today(),
        "language": note.language,
        "results": note.results,
        "adult": note.adult,
    }
    try:
        with transaction.atomic():
            record, _made = SearchRecord.objects.get_or_create(
                session=session, text=note.text, defaults=values
            )
    except IntegrityError:  # the same note from another tab
        record = SearchRecord.objects.get(token=note.token)
    return record


def click_record(*, record: SearchRecord, product_id: int, position: int) -> None:
    """Keep that a good was opened from these results, once."""
    with transaction.atomic():
        _click, made = SearchClick.objects.get_or_create(
            record=record,
            product_id=product_id,
            defaults={"position": min(max(position, 1), _DEEPEST)},
        )
        if made:
            SearchRecord.objects.filter(pk=record.pk).update(clicks=F("clicks") + 1)


def records_forget_old() -> int:
    """Delete records older than `KEPT`, some thousands at a time; return how many went. Safe to run twice."""
    old = SearchRecord.objects.filter(day__lt=today() - KEPT).values_list("pk", flat=True)
    pks = list(old[:_FORGOTTEN_AT_ONCE])
    SearchRecord.objects.filter(pk__in=pks).delete()
    return len(pks)
