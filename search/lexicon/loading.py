"""Brings the shipped lexicon into the database: after each migrate, and by `manage.py search_load_lexicon`.

What an admin has edited stays as the admin left it; everything else follows the files.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps as current_apps
from django.apps.registry import Apps
from django.conf import settings
from django.db import router, transaction
from django.utils import timezone

from search.lexicon.files import shipped_digest, shipped_groups
from search.lexicon.groups import Group, Source
from search.lexicon.in_force import every_group, raise_version
from search.lexicon.models import LexiconEdit, LexiconGroup, LexiconPhrase, LexiconRelation, LexiconState


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did, in numbers of groups; ``kept``: left as admins edited them."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    kept: int = 0

    @property
    def did_anything(self) -> bool:
        """Whether any group is another than before."""
        return bool(self.added or self.changed or self.removed)


@transaction.atomic
def lexicon_load(*, force: bool = False) -> Loaded:
    """Bring the groups in the database to the version of the files. Running it again changes nothing.

    ``force``: compare group by group even where these files were loaded last. One transaction.
    """
    state, _ = LexiconState.objects.select_for_update().get_or_create(pk=1)
    if state.shipped == shipped_digest() and not force:
        return Loaded()
    edited = set(LexiconGroup.objects.filter(edited_at__isnull=False).values_list("key", flat=True))
    present = {group.key: group for group in every_group()}
    shipped = {group.key: group for group in shipped_groups()}
    added = [group for key, group in shipped.items() if key not in present]
    changed = [
        group
        for key, group in shipped.items()
        if key in present and key not in edited and present[key] != group
    ]
    removed = [
        key
        for key, group in present.items()
        if key not in shipped and key not in edited and group.source != Source.ADMIN
    ]
    LexiconGroup.objects.filter(key__in=removed).delete()
    LexiconGroup.objects.bulk_create(
        [LexiconGroup(key=group.key, source=group.source, describes=group.describes) for group in added]
    )
    for group in changed:
        LexiconGroup.objects.filter(key=group.key).update(source=group.source, describes=group.describes)
    write_contents([*added, *changed])
    loaded = Loaded(len(added), len(changed), len(removed), len(edited & present.keys()))
    LexiconState.objects.filter(pk=1).update(shipped=shipped_digest())
    if loaded.did_anything:
        LexiconEdit.objects.create(
            action=LexiconEdit.Action.SHIPPED,
            after={"added": loaded.added, "changed": loaded.changed, "removed": loaded.removed},
            next_try_at=timezone.now(),
        )
        raise_version()
    return loaded


def lexicon_load_after_migrate(*, using: str, apps: Apps = current_apps, **_signal: object) -> None:
    """Load new data files on deployment: connected to `post_migrate`."""
    try:
        apps.get_model("search", "LexiconState")
    except LookupError:  # migrated back to before these tables
        return
    if settings.LEXICON_IN_DATABASE and using == "default" and router.allow_migrate(using, "search"):
        lexicon_load()


def write_contents(groups: Iterable[Group]) -> None:
    """Write the phrases and relations of ``groups``, whose rows exist, in the place of those that they have."""
    groups = list(groups)
    named = {
        key
        for group in groups
        for key in (*group.broader, *(part for parts in group.parts for part in parts))
    }
    ids = dict(
        LexiconGroup.objects.filter(key__in={group.key for group in groups} | named).values_list("key", "pk")
    )
    own = [ids[group.key] for group in groups]
    for start in range(0, len(own), 500):
        LexiconPhrase.objects.filter(group__in=own[start : start + 500]).delete()
        LexiconRelation.objects.filter(narrower__in=own[start : start + 500]).delete()
    phrases: list[LexiconPhrase] = []
    relations: list[LexiconRelation] = []
    for group in groups:
        pk = ids[group.key]
        phrases += [
            LexiconPhrase(group_id=pk, text=entry.text, kind=entry.kind, language=entry.language, position=at)
            for at, entry in enumerate(group.entries)
        ]
        phrases += [
            LexiconPhrase(group_id=pk, text=text, is_exception=True, position=at)
            for at, text in enumerate(group.exceptions)
        ]
        relations += [
            LexiconRelation(narrower_id=pk, broader_id=ids[key]) for key in group.broader if key in ids
        ]
        relations += [
            LexiconRelation(narrower_id=pk, broader_id=ids[key], combination=number)
            for number, parts in enumerate(group.parts, start=1)
            if parts <= ids.keys()
            for key in sorted(parts)
        ]
    LexiconPhrase.objects.bulk_create(phrases, batch_size=1_000)
    LexiconRelation.objects.bulk_create(relations, batch_size=1_000)
