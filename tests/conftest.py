"""Fixtures for every test, and the rules that hold for all of them.

No test talks to anything but this machine and the services that the environment names. A test that needs a service
says so by a marker; without the service it is skipped, under `CI=true` it fails.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.utils import translation
from pytest_django import DjangoDbBlocker, Settings

from marketplace.translations import compile_catalogue
from search.circuit import forget_circuit
from search.engines.base import SearchEngine, get_engine
from search.indexing import sweep_again
from search.kept_cards import forget_cards
from search.vocabulary import forget_vocabulary
from tests.factories.search import ENGINE_CLASSES, ENGINES
from tests.seeded_database import restore_seeds_after_each_test
from tests.template_database import start_from_template

UNIT = Path(__file__).parent / "unit"
# marker: the variable that names the service
SERVICES = {
    "postgres": "DATABASE_URL",
    "redis": "REDIS_URL",
    "elasticsearch": "ELASTICSEARCH_URL",
    "stripe_mock": "STRIPE_MOCK_URL",
    "browser": "CHROMIUM",
}


def pytest_configure(config: pytest.Config) -> None:
    hosts = {"127.0.0.1", "::1", "localhost"}
    for variable in SERVICES.values():
        host = urlsplit(os.environ.get(variable, "")).hostname
        if host:
            hosts.add(host)
    config.option.allow_hosts = ",".join(sorted(hosts))
    if not hasattr(config, "workerinput"):  # once, before pytest-xdist starts its workers
        compile_catalogue()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks neither database nor service: the same on all of them, so run once."""
    asks = ("django_db", *SERVICES)
    for item in items:
        if item.path.is_relative_to(UNIT) and not any(item.get_closest_marker(name) for name in asks):
            item.add_marker("once")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, variable in SERVICES.items():
        if item.get_closest_marker(marker) and not os.environ.get(variable):
            reason = (
                f"needs {marker.replace('_', '-')}: {variable} is not set (`make test` finds or starts it)"
            )
            if os.environ.get("CI") == "true":
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Copy a migrated database instead of migrating an empty one."""
    with django_db_blocker.unblock():
        for alias in connections:
            start_from_template(connections[alias])


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let tests with real transactions leave the data that migrations loaded."""
    with django_db_blocker.unblock():
        restore_seeds_after_each_test()


@pytest.fixture
def search_index(settings: Settings, tmp_path: Path) -> Iterator[SearchEngine]:
    """The embedded engine that pages and jobs use, with an empty index of its own."""
    settings.SEARCH_ENGINE = "search.engines.embedded.EmbeddedEngine"
    settings.EMBEDDED_SEARCH_DIR = tmp_path / "search"
    get_engine.cache_clear()
    forget_vocabulary()
    forget_cards()
    engine = get_engine()
    engine.index_name()
    yield engine
    get_engine.cache_clear()
    forget_vocabulary()
    forget_cards()


@pytest.fixture(params=ENGINES)
def each_engine(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Iterator[SearchEngine]:
    """Each engine in turn, as pages and jobs use it, with an empty index of its own."""
    settings.EMBEDDED_SEARCH_DIR = tmp_path / "search"
    settings.ELASTICSEARCH_URL = os.environ.get("ELASTICSEARCH_URL", "")
    settings.ELASTICSEARCH_INDEX_PREFIX = f"test-{uuid4().hex[:8]}"
    settings.SEARCH_ENGINE = ENGINE_CLASSES[request.param]
    get_engine.cache_clear()
    forget_vocabulary()
    forget_cards()
    sweep_again()
    engine = get_engine()
    engine.index_name()
    yield engine
    engine.delete()
    get_engine.cache_clear()
    forget_vocabulary()
    forget_cards()


@pytest.fixture(autouse=True)
def _each_test_begins_with_a_closed_circuit() -> None:
    """What one test's engine did tells the next test nothing."""
    forget_circuit()


@pytest.fixture(autouse=True)
def _each_test_begins_uncounted() -> None:
    """Tries (orders, codes, look-ups) of one test must not use up the next one's."""
    cache.clear()


@pytest.fixture(autouse=True)
def _each_test_begins_in_vietnamese() -> None:
    """A request leaves its language active in the thread, as servers do: the next test must not inherit it."""
    translation.activate(settings.LANGUAGE_CODE)
