"""Search engines for tests: each test its own index, removed afterwards."""

import os
from pathlib import Path
from uuid import uuid4

import pytest

from search.engines.base import SearchEngine
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.embedded import EmbeddedEngine

#: Parameters of a fixture that runs a test against every engine.
ENGINES = ["embedded", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)]
ENGINE_CLASSES = {
    "embedded": "search.engines.embedded.EmbeddedEngine",
    "elasticsearch": "search.engines.elasticsearch.ElasticsearchEngine",
}


def make_engine(kind: str, directory: Path) -> SearchEngine:
    """Return an engine of that kind with an index name that nothing else uses."""
    name = uuid4().hex[:8]
    if kind == "embedded":
        return EmbeddedEngine(directory / name)
    return ElasticsearchEngine(os.environ["ELASTICSEARCH_URL"], prefix=f"test-{name}")
