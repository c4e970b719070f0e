"""Reads the lexicon that is shipped: `search/data/lexicon/`, one CSV file a field of goods.

A line is a group; within a cell, phrases stand between semicolons. Lines that begin with ``#`` are remarks. The columns:
``key``, ``vi`` (how most of the country says it), ``regional``, ``spelling`` (loan words and short forms), ``en``, ``brand``
(brands, varieties, places' own sorts), ``broader`` (keys; ``mango+dried``: what together is this one too), ``except``.
"""

from __future__ import annotations

import csv
import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from search.lexicon.groups import KEY, Entry, Group, Kind, Language, LexiconError, Source

FOLDER: Final = Path(__file__).resolve().parent.parent / "data" / "lexicon"
_COLUMNS: Final = ("key", "vi", "regional", "spelling", "en", "brand", "broader", "except")
_ENTRIES: Final = {
    "vi": (Kind.SAME, Language.VIETNAMESE),
    "regional": (Kind.REGIONAL, Language.VIETNAMESE),
    "spelling": (Kind.SPELLING, Language.VIETNAMESE),
    "en": (Kind.ENGLISH, Language.ENGLISH),
    "brand": (Kind.BRAND, Language.VIETNAMESE),
}
#: The files whose groups don't come from the lexicon of our own.
_SOURCES: Final = {"domain.csv": Source.DOMAIN, "product_sets.csv": Source.SETS}
#: Files of another form, read below.
_OTHER_FORMS: Final = frozenset({"shared.csv"})
#: Files whose groups tell a quality or a form, not which goods are meant.
_DESCRIBING: Final = frozenset({"forms.csv", "everyday.csv"})


@dataclass(frozen=True, slots=True)
class CommonWords:
    """What belongs to no group.

    ``names``: names of places and people, in which no word names goods. ``classifiers``: for a family's key, the words that
    may stand before every phrase of it (*quả*, *trái*).
    """

    names: tuple[str, ...]
    classifiers: Mapping[str, tuple[str, ...]]


@cache
def shipped_groups() -> tuple[Group, ...]:
    """Return every group of the files, once a process. Raises LexiconError where a line makes no sense."""
    groups: dict[str, Group] = {}
    for path in sorted(FOLDER.glob("*.csv")):
        if path.name in _OTHER_FORMS:
            continue
        for group in _groups(path):
            if group.key in groups:
                raise LexiconError(f"{path.name}: the key {group.key} is used twice")
            groups[group.key] = group
    for group in groups.values():
        named = [*group.broader, *(key for parts in group.parts for key in parts)]
        if unknown := [key for key in named if key not in groups]:
            raise LexiconError(f"{group.key}: no group has the key {unknown[0]}")
    return tuple(groups.values())


@cache
def shared_phrases() -> dict[str, str]:
    """Return the phrases that name more than one thing, each with what they name."""
    return {row["phrase"]: row["why"] for row in _rows(FOLDER / "shared.csv", ("phrase", "why"))}


@cache
def common_words() -> CommonWords:
    """Return names and classifiers from ``words.toml``."""
    data = tomllib.loads((FOLDER / "words.toml").read_text(encoding="utf-8"))
    return CommonWords(
        names=tuple(data["names"]["phrases"]),
        classifiers={entry["family"]: tuple(entry["words"]) for entry in data["classifiers"]},
    )


@cache
def shipped_digest() -> str:
    """Return a digest of the groups' files, the same on every machine."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.glob("*.csv")):
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def _groups(path: Path) -> Iterator[Group]:
    source = _SOURCES.get(path.name, Source.LEXICON)
    for row in _rows(path, _COLUMNS):
        if not KEY.match(row["key"]):
            raise LexiconError(f"{path.name}: {row['key']!r} can't be a key")
        entries = tuple(
            Entry(text, kind, language)
            for column, (kind, language) in _ENTRIES.items()
            for text in _cell(row[column])
        )
        if not entries:
            raise LexiconError(f"{path.name}: {row['key']} has no phrase")
        above = _cell(row["broader"])
        yield Group(
            key=row["key"],
            entries=entries,
            exceptions=_cell(row["except"]),
            broader=tuple(key for key in above if "+" not in key),
            parts=tuple(frozenset(key.split("+")) for key in above if "+" in key),
            describes=path.name in _DESCRIBING,
            source=source,
        )


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if line.strip() and not line.startswith("#"))
        reader = csv.DictReader(lines)
        if tuple(reader.fieldnames or ()) != columns:
            raise LexiconError(f"{path.name}: the columns are {', '.join(columns)}")
        for row in reader:
            if None in row or None in row.values():
                raise LexiconError(f"{path.name}: {row} has too many or too few cells")
            yield row


def _cell(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split(";") if phrase.strip())
