"""A group as it is written down in the history of edits."""

from __future__ import annotations

from typing import Any

from search.lexicon.groups import Entry, Group, Source


def record_of(group: Group, *, active: bool) -> dict[str, Any]:
    """Return ``group`` as plain data."""
    return {
        "phrases": [[entry.text, entry.kind, entry.language] for entry in group.entries],
        "exceptions": list(group.exceptions),
        "broader": list(group.broader),
        "parts": [sorted(parts) for parts in group.parts],
        "describes": group.describes,
        "active": active,
    }


def group_of(key: str, record: dict[str, Any]) -> Group | None:
    """Return the group that ``record`` describes; None where there was none or it was switched off."""
    if not record.get("active"):
        return None
    return Group(
        key=key,
        entries=tuple(Entry(*phrase) for phrase in record["phrases"]),
        exceptions=tuple(record["exceptions"]),
        broader=tuple(record["broader"]),
        parts=tuple(frozenset(parts) for parts in record["parts"]),
        describes=record["describes"],
        source=Source.ADMIN,
    )
