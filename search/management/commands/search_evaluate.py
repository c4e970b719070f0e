"""`manage.py search_evaluate FILE.csv`: how well the search finds what people judged relevant."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from search.change_queue import pending_changes
from search.engines.base import SearchEngine, get_engine
from search.errors import SearchUnavailable
from search.evaluation import DEPTH, Evaluation, QueryScore, evaluate, goods_of_rows, names_of_goods
from search.judgments import JudgedQuery, UnreadableJudgments, read_judgments
from search.query import SearchQuery
from search.scratch import EngineKind, kind_in_use, scratch_engine
from search.selectors import find_in

_SHOWN_GOODS = 3
_SHOWN_ROWS = 10


class Command(BaseCommand):
    """Evaluate the search with a file of judgments."""

    help = (
        "Evaluate the search with judgments: a CSV file with the columns query, kind, source, key, grade (1 to 3). "
        "source and key name a row of an imported decision list; kind “zero” with an empty key: nothing must be found."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--engine",
            choices=[kind.value for kind in EngineKind],
            help="default: the engine in use; the other one is filled for this run and removed again",
        )
        parser.add_argument("--json", action="store_true", help="print the figures as JSON in the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            queries, faults = read_judgments(options["file"])
        except UnreadableJudgments as error:
            raise CommandError(str(error)) from error
        for fault in faults:
            self.stderr.write(self.style.WARNING(f"Line {fault.line} is left out: {fault.reason}."))
        if not queries:
            raise CommandError(f"{options['file'].name} judges no query.")
        kind = EngineKind(options["engine"]) if options["engine"] else kind_in_use()
        try:
            evaluation = self._evaluate(queries, kind)
        except SearchUnavailable as error:
            raise CommandError(f"The search can't be evaluated on {kind.value}: {error}") from error
        self._report(evaluation, kind)
        if options["json"]:
            self.stdout.write(json.dumps(evaluation.as_json(), ensure_ascii=False))

    # -- asking -------------------------------------------------------------------------------

    def _evaluate(self, queries: list[JudgedQuery], kind: EngineKind) -> Evaluation:
        goods = goods_of_rows(row for query in queries for row in query.grades)
        if kind is kind_in_use() and (engine := self._engine_in_use()) is not None:
            return evaluate(queries, goods=goods, find=_finder(engine))
        with scratch_engine(kind) as engine:
            return evaluate(queries, goods=goods, find=_finder(engine))

    def _engine_in_use(self) -> SearchEngine | None:
        """Return the engine that visitors search with; None, and say how to mend it, where its index lags behind."""
        engine = get_engine()
        waiting = pending_changes(engine.index_name()).count()
        if not waiting:
            return engine
        self.stderr.write(
            self.style.WARNING(
                f"{waiting} goods wait for the search index; this run fills one of its own. "
                "`manage.py search_rebuild` or a running `manage.py worker` brings the shop's index up to date."
            )
        )
        return None

    # -- reporting ----------------------------------------------------------------------------

    def _report(self, evaluation: Evaluation, kind: EngineKind) -> None:
        figures = evaluation.as_json()
        say = self.stdout.write
        say(
            f"{len(evaluation.judged)} queries and {len(evaluation.zeros)} that must find nothing, on {kind.value}."
        )
        self._report_unknown(evaluation)
        say(
            f"nDCG@10 {figures['ndcg@10']:.4f}   MRR {figures['mrr']:.4f}   recall@20 {figures['recall@20']:.4f}"
        )
        say(f"zero queries that find nothing: {figures['zero']:.4f}")
        say(f"share of the first ten that nobody judged relevant: {evaluation.unjudged:.4f}")
        tuned, apart = evaluation.parts()
        say(f"nDCG@10 of the third kept apart {apart.ndcg:.4f}, of the rest {tuned.ndcg:.4f}")
        say(f"\n{'kind':<24}{'queries':>8}{'nDCG@10':>9}{'MRR':>8}{'recall@20':>11}")
        for name, part in evaluation.kinds().items():
            own = part.as_json()
            say(
                f"{name:<24}{len(part.scores):>8}{own['ndcg@10']:>9.4f}{own['mrr']:>8.4f}{own['recall@20']:>11.4f}"
            )
        worst = evaluation.worst()
        if worst:
            say("\nWorst queries:")
            names = names_of_goods(
                good
                for score in worst
                for good in (*score.found[:_SHOWN_GOODS], *score.missed)
                if isinstance(good, int)
            )
            for score in worst:
                self._report_query(score, names)

    def _report_unknown(self, evaluation: Evaluation) -> None:
        if not evaluation.unknown_rows:
            return
        rows = sorted(evaluation.unknown_rows)
        named = ", ".join(f"{source} {key}" for source, key in rows[:_SHOWN_ROWS])
        more = f" and {len(rows) - _SHOWN_ROWS} more" if len(rows) > _SHOWN_ROWS else ""
        self.stderr.write(
            self.style.WARNING(
                f"{len(rows)} judged rows lead to no good of this shop and count as not found: {named}{more}. "
                "`manage.py import_decisions` brings lists in; source is the file's name without its ending."
            )
        )

    def _report_query(self, score: QueryScore, names: dict[int, str]) -> None:
        query = score.query
        self.stdout.write(f"{score.ndcg:.2f} {query.text}  ({query.kind})")
        came = "; ".join(names.get(good, str(good)) for good in score.found[:_SHOWN_GOODS]) or "nothing"
        self.stdout.write(f"     came: {came}")
        if score.missed:
            missed = [
                names.get(good, str(good)) if isinstance(good, int) else " ".join(good)
                for good in score.missed[:_SHOWN_GOODS]
            ]
            self.stdout.write(f"     missed {len(score.missed)}: {'; '.join(missed)}")


def _finder(engine: SearchEngine) -> Callable[[str], list[int]]:
    """Return how an adult buyer's searches are answered by ``engine``."""
    vocabulary = engine.vocabulary()
    now = timezone.now()

    def find(text: str) -> list[int]:
        query = SearchQuery(at=now, text=text, adult=True, page_size=DEPTH, with_facets=False)
        return find_in(engine, query, vocabulary)[1].product_ids

    return find
