"""Gather the strings of code and templates into the Vietnamese catalogue."""

from typing import Any

from django.core.management.base import BaseCommand

from marketplace import translations


class Command(BaseCommand):
    help = "Brings marketplace/locale/vi/LC_MESSAGES/django.po up to date and names what lacks Vietnamese."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        count = translations.update_catalogue()
        missing = translations.untranslated()
        self.stdout.write(f"{count} strings, {len(missing)} without Vietnamese.")
        for message in missing:
            self.stdout.write(f"  {translations.describe(message)}")
