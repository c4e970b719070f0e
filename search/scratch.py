"""An index for one purpose, beside the one in use: filled from the database and removed afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.utils.module_loading import import_string

from search.engines.base import SearchEngine
from search.errors import SearchUnavailable
from search.rebuilding import every_good
from search.sources import build_documents


class EngineKind(StrEnum):
    """The engines behind the port, by the names that commands take."""

    ELASTICSEARCH = "elasticsearch"
    EMBEDDED = "embedded"


_CLASSES = {
    EngineKind.ELASTICSEARCH: "search.engines.elasticsearch.ElasticsearchEngine",
    EngineKind.EMBEDDED: "search.engines.embedded.EmbeddedEngine",
}


def kind_in_use() -> EngineKind:
    """Return which engine the settings name."""
    return next(kind for kind, path in _CLASSES.items() if path == settings.SEARCH_ENGINE)


@contextmanager
def scratch_engine(kind: EngineKind) -> Iterator[SearchEngine]:
    """Yield an engine of that kind with every good of the database in an index of its own.

    Raises SearchUnavailable where Elasticsearch isn't configured or doesn't answer.
    """
    with tempfile.TemporaryDirectory(prefix="search-") as directory:
        engine = _make(kind, Path(directory))
        try:
            name = engine.create_index()
            with engine.filling(name) as builder:
                for ids in every_good():
                    builder.write(
                        [document for _, documents in build_documents(ids).values() for document in documents]
                    )
                builder.save()
            engine.switch_to(name)
            engine.refresh()
            yield engine
        finally:
            engine.delete()


def _make(kind: EngineKind, directory: Path) -> SearchEngine:
    engine_class = import_string(_CLASSES[kind])
    if kind is EngineKind.EMBEDDED:
        embedded: SearchEngine = engine_class(directory)
        return embedded
    if not settings.ELASTICSEARCH_URL:
        raise SearchUnavailable("ELASTICSEARCH_URL names no server")
    served: SearchEngine = engine_class(prefix=f"{settings.ELASTICSEARCH_INDEX_PREFIX}-{uuid4().hex[:8]}")
    return served
