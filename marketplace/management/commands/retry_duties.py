"""After a person has looked: let duties that were given up be tried again."""

from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db.models import QuerySet
from django.utils import timezone

from marketplace.duties import PENDING

FAILED = "failed"


class Command(BaseCommand):
    help = "Shows the duties that were given up; with a name, lets those be tried again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("duty", nargs="?", choices=sorted(_duties()))

    def handle(self, *args: Any, duty: str | None, **options: Any) -> None:
        if duty is None:
            for name, failed in _duties().items():
                self.stdout.write(f"{name}: {failed.count()}")
            return
        retried = _duties()[duty].update(state=PENDING, attempts=0, next_try_at=timezone.now())
        self.stdout.write(f"{duty}: {retried} will be tried again")


def _duties() -> dict[str, QuerySet[Any]]:
    """Return the rows that were given up, by the name that `settings.DUTIES` gives them."""
    return {
        name: apps.get_model(model)._default_manager.filter(state=FAILED)
        for name, (model, unprocessed, _) in settings.DUTIES.items()
        if unprocessed == {"state": PENDING}
    }
