"""`manage.py load_demo`: the demonstration; with `--products N`, synthetic goods for measuring."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from marketplace.demo.loading import demo_load
from marketplace.demo.synthetic import synthetic_load
from marketplace.progress import ProgressBar


class Command(BaseCommand):
    help = "Loads the demonstration once, or makes N synthetic certified goods with producers and orders."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--products", type=int, default=0, help="make this many synthetic goods instead")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["products"]:
            made = synthetic_load(count=options["products"], say=self.stdout.write)
            self.stdout.write(f"{made} synthetic goods made.")
        else:
            demo_load(say=self.stdout.write, on_progress=ProgressBar(self.stdout).show)
