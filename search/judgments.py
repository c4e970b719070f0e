"""Judgments: which goods a query should bring, as a person judged them, read from a CSV file.

Columns ``query,kind,source,key,grade``. ``source`` and ``key`` name a row of an imported decision list as the
import keeps it; ``grade`` is 1 (fits somewhat) to 3 (what was meant). A query of kind ``zero`` has no key: nothing
must be found for it.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ZERO: Final = "zero"
_COLUMNS: Final = ("query", "kind", "source", "key", "grade")
_GRADES: Final = frozenset({"1", "2", "3"})
#: Of how many queries one is kept apart: never tuned on, reported beside the rest.
_APART: Final = 3

#: A row of an imported list: the list's name and the row's key in it.
RowName = tuple[str, str]


@dataclass(slots=True)
class JudgedQuery:
    """One query with the rows judged relevant for it; a `zero` query has none."""

    text: str
    kind: str
    grades: dict[RowName, int] = field(default_factory=dict)

    @property
    def kept_apart(self) -> bool:
        """Whether the query belongs to the third that nobody tunes on, by a hash of its text."""
        digest = hashlib.sha256(self.text.encode()).digest()
        return int.from_bytes(digest[:8]) % _APART == 0


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line of the file; such a line is left out."""

    line: int
    reason: str


class UnreadableJudgments(Exception):
    """The file as a whole can't be read."""


def read_judgments(path: Path) -> tuple[list[JudgedQuery], list[Fault]]:
    """Return the judged queries in the order of the file, and what is wrong with it, line by line.

    Raises UnreadableJudgments where the file is no text in UTF-8 or lacks a column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise UnreadableJudgments(f"{path.name} lacks the columns: {', '.join(missing)}.")
            rows = [(reader.line_num, row) for row in reader]
    except OSError as error:
        raise UnreadableJudgments(f"{path} can't be opened: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UnreadableJudgments(f"{path.name} is no CSV file in UTF-8: {error}") from error
    faults: list[Fault] = []
    queries = _queries(rows, faults)
    return queries, faults


def _queries(rows: Iterable[tuple[int, dict[str, str]]], faults: list[Fault]) -> list[JudgedQuery]:
    queries: dict[tuple[str, str], JudgedQuery] = {}
    silent: dict[str, bool] = {}
    for line, row in rows:
        said = {name: (row.get(name) or "").strip() for name in _COLUMNS}
        known = queries.get((said["query"], said["kind"]))
        is_zero = said["kind"] == ZERO
        reason = next(_faults(said, known, ends_early=row.get("grade") is None), None)
        if reason is None and silent.setdefault(said["query"], is_zero) != is_zero:
            reason = "the query must find nothing in one row and something in another"
        if reason is not None:
            faults.append(Fault(line, reason))
            continue
        if known is None:
            known = JudgedQuery(said["query"], said["kind"])
            queries[said["query"], said["kind"]] = known
        if not is_zero:
            known.grades[said["source"], said["key"]] = int(said["grade"])
    return list(queries.values())


def _faults(said: dict[str, str], known: JudgedQuery | None, *, ends_early: bool) -> Iterator[str]:
    """Yield what is wrong with a row."""
    if ends_early and said["kind"] != ZERO:
        yield "the row has too few columns"
    if not said["query"]:
        yield "the query is empty"
    if not said["kind"]:
        yield "the kind is empty"
    if said["kind"] == ZERO:
        if said["key"]:
            yield "a query that must find nothing names a row"
        return
    if not said["source"] or not said["key"]:
        yield "source and key must name a row of an imported list"
    if said["grade"] not in _GRADES:
        yield f"the grade “{said['grade']}” is not 1, 2 or 3"
    if known is not None and (said["source"], said["key"]) in known.grades:
        yield f"{said['source']} {said['key']} was judged for this query before"
