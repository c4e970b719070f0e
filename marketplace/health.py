"""`/healthz/` (the process answers) and `/readyz/` (what the shop stands on answers).

A middleware, and the first one, rather than views: a proxy's probe carries no known host name and no https, belongs to no language,
and must not be kept from its answer by a session, a cache or a redirect.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import cache as remember
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import Error as AnyDatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

#: A duty or an index change that waits longer than this (seconds) means that the worker doesn't keep up, or is dead.
LATE_SECONDS: Final = 600
_PROBE_KEY: Final = "readyz"


class HealthMiddleware:
    """Answer the two probes; let everything else pass."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz/":
            response: HttpResponse = HttpResponse("ok", content_type="text/plain")
        elif request.path == "/readyz/":
            report = readiness()
            response = JsonResponse(report, status=503 if report["status"] == "unavailable" else 200)
        else:
            return self.get_response(request)
        response["Cache-Control"] = "no-store"
        return response


def readiness() -> dict[str, Any]:
    """Say what answers and how old the oldest waiting work is (seconds; null where nothing waits).

    `status` is `unavailable` without database or with migrations missing, since no page can be right then; `degraded` where
    anything else is missing or late: browsing goes on without search, and a late mail is no reason to close the shop.
    """
    report: dict[str, Any] = {
        "status": "unavailable",
        "database": "unavailable",
        "migrations": "unknown",
        "search": "unknown",
        "search_circuit": "unknown",
        "cache": _cache_state(),
        "oldest_duty_seconds": None,
        "oldest_duty": None,
        "oldest_index_change_seconds": None,
        "index_failures": None,
    }
    try:
        missing = _missing_migrations()
        report["database"] = "ok"
        report["migrations"] = "missing" if missing else "ok"
        if missing:
            return report
        report["oldest_duty"], report["oldest_duty_seconds"] = _oldest_duty()
    except AnyDatabaseError as error:
        logger.error("readiness: the database doesn't answer: %s", error)
        return report | {"database": "unavailable"}
    report |= _search_state()

    answers = report["search"] == report["cache"] == "ok" and report["search_circuit"] != "open"
    ages = (report["oldest_duty_seconds"], report["oldest_index_change_seconds"])
    in_time = all(age is None or age <= LATE_SECONDS for age in ages)
    report["status"] = "ready" if answers and in_time else "degraded"
    return report


def _missing_migrations() -> bool:
    applied = set(MigrationRecorder(connection).applied_migrations())
    if _last_migrations() <= applied:
        return False
    # A squashed migration counts as applied by those it replaces: the executor knows, and takes its time.
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@remember
def _last_migrations() -> frozenset[tuple[str, str]]:
    """The last migration of every app; they lie on disk and stay the same while the process lives."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _oldest_duty() -> tuple[str | None, int | None]:
    """Return the kind of the oldest unprocessed duty and its age in seconds."""
    oldest: dict[str, datetime] = {}
    now = timezone.now()
    for name, (model, unprocessed, since) in settings.DUTIES.items():
        rows = apps.get_model(model)._default_manager.filter(**unprocessed, **{f"{since}__lte": now})
        first = rows.order_by(since).values_list(since, flat=True).first()
        if first:
            oldest[name] = first
    if not oldest:
        return None, None
    name = min(oldest, key=lambda duty: oldest[duty])
    return name, _age(oldest[name])


def _search_state() -> dict[str, Any]:
    try:
        state = import_string(settings.SEARCH_STATE)()
    except Exception:
        # Whatever is wrong with an engine, the shop is open; the log has the cause.
        logger.exception("readiness: search doesn't answer")
        return {"search": "unavailable"}
    return {
        "search": "ok" if state.answers else "unavailable",
        **({"search_advice": state.advice} if state.advice else {}),
        "search_circuit": str(state.circuit),
        "oldest_index_change_seconds": _age(state.oldest_change) if state.oldest_change else None,
        "index_failures": state.failing,
    }


def _cache_state() -> str:
    mark = timezone.now().isoformat()
    try:
        cache.set(_PROBE_KEY, mark, timeout=30)
        # Another process may have written between the two lines.
        return "ok" if cache.get(_PROBE_KEY) is not None else "unavailable"
    except Exception:
        logger.exception("readiness: the cache doesn't answer")
        return "unavailable"


def _age(moment: datetime) -> int:
    return max(0, int((timezone.now() - moment).total_seconds()))
