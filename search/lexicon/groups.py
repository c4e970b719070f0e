"""A group of synonyms, wherever it is kept: in the files, in the database, in a form that isn't saved yet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

#: A key is part of the index: letters and digits only, and never the key of another group later.
KEY: Final = re.compile(r"^[a-z0-9]{2,40}$")


class Kind(TextChoices):
    """What a phrase is to its group."""

    SAME = "same", _("Same meaning")
    REGIONAL = "regional", _("Regional word")
    SPELLING = "spelling", _("Other spelling or short form")
    ENGLISH = "english", _("English")
    BRAND = "brand", _("Brand or variety")


class Language(TextChoices):
    """The language of a phrase."""

    VIETNAMESE = "vi", _("Vietnamese")
    ENGLISH = "en", _("English")


class Source(TextChoices):
    """Where a group comes from."""

    LEXICON = "lexicon", _("Lexicon")
    DOMAIN = "domain", _("Words of the field")
    SETS = "sets", _("Product sets")
    ADMIN = "admin", _("Added by an admin")


@dataclass(frozen=True, slots=True)
class Entry:
    """A phrase that names its group."""

    text: str
    kind: str = Kind.SAME
    language: str = Language.VIETNAMESE


@dataclass(frozen=True, slots=True)
class Group:
    """Phrases that name the same thing.

    ``exceptions``: longer phrases in which a phrase of the group means something else. ``broader``: keys of the groups
    that this one is a kind of; whoever asks for the broader thing finds this one, never the reverse. ``parts``: keys which
    together, anywhere in a text, are this one too (*xoài … sấy* is dried mango); any of the combinations. ``describes``: it
    tells a quality or a form and not which goods are meant (*spicy*): wanted, not asked for.
    """

    key: str
    entries: tuple[Entry, ...]
    exceptions: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    parts: tuple[frozenset[str], ...] = ()
    describes: bool = False
    source: str = Source.LEXICON


class LexiconError(ValueError):
    """Groups that can't stand together; the message names the key or the phrase."""


class BroaderLoop(LexiconError):
    """A group that would be a kind of itself. ``path`` leads from the group round to it."""

    def __init__(self, path: tuple[str, ...]) -> None:
        super().__init__(" → ".join(path))
        self.path = path


def all_broader(broader: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Return for each key the keys of everything that it is a kind of, nearest first.

    Keys that no group has (switched off) are left out. Raises BroaderLoop.
    """
    known: dict[str, tuple[str, ...]] = {}

    def climb(key: str, path: tuple[str, ...]) -> tuple[str, ...]:
        if key in path:
            raise BroaderLoop((*path[path.index(key) :], key))
        if key not in known:
            above = [parent for parent in broader[key] if parent in broader]
            further = [found for parent in above for found in climb(parent, (*path, key))]
            known[key] = tuple(dict.fromkeys([*above, *further]))
        return known[key]

    for key in broader:
        climb(key, ())
    return known
