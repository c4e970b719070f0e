"""`manage.py search_explain "QUERY" KEY`: why a good is found, at what rank, with what score."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from catalogue.certification.imports.models import ImportRow
from catalogue.models import Product
from search.engines.base import get_engine
from search.errors import SearchUnavailable
from search.explanation import Explanation, Finding, Obstacle, explain
from search.query import SearchQuery


class Command(BaseCommand):
    """Explain one hit."""

    help = "Say why a search finds a good, at what rank and with what score; or what the good lacks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("query", help="what a buyer types")
        parser.add_argument(
            "key", help="a good's number, its OCOP product code, or its key in an imported list"
        )
        parser.add_argument(
            "--minor", action="store_true", help="as somebody who hasn't declared to be of age"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        product_id = self._product(options["key"])
        query = SearchQuery(at=timezone.now(), text=options["query"], adult=not options["minor"])
        try:
            engine = get_engine()
            explanation = explain(engine, query, engine.vocabulary(), product_id)
        except SearchUnavailable as error:
            raise CommandError(f"The search engine does not answer: {error}") from error
        self._report(explanation, Product.objects.get(pk=product_id))

    def _product(self, key: str) -> int:
        goods = Product.objects.filter(structure=Product.PARENT)
        found = set(goods.filter(ocop_code=key).values_list("pk", flat=True))
        found |= set(
            ImportRow.objects.filter(key=key, product__isnull=False).values_list("product_id", flat=True)
        )
        if key.isdigit():
            found |= set(goods.filter(pk=int(key)).values_list("pk", flat=True))
        if len(found) != 1:
            reason = "No good" if not found else f"{len(found)} goods"
            raise CommandError(
                f"{reason} of the key {key}: name its number, its product code or its row of a list."
            )
        product_id: int = found.pop()
        return product_id

    def _report(self, explanation: Explanation, good: Product) -> None:
        say = self.stdout.write
        interpretation = explanation.interpretation
        say(f"{good.title_vi} ({good.pk})")
        say(
            f"understood: {interpretation.understood or '—'}"
            + (" (corrected)" if interpretation.corrected else "")
        )
        for intent in interpretation.intents:
            say(f"  {intent.kind.value}: {intent.said}" + (" (binds)" if intent.binds else ""))
        if explanation.finding is Finding.NOT_SHOWN:
            say("The rule of sale doesn't let this good be shown now, so no search finds it.")
            if explanation.verdict is not None:
                say(f"  {explanation.verdict.reason.value}: {explanation.verdict.reason.text}")
            return
        if explanation.finding is Finding.FOUND:
            say(f"rank {explanation.rank} of {explanation.total}, score {explanation.score:.2f}")
        else:
            say(f"not among the {explanation.total} goods found")
        for reason in explanation.reasons:
            if reason.obstacle is not Obstacle.MISSING:
                say(f"  – {reason.obstacle.value}")
        for part in explanation.parts:
            if part.holds:
                say(
                    f"  + {part.score:6.2f}  {part.asked.value}: {part.expression}  [{', '.join(part.where)}]"
                )
            elif part.required:
                say(f"  – missing  {part.asked.value}: {part.expression}")
