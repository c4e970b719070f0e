"""Proves that the money adds up: orders, payments, ledger and providers' reports."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from checkout.settlement.catching_up import ledger_catch_up
from checkout.settlement.models import LedgerEntry
from checkout.settlement.reconciliation.models import Difference
from checkout.settlement.reconciliation.services import all_differences


class Command(BaseCommand):
    help = (
        "Holds orders, payments and providers' reports against the ledger, and the ledger against its own figures. "
        "Prints what differs and ends with an exit code that isn't 0. Changes nothing, unless told to catch up."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--catch-up",
            action="store_true",
            help="first book what happened before the ledger was there (safe to do again)",
        )

    def handle(self, *args: Any, catch_up: bool, **options: Any) -> None:
        if catch_up:
            self.stdout.write(f"{ledger_catch_up()} entries booked")
        found = all_differences()
        for one in found:
            self.stdout.write(
                f"{one.key}: {Difference.Kind(one.kind).label} (expected {one.expected}, found {one.found}) {one.detail}"
            )
        entries = LedgerEntry.objects.count()
        if found:
            raise CommandError(f"{len(found)} differences in {entries} entries", returncode=1)
        self.stdout.write(self.style.SUCCESS(f"{entries} entries: everything adds up"))
