"""Compile the Vietnamese catalogue by Babel: Django's own `compilemessages` needs the gettext programs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace import translations


class Command(BaseCommand):
    help = "Compiles the Vietnamese catalogue; with --check it refuses any string of ours without Vietnamese, or with two."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail on strings without Vietnamese")

    def handle(self, *args: Any, **options: Any) -> None:
        translations.compile_catalogue(force=True)
        if not options["check"]:
            return
        problems = [translations.describe(message) for message in translations.untranslated()]
        problems += [
            f"{translations.describe(message)}: {fault}" for message, fault in translations.with_faults()
        ]
        problems += [f"two wordings: {words}" for words in translations.with_two_wordings()]
        if problems:
            raise CommandError("\n".join(["These strings need their Vietnamese, and one each:", *problems]))
        self.stdout.write("Every string of ours has its Vietnamese.")
