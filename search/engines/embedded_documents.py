"""The embedded engine's documents: the schema, and a good's document as tantivy takes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import tantivy

from search.documents import TEXT_FIELDS, Document, GoodDocument, stored_fields
from search.engines.base import SORT_FIELDS, Refusal
from search.engines.counts import COUNTED_BY
from search.query import Facet

_NUMBERS: Final = (
    "product_id", "version", "true_from", "true_until", "content", "price",
    *sorted({field for field, _ in SORT_FIELDS.values()}),
)  # fmt: skip
_FLAGS: Final = ("sold", "alcohol", "live")


_written: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

_TOKENS: Final[dict[str, Any]] = {"tokenizer_name": "whitespace", "index_option": "basic"}
_VALUE: Final[dict[str, Any]] = {"tokenizer_name": "raw", "index_option": "basic"}
_COLUMN: Final[dict[str, Any]] = {"indexed": True, "fast": True}
#: Kind, name and options of every field: token fields, values to filter and count by, whole numbers to sort by.
FIELDS: Final[tuple[tuple[str, str, dict[str, Any]], ...]] = (
    ("unsigned", "key", _COLUMN),
    *(("text", name, _TOKENS) for name in (*TEXT_FIELDS, "vocabulary", "neighbours")),
    ("text", "bought_with", _VALUE),
    *(("text", facet.value, {**_VALUE, "fast": facet not in COUNTED_BY}) for facet in Facet),
    *(("unsigned", name, {"fast": True}) for name in COUNTED_BY.values()),
    *(("integer", name, _COLUMN) for name in _NUMBERS),
    *(("boolean", name, _COLUMN) for name in _FLAGS),
)


def build_schema() -> tantivy.Schema:
    """Return the schema of `FIELDS`."""
    builder = tantivy.SchemaBuilder()
    for kind, name, options in FIELDS:
        getattr(builder, f"add_{kind}_field")(name, **options)
    return builder.build()


def tantivy_document(document: Document) -> tantivy.Document:
    made = tantivy.Document()
    made.add_unsigned("key", document.key)
    made.add_boolean("live", isinstance(document, GoodDocument))
    if not isinstance(document, GoodDocument):
        made.add_integer("product_id", document.product_id)
        made.add_integer("version", document.version)
        return made
    for field, tokens in document.token_texts.items():
        made.add_text(field, tokens)
    made.add_text("vocabulary", " ".join(document.vocabulary))
    made.add_text("neighbours", " ".join(document.neighbours))
    made.add_unsigned(COUNTED_BY[Facet.PRODUCER], document.producer)
    for field, value in stored_fields(document).items():
        if isinstance(value, bool):
            made.add_boolean(field, value)
        elif isinstance(value, int):
            made.add_integer(field, value)
        elif isinstance(value, list):
            for item in value:
                made.add_text(field, item)
    return made


def made_documents(documents: dict[int, Document]) -> tuple[dict[int, tantivy.Document], list[Refusal]]:
    """Return tantivy's documents by key, and the goods of which none can be made."""
    made: dict[int, tantivy.Document] = {}
    refused: dict[int, Refusal] = {}
    for key, document in documents.items():
        try:
            made[key] = tantivy_document(document)
        except Exception as error:  # one good's odd data must not hold up the others
            reason = f"{type(error).__name__}: {error}"
            refused[document.product_id] = Refusal(document.product_id, reason)
    # All of a good or nothing of it: half its intervals would be a lie.
    return {key: value for key, value in made.items() if documents[key].product_id not in refused}, list(
        refused.values()
    )


def pack_documents(documents: Sequence[GoodDocument]) -> tuple[bytes, list[Refusal]]:
    """Return the documents as the builder takes them, and the goods whose text or numbers make none."""
    lines: dict[int, list[bytes]] = {}
    refused: dict[int, Refusal] = {}
    for document in documents:
        try:
            line = _written(_fields(document)).encode()
        except Exception as error:  # one good's odd data must not hold up the others
            reason = f"{type(error).__name__}: {error}"
            refused[document.product_id] = Refusal(document.product_id, reason)
        else:
            lines.setdefault(document.product_id, []).append(line)
    taken = [line for product_id, own in lines.items() if product_id not in refused for line in own]
    return b"\n".join(taken), list(refused.values())


def _fields(document: GoodDocument) -> dict[str, Any]:
    return {
        "key": document.key,
        "live": True,
        "vocabulary": " ".join(document.vocabulary),
        "neighbours": " ".join(document.neighbours),
        COUNTED_BY[Facet.PRODUCER]: document.producer,
        **document.token_texts,
        **{name: value for name, value in stored_fields(document).items() if value is not None},
    }
