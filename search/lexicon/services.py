"""Writes what admins change in the lexicon. Each change is kept with who made it, and the index follows by itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.duties import nudge_on_commit
from search.lexicon.groups import Entry, Group, LexiconError, Source, all_broader
from search.lexicon.in_force import every_group, raise_version
from search.lexicon.loading import write_contents
from search.lexicon.models import LexiconEdit, LexiconGroup, LexiconState
from search.lexicon.records import record_of
from search.lexicon.reindexing import edits_apply_due
from search.text import words


class NothingSaid(LexiconError):
    """A phrase without a letter or digit, or a group without a phrase."""


class UnknownGroup(LexiconError):
    """A broader group or a part that doesn't exist; the message is its key."""


@dataclass(frozen=True, slots=True)
class GroupData:
    """What an admin says of a group."""

    entries: tuple[Entry, ...]
    exceptions: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    parts: tuple[frozenset[str], ...] = ()
    describes: bool = False

    def group(self, key: str, source: str = Source.ADMIN) -> Group:
        """Return it as the group with that key."""
        return Group(key, self.entries, self.exceptions, self.broader, self.parts, self.describes, source)


def key_for(entries: tuple[Entry, ...], taken: set[str]) -> str:
    """Return a key for a new group: its first phrase without marks, with a number where that is taken."""
    letters = "".join(item.folded for item in words(entries[0].text)) if entries else ""
    stem = "".join(letter for letter in letters if letter.isascii() and letter.isalnum())[:32] or "group"
    return next(
        key for key in (stem, *(f"{stem}{n}" for n in range(2, 10_000))) if len(key) > 1 and key not in taken
    )


def check_group(group: Group, others: list[Group]) -> None:
    """Refuse a group that can't stand beside ``others``. Raises NothingSaid, UnknownGroup, BroaderLoop."""
    texts = [*(entry.text for entry in group.entries), *group.exceptions]
    if not group.entries or not all(words(text) for text in texts):
        raise NothingSaid(group.key)
    known = {other.key for other in others}
    for key in (*group.broader, *(part for parts in group.parts for part in parts)):
        if key not in known and key != group.key:
            raise UnknownGroup(key)
    all_broader({group.key: group.broader, **{other.key: other.broader for other in others}})
    if any(group.key in parts for parts in group.parts):
        raise UnknownGroup(group.key)


@transaction.atomic
def group_save(*, data: GroupData, by: User, group: LexiconGroup | None = None) -> LexiconGroup:
    """Write a new group (``group`` None) or change one. Raises NothingSaid, UnknownGroup, BroaderLoop."""
    LexiconState.objects.select_for_update().get_or_create(
        pk=1
    )  # one edit after the other: no two make a loop together
    present = {other.key: other for other in every_group()}
    if group is None:
        row = LexiconGroup(key=key_for(data.entries, set(present)), source=Source.ADMIN)
        before = {}
    else:
        row = LexiconGroup.objects.get(pk=group.pk)
        before = record_of(present[row.key], active=row.is_active)
    wanted = data.group(row.key, row.source)
    check_group(wanted, [other for key, other in present.items() if key != row.key])
    row.describes = data.describes
    row.edited_at = timezone.now()
    row.save()
    write_contents([wanted])
    _note(
        row,
        LexiconEdit.Action.CHANGED if group else LexiconEdit.Action.ADDED,
        before=before,
        after=record_of(wanted, active=row.is_active),
        by=by,
    )
    return row


@transaction.atomic
def group_switch(*, group: LexiconGroup, active: bool, by: User) -> LexiconGroup:
    """Switch a group off or on again; nothing happens where it already is."""
    LexiconState.objects.select_for_update().get_or_create(pk=1)
    row = LexiconGroup.objects.select_for_update().get(pk=group.pk)
    if row.is_active == active:
        return row
    present = next(other for other in every_group() if other.key == row.key)
    row.is_active = active
    row.edited_at = timezone.now()
    row.save(update_fields=["is_active", "edited_at"])
    _note(
        row,
        LexiconEdit.Action.SWITCHED_ON if active else LexiconEdit.Action.SWITCHED_OFF,
        before=record_of(present, active=not active),
        after=record_of(present, active=active),
        by=by,
    )
    return row


def _note(
    row: LexiconGroup, action: str, *, before: dict[str, object], after: dict[str, object], by: User
) -> None:
    LexiconEdit.objects.create(
        group=row,
        key=row.key,
        action=action,
        made_by=by,
        before=before,
        after=after,
        next_try_at=timezone.now(),
    )
    raise_version()
    nudge_on_commit(edits_apply_due)
