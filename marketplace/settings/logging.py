"""Logs: for a person in development, for a machine in production, with the request's id in both."""

import logging
from typing import Any


def _is_trouble(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING


def logging_config(*, as_json: bool, level: str) -> dict[str, Any]:
    """Return Django's `LOGGING`: everything to the standard error, one line (or one JSON object) an event."""
    formatter: dict[str, Any] = (
        {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s %(correlation_id)s",
            "rename_fields": {
                "asctime": "time",
                "levelname": "level",
                "name": "logger",
                "correlation_id": "request_id",
            },
            "json_ensure_ascii": False,
        }
        if as_json
        else {"format": "{levelname:<7} {name}: {message} [{correlation_id}]", "style": "{"}
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "request_id": {"()": "django_guid.log_filters.CorrelationId"},
            "trouble": {"()": "django.utils.log.CallbackFilter", "callback": _is_trouble},
        },
        "formatters": {"line": formatter},
        "handlers": {
            "stream": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}
        },
        "root": {"handlers": ["stream"], "level": level},
        "loggers": {
            # Django's own handlers would print a second time.
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            # Says at each request that an id was made for it.
            "django_guid": {"level": "WARNING"},
            # Tells of every letter of a PDF.
            "fontTools": {"level": "WARNING"},
            # Each page published, each task begun and done: for an audit, not for a person who looks for the shop's address.
            "wagtail": {"level": "INFO" if as_json else "WARNING"},
            # Their worker sets their level itself.
            **{
                name: {"filters": [] if as_json else ["trouble"]}
                for name in ("django_tasks", "django_tasks_db")
            },
        },
    }
