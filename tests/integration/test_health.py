"""What a proxy, an orchestrator and a person on call learn from `/healthz/` and `/readyz/`."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache.backends.locmem import LocMemCache
from django.db import DatabaseError, InterfaceError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from catalogue.certification.imports.models import DecisionImport
from catalogue.models import ProductImage
from catalogue.pictures.services import MOST_ATTEMPTS
from marketplace import health
from marketplace.notices.models import Notice
from search.circuit import CircuitState
from search.health import SearchState
from tests.factories.catalogue import shown_good
from tests.factories.payments import make_order


def all_indexed() -> SearchState:
    return SearchState(answers=True, circuit=CircuitState.CLOSED, oldest_change=None, failing=0)


def index_behind() -> SearchState:
    return replace(all_indexed(), oldest_change=timezone.now() - timedelta(hours=1), failing=2)


def engine_silent() -> SearchState:
    return replace(all_indexed(), answers=False)


def engine_left_alone() -> SearchState:
    return replace(all_indexed(), circuit=CircuitState.OPEN)


def engine_down() -> SearchState:
    raise ConnectionError("no search here")


class DeadCache(LocMemCache):
    def set(self, *args: Any, **kwargs: Any) -> None:
        raise ConnectionError("no cache here")


@pytest.fixture(autouse=True)
def search_answers(settings: Settings) -> None:
    settings.SEARCH_STATE = f"{__name__}.all_indexed"


def readyz(client: Client, expected_status: int = 200) -> dict[str, Any]:
    response = client.get("/readyz/")
    assert response.status_code == expected_status
    assert response["Cache-Control"] == "no-store"
    report: dict[str, Any] = json.loads(response.content)
    return report


def test_alive_asks_nothing_and_nobody(client: Client) -> None:
    response = client.get("/healthz/", headers={"host": "10.0.0.7:8000"})

    assert (response.status_code, response.content) == (200, b"ok")
    assert "Set-Cookie" not in response


@pytest.mark.django_db
def test_ready_when_all_answers(client: Client) -> None:
    assert readyz(client) == {
        "status": "ready",
        "database": "ok",
        "migrations": "ok",
        "search": "ok",
        "search_circuit": "closed",
        "cache": "ok",
        "oldest_duty": None,
        "oldest_duty_seconds": None,
        "oldest_index_change_seconds": None,
        "index_failures": 0,
    }


@pytest.mark.django_db
def test_ready_costs_a_query_a_kind_of_duty(
    client: Client, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    health._last_migrations()

    # Two for the migrations: the table and its rows.
    with django_assert_num_queries(2 + len(settings.DUTIES)):
        readyz(client)


@pytest.mark.django_db
def test_a_plain_request_from_a_proxy_is_answered_in_production(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["cho.example.vn"]

    assert client.get("/readyz/", headers={"host": "10.0.0.7:8000"}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["engine_down", "engine_silent"])
def test_a_dead_search_degrades_and_keeps_the_shop_on_its_proxy(
    client: Client, settings: Settings, state: str
) -> None:
    settings.SEARCH_STATE = f"{__name__}.{state}"

    report = readyz(client)

    assert (report["status"], report["search"]) == ("degraded", "unavailable")


@pytest.mark.django_db
def test_a_dead_cache_degrades(client: Client, settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.DeadCache"}}

    report = readyz(client)

    assert (report["status"], report["cache"]) == ("degraded", "unavailable")


@pytest.mark.django_db
def test_a_late_index_degrades(client: Client, settings: Settings) -> None:
    settings.SEARCH_STATE = f"{__name__}.index_behind"

    report = readyz(client)

    assert report["status"] == "degraded"
    assert report["oldest_index_change_seconds"] in range(3600, 3660)
    assert report["index_failures"] == 2


@pytest.mark.django_db
def test_an_engine_that_is_left_alone_degrades(client: Client, settings: Settings) -> None:
    settings.SEARCH_STATE = f"{__name__}.engine_left_alone"

    report = readyz(client)

    assert (report["status"], report["search_circuit"]) == ("degraded", "open")


@pytest.mark.django_db
def test_a_duty_nobody_does_degrades_and_is_named(client: Client) -> None:
    notice = Notice.objects.create(
        key="late", channel=Notice.Channel.MAIL, recipient="a@b.vn", next_try_at=timezone.now()
    )
    Notice.objects.filter(pk=notice.pk).update(created_at=timezone.now() - timedelta(minutes=11))

    report = readyz(client)

    assert (report["status"], report["oldest_duty"]) == ("degraded", "notices")
    assert report["oldest_duty_seconds"] in range(660, 720)


LATE = timedelta(minutes=11)


def order_nobody_ends(by: timedelta) -> None:
    make_order(payment_deadline=timezone.now() - by)


def list_nobody_reads(by: timedelta) -> None:
    DecisionImport.objects.create(
        source="lam-dong",
        content=b"a",
        state=DecisionImport.State.QUEUED,
        alive_at=timezone.now() - by,
    )


def picture_nobody_makes(by: timedelta, *, attempts: int = 1) -> None:
    ProductImage.objects.bulk_create(
        [
            ProductImage(
                product=shown_good(),
                original="goods/a/1.jpg",
                width=1600,
                height=1200,
                sizes_attempts=attempts,
                sizes_next_try_at=timezone.now() - by,
            )
        ]
    )


def picture_that_was_given_up(by: timedelta) -> None:
    picture_nobody_makes(by, attempts=MOST_ATTEMPTS)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "name"),
    [
        (order_nobody_ends, "payment deadlines"),
        (list_nobody_reads, "decision lists"),
        (picture_nobody_makes, "pictures"),
    ],
)
def test_whatever_the_worker_leaves_undone_is_seen(
    client: Client, make: Callable[[timedelta], None], name: str
) -> None:
    make(LATE)

    report = readyz(client)

    assert (report["status"], report["oldest_duty"]) == ("degraded", name)
    assert report["oldest_duty_seconds"] in range(660, 720)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "by"),
    [(order_nobody_ends, -LATE), (picture_nobody_makes, -LATE), (picture_that_was_given_up, LATE)],
)
def test_what_is_not_due_is_no_duty(client: Client, make: Callable[[timedelta], None], by: timedelta) -> None:
    make(by)

    assert readyz(client)["oldest_duty"] is None


@pytest.mark.django_db
def test_a_missing_migration_takes_the_shop_off_its_proxy(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'notices'")

    report = readyz(client, expected_status=503)

    assert (report["status"], report["migrations"]) == ("unavailable", "missing")


@pytest.mark.django_db
@pytest.mark.parametrize("error", [DatabaseError, InterfaceError])
@pytest.mark.parametrize("at", [(health.MigrationRecorder, "applied_migrations"), (health, "_oldest_duty")])
def test_a_dead_database_takes_the_shop_off_its_proxy(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: type[Exception], at: tuple[Any, str]
) -> None:
    def refuse(*_: object) -> None:
        raise error("no database here")

    monkeypatch.setattr(*at, refuse)

    report = readyz(client, expected_status=503)

    assert (report["status"], report["database"]) == ("unavailable", "unavailable")
