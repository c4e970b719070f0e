"""The lexicon in force: each process keeps a copy and follows edits within seconds.

A process trusts its copy for `TRUSTED` seconds, then looks at a stamp in the shared cache; only where the stamp has
changed does it read the database. So a search request costs no query for it. Where the database has no group
(a fresh one, or a test's) the shipped files count.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from dataclasses import dataclass
from functools import cache as once
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.db.models import F

from search.lexicon.files import common_words, shipped_groups
from search.lexicon.groups import Entry, Group, LexiconError
from search.synonyms import Lexicon, compile_lexicon

logger = logging.getLogger(__name__)

#: Seconds for which a process trusts its copy before it looks at the stamp.
TRUSTED: Final = 2.0
#: Seconds for which the stamp lives: what a crossing of two commits left behind heals by then.
_STAMP_LIFE: Final = 60
_STAMP: Final = "search-lexicon-stamp"


@dataclass
class _Kept:
    """This process's copy; ``version`` is the number of the lexicon in the database, 0 for the shipped files."""

    table: Lexicon | None = None
    version: int = 0
    checked_at: float | None = None


_kept = _Kept()


def lexicon_in_force() -> Lexicon:
    """Return the lexicon that queries and documents are read with."""
    if not settings.LEXICON_IN_DATABASE:
        return shipped_lexicon()
    now = time.monotonic()
    if _kept.checked_at is None or now - _kept.checked_at >= TRUSTED:
        _kept.checked_at = now
        version = cache.get(_STAMP)
        if version is None:
            version = _version_in_database()
            if version is not None:
                cache.set(_STAMP, version, timeout=_STAMP_LIFE)
        _follow(version)
    return _kept.table or shipped_lexicon()


def follow_database() -> None:
    """Take the lexicon as the database has it now: before goods are written into the index.

    The stamp follows a commit; whoever writes what a commit asked for may not be behind it. One small query.
    """
    if settings.LEXICON_IN_DATABASE:
        _follow(_version_in_database())
        _kept.checked_at = time.monotonic()


@once
def shipped_lexicon() -> Lexicon:
    """Return the lexicon of the files alone."""
    return compile_lexicon(shipped_groups(), common=common_words())


def groups_in_force() -> list[Group]:
    """Return the active groups of the database, in three queries."""
    return every_group(active_only=True)


def every_group(*, active_only: bool = False) -> list[Group]:
    """Return the groups of the database, switched off ones too unless ``active_only``, in three queries."""
    from search.models import LexiconGroup, LexiconPhrase, LexiconRelation

    entries: defaultdict[int, list[Entry]] = defaultdict(list)
    exceptions: defaultdict[int, list[str]] = defaultdict(list)
    rows = LexiconPhrase.objects.values_list("group_id", "text", "kind", "language", "is_exception")
    for group_id, text, kind, language, is_exception in rows.order_by("group_id", "position", "pk"):
        if is_exception:
            exceptions[group_id].append(text)
        else:
            entries[group_id].append(Entry(text, kind, language))
    broader: defaultdict[int, list[str]] = defaultdict(list)
    parts: defaultdict[int, defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    relations = LexiconRelation.objects.order_by("pk")
    for narrower, key, combination in relations.values_list("narrower_id", "broader__key", "combination"):
        if combination:
            parts[narrower][combination].add(key)
        else:
            broader[narrower].append(key)
    groups = LexiconGroup.objects.order_by("pk")
    if active_only:
        groups = groups.filter(is_active=True)
    return [
        Group(
            key=key,
            entries=tuple(entries[pk]),
            exceptions=tuple(exceptions[pk]),
            broader=tuple(broader[pk]),
            parts=tuple(frozenset(parts[pk][combination]) for combination in sorted(parts[pk])),
            describes=describes,
            source=source,
        )
        for pk, key, source, describes in groups.values_list("pk", "key", "source", "describes")
    ]


def raise_version() -> None:
    """Note inside the caller's transaction that groups have changed; every process follows after the commit."""
    from search.models import LexiconState

    LexiconState.objects.get_or_create(pk=1)
    LexiconState.objects.filter(pk=1).update(version=F("version") + 1)
    transaction.on_commit(_stamp_now)


def forget_lexicon() -> None:
    """Drop this process's copy and the shared stamp."""
    cache.delete(_STAMP)
    _kept.table, _kept.version, _kept.checked_at = None, 0, None


def _stamp_now() -> None:
    version = _version_in_database()
    if version is not None:
        cache.set(_STAMP, version, timeout=_STAMP_LIFE)
        _kept.checked_at = None


def _version_in_database() -> int | None:
    """Return the number of the lexicon in the database, 0 if it has none; None where it can't be asked."""
    from search.models import LexiconState

    try:
        return LexiconState.objects.filter(pk=1).values_list("version", flat=True).first() or 0
    except DatabaseError as error:
        logger.warning("the lexicon's version can't be read, the copy stays: %s", error)
        return None


def _follow(version: int | None) -> None:
    """Make this process's copy the lexicon of ``version``; None: keep what there is."""
    if _kept.table is not None and version in (None, _kept.version):
        return
    if version:
        try:
            groups = groups_in_force()
            _kept.table = compile_lexicon(groups, common=common_words()) if groups else shipped_lexicon()
            _kept.version = version
            return
        except (DatabaseError, LexiconError):
            logger.exception("lexicon %s can't be taken, the copy stays", version)
            if _kept.table is not None:
                return
    _kept.table, _kept.version = shipped_lexicon(), 0
