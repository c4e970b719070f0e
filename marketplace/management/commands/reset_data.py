"""`make reset`: forget all local state, so that the next `make run` begins as in a fresh clone."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Deletes everything in DATA_DIR: database, media, index, cache."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        data_dir = Path(settings.DATA_DIR)
        if settings.SETTINGS_MODULE == "marketplace.settings.production":
            raise CommandError("This is production; nothing was deleted.")
        if not settings.IS_SQLITE:
            raise CommandError("DATABASE_URL names a database server: drop that database yourself.")
        if data_dir != settings.BASE_DIR / "var" and not (data_dir / "ocop.sqlite3").exists():
            raise CommandError(f"{data_dir} holds no database of ours; nothing was deleted.")
        for path in data_dir.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        self.stdout.write(f"{data_dir} is empty; `make run` begins anew.")
