"""After an edit of the lexicon: marks the goods that it concerns as changed, so that the worker writes them anew."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db.models import F
from django.utils import timezone

from catalogue.changes import mark_changed
from catalogue.models import Product
from marketplace.duties import claim_due, next_try
from search.documents import GoodDocument
from search.lexicon.files import common_words
from search.lexicon.groups import Group, LexiconError
from search.lexicon.in_force import groups_in_force
from search.lexicon.models import LexiconEdit
from search.lexicon.records import group_of
from search.sources import build_documents
from search.synonyms import Lexicon, compile_lexicon, further_keys, indexed_keys
from search.text import words

logger = logging.getLogger(__name__)

_BATCH: Final = 500


def edits_apply_due() -> int:
    """Carry on with every edit that the index hasn't followed; return how many were finished. Safe to run twice."""
    finished = 0
    for edit in claim_due(LexiconEdit.objects.all()):
        try:
            _apply(edit)
            finished += 1
        except Exception:
            logger.exception("goods of edit %s of the lexicon can't be marked; it is tried again", edit.pk)
            again = next_try(edit.attempts)
            LexiconEdit.objects.filter(pk=edit.pk).update(
                **({"next_try_at": again} if again else {"state": LexiconEdit.State.FAILED})
            )
    return finished


def _apply(edit: LexiconEdit) -> None:
    everything = edit.action == LexiconEdit.Action.SHIPPED
    tables = [] if everything else tables_of(edit)
    goods = Product.objects.filter(structure=Product.PARENT).order_by("pk").values_list("pk", flat=True)
    last = edit.done_until
    while ids := list(goods.filter(pk__gt=last)[:_BATCH]):
        concerned = ids if everything else goods_that_name(edit.key, ids, tables)
        mark_changed(concerned)
        last = ids[-1]
        LexiconEdit.objects.filter(pk=edit.pk).update(done_until=last, marked=F("marked") + len(concerned))
    LexiconEdit.objects.filter(pk=edit.pk).update(state=LexiconEdit.State.DONE, done_at=timezone.now())


def tables_of(edit: LexiconEdit) -> list[Lexicon]:
    """Return the lexicon in force with the edited group as it was before and as it was after the edit."""
    others = [group for group in groups_in_force() if group.key != edit.key]
    tables = []
    for record in (edit.before, edit.after):
        group = group_of(edit.key, record)
        try:
            tables.append(with_group(others, group))
        except LexiconError:  # what was before doesn't stand beside what others have written since
            logger.warning("edit %s of the lexicon: an earlier state no longer fits", edit.pk)
    return tables


def with_group(others: Iterable[Group], group: Group | None) -> Lexicon:
    """Return the lexicon of ``others`` and ``group``. Raises LexiconError."""
    return compile_lexicon([*others, *([group] if group else [])], common=common_words())


def goods_that_name(key: str, product_ids: Sequence[int], tables: Sequence[Lexicon]) -> list[int]:
    """Return which of the goods are found under ``key`` by any of the lexicons."""
    return [
        pk
        for pk, (_, documents) in build_documents(product_ids).items()
        if documents and any(names(documents[0], key, table) for table in tables)
    ]


def names(document: GoodDocument, key: str, table: Lexicon) -> bool:
    """Whether the good is found under ``key`` with that lexicon."""
    named = set(document.name)
    for piece in (*document.name, *document.maker, *document.context, *document.body):
        if not piece.synonyms:
            continue
        sequence, bare = words(piece.text), piece.bare
        options: dict[str, Any] = {"bare": bare, "bound": piece.bound, "table": table}
        if key in indexed_keys(sequence, is_name=piece.is_name, **options):
            return True
        if piece in named and key in further_keys(sequence, **options):
            return True
    return False
