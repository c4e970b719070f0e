"""`manage.py draw_demo`: draws the demonstration's packs ahead of `load_demo`, which takes those that lie ready."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from marketplace.demo.drawings.ahead import draw_ahead
from marketplace.demo.loading import expected_pictures
from marketplace.demo.pictures import drawn_folder


class Command(BaseCommand):
    help = "Draws the packs of the demonstration ahead of load_demo; needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--processes", type=int, default=max(1, (os.cpu_count() or 1) - 1))

    def handle(self, *args: Any, **options: Any) -> None:
        draw_ahead(expected_pictures(), drawn_folder(), processes=options["processes"])
