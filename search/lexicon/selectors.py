"""Reads the lexicon for screens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet

from search.lexicon.groups import Group
from search.lexicon.models import LexiconEdit, LexiconGroup, LexiconPhrase
from search.text import words


@dataclass(frozen=True, slots=True)
class GroupNames:
    """How groups are called on a screen, by key and by phrase."""

    first: Mapping[str, str]
    owners: Mapping[tuple[str, ...], tuple[str, ...]]

    def has(self, key: str) -> bool:
        """Whether there is a group with that key."""
        return key in self.first

    def name(self, key: str) -> str:
        """Return the phrase by which a person knows the group, its key where that phrase names another group too."""
        phrase = self.first.get(key, key)
        return phrase if self.owners.get(_spelt(phrase), ()) == (key,) else key

    def keys(self, said: str) -> list[str]:
        """Return the groups that ``said`` means: by key, else by phrase."""
        return [said] if said in self.first else list(self.owners.get(_spelt(said), ()))


def group_names(groups: Iterable[Group]) -> GroupNames:
    """Return the names of ``groups``."""
    groups = list(groups)
    owners: defaultdict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
    for group in groups:
        for entry in group.entries:
            owners[_spelt(entry.text)][group.key] = None
    return GroupNames(
        {group.key: group.entries[0].text for group in groups if group.entries},
        {spelt: tuple(keys) for spelt, keys in owners.items()},
    )


def groups_for_list(
    *, text: str = "", kind: str = "", language: str = "", source: str = "", state: str = ""
) -> QuerySet[LexiconGroup]:
    """Return the groups that a list shows, with their phrases and broader groups.

    ``text``: words of a phrase, or a key. ``state``: ``edited``, ``off`` or ``describes``.
    """
    found = LexiconGroup.objects.all()
    if text:
        folded = {pk for pk, own in LexiconPhrase.objects.values_list("group_id", "text") if _has(own, text)}
        found = found.filter(Q(pk__in=folded) | Q(key=text))
    for field, value in (("kind", kind), ("language", language)):
        if value:
            own = LexiconPhrase.objects.filter(is_exception=False, **{field: value}).values("group")
            found = found.filter(pk__in=own)
    if source:
        found = found.filter(source=source)
    if state == "edited":
        found = found.filter(edited_at__isnull=False)
    elif state == "off":
        found = found.filter(is_active=False)
    elif state == "describes":
        found = found.filter(describes=True)
    phrases = LexiconPhrase.objects.filter(is_exception=False).order_by("position", "pk")
    return found.prefetch_related(Prefetch("phrases", phrases, to_attr="shown_phrases")).order_by("key")


def edits_for_list(group: LexiconGroup | None = None) -> QuerySet[LexiconEdit]:
    """Return edits, the newest first."""
    edits = LexiconEdit.objects.select_related("made_by", "group").order_by("-made_at", "-pk")
    return edits if group is None else edits.filter(group=group)


def edits_pending() -> bool:
    """Whether the index doesn't follow every edit of the lexicon yet."""
    return LexiconEdit.objects.filter(state=LexiconEdit.State.PENDING).exists()


def lexicon_counts() -> dict[str, int]:
    """Return the number of groups and phrases, and of edits that the index is still following."""
    counts = LexiconGroup.objects.aggregate(
        groups=Count("pk", filter=Q(is_active=True)), own=Count("pk", filter=Q(edited_at__isnull=False))
    )
    waiting = LexiconEdit.objects.filter(state=LexiconEdit.State.PENDING).count()
    return {**counts, "phrases": LexiconPhrase.objects.filter(is_exception=False).count(), "waiting": waiting}


def _spelt(text: str) -> tuple[str, ...]:
    return tuple(item.text for item in words(text))


def _has(phrase: str, said: str) -> bool:
    """Whether ``phrase`` has the words of ``said``; marks left out are forgiven."""
    own = words(phrase)
    return all(
        any(
            item.text == asked.text or (not asked.marked and item.folded.startswith(asked.folded))
            for item in own
        )
        for asked in words(said)
    )
