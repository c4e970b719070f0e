"""How well the search finds what people judged relevant: nDCG@10, MRR, recall@20, and what came instead.

nDCG counts a gain of ``2^grade - 1`` at rank *r* as ``gain / log2(r + 1)``, in proportion to the best order of all
judged goods. MRR is 1 over the rank of the first relevant good among the first twenty, recall@20 the share of the
relevant goods among them. Judged goods that aren't in the shop count as not found.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final

from catalogue.certification.imports.models import ImportRow
from catalogue.models import Product
from search.judgments import ZERO, JudgedQuery, RowName

DEPTH: Final = 20
_FIRST: Final = 10
#: How many of the worst queries a report names.
WORST: Final = 20

#: Returns the ids of the first goods found for a text, best first, at most `DEPTH`.
Finder = Callable[[str], Sequence[int]]


@dataclass(frozen=True, slots=True)
class QueryScore:
    """What became of one query. ``found`` are the ids of the first goods found, ``missed`` judged ones not among ten."""

    query: JudgedQuery
    found: tuple[int, ...]
    ndcg: float = 0.0
    reciprocal_rank: float = 0.0
    recall: float = 0.0
    unjudged: float = 0.0
    missed: tuple[int | RowName, ...] = ()

    @property
    def kept_silent(self) -> bool:
        """Whether nothing was found, as a `zero` query asks for."""
        return not self.found


@dataclass(frozen=True)
class Evaluation:
    """The scores of all queries, and the judged rows that lead to no good of this shop."""

    scores: tuple[QueryScore, ...]
    unknown_rows: frozenset[RowName] = frozenset()

    @property
    def judged(self) -> list[QueryScore]:
        """The queries for which something is relevant."""
        return [score for score in self.scores if score.query.kind != ZERO]

    @property
    def zeros(self) -> list[QueryScore]:
        """The queries that must find nothing."""
        return [score for score in self.scores if score.query.kind == ZERO]

    @property
    def ndcg(self) -> float:
        """Mean nDCG@10 over the queries for which something is relevant."""
        return _mean(score.ndcg for score in self.judged)

    @property
    def zero_share(self) -> float:
        """Share of `zero` queries that find nothing; 1 where there is none."""
        return _mean((float(score.kept_silent) for score in self.zeros), empty=1.0)

    @property
    def unjudged(self) -> float:
        """Mean share of the first ten that nobody judged relevant."""
        return _mean(score.unjudged for score in self.judged)

    def kinds(self) -> dict[str, Evaluation]:
        """Return the same by kind, in the order of the file."""
        grouped: dict[str, list[QueryScore]] = defaultdict(list)
        for score in self.judged:
            grouped[score.query.kind].append(score)
        return {kind: Evaluation(tuple(scores)) for kind, scores in grouped.items()}

    def parts(self) -> tuple[Evaluation, Evaluation]:
        """Return the queries that rules were made with, and the third that is kept apart."""
        apart = [score for score in self.scores if score.query.kept_apart]
        rest = [score for score in self.scores if not score.query.kept_apart]
        return Evaluation(tuple(rest)), Evaluation(tuple(apart))

    def worst(self) -> list[QueryScore]:
        """Return the queries that fare worst: loud zero queries, then the lowest nDCG."""
        failed = [score for score in self.scores if _result(score) < 1.0]
        return sorted(failed, key=lambda score: (_result(score), score.query.text))[:WORST]

    def as_json(self) -> dict[str, Any]:
        """Return the figures under the names that `search_evaluate --json` prints."""
        return {
            "ndcg@10": round(self.ndcg, 4),
            "mrr": round(_mean(score.reciprocal_rank for score in self.judged), 4),
            "recall@20": round(_mean(score.recall for score in self.judged), 4),
            "zero": round(self.zero_share, 4),
            "kinds": {
                kind: {"ndcg@10": round(part.ndcg, 4), "queries": len(part.scores)}
                for kind, part in self.kinds().items()
            },
        }


def evaluate(queries: Iterable[JudgedQuery], *, goods: Mapping[RowName, int], find: Finder) -> Evaluation:
    """Ask every query and score what comes. ``goods`` leads rows of imported lists to goods of the shop."""
    scores = []
    unknown: set[RowName] = set()
    for query in queries:
        unknown.update(row for row in query.grades if row not in goods)
        scores.append(score_query(query, tuple(find(query.text)[:DEPTH]), goods))
    return Evaluation(tuple(scores), frozenset(unknown))


def score_query(query: JudgedQuery, found: tuple[int, ...], goods: Mapping[RowName, int]) -> QueryScore:
    """Score the goods found for one query; rows that lead to the same good count once, with the best grade."""
    grades: dict[int | RowName, int] = {}
    for row, grade in query.grades.items():
        good = goods.get(row, row)
        grades[good] = max(grade, grades.get(good, 0))
    if not grades:
        return QueryScore(query, found, unjudged=float(bool(found)))
    ranks = [rank for rank, good in enumerate(found, start=1) if good in grades]
    first = found[:_FIRST]
    best = _discounted(sorted(grades.values(), reverse=True)[:_FIRST])
    return QueryScore(
        query=query,
        found=found,
        ndcg=_discounted([grades.get(good, 0) for good in first]) / best,
        reciprocal_rank=1 / ranks[0] if ranks else 0.0,
        recall=len(ranks) / len(grades),
        unjudged=sum(good not in grades for good in first) / len(first) if first else 0.0,
        missed=tuple(good for good in grades if good not in first),
    )


def goods_of_rows(rows: Iterable[RowName]) -> dict[RowName, int]:
    """Return the good that each row of an imported list became, in one query; rows without one are left out."""
    wanted = set(rows)
    kept = ImportRow.objects.filter(source__in={source for source, _ in wanted}, product__isnull=False)
    return {
        (source, key): good
        for source, key, good in kept.values_list("source", "key", "product_id")
        if (source, key) in wanted and good is not None
    }


def names_of_goods(goods: Iterable[int]) -> dict[int, str]:
    """Return the Vietnamese names of goods by id, for a report."""
    return dict(Product.objects.filter(pk__in=set(goods)).values_list("pk", "title_vi"))


def _discounted(grades: Sequence[int]) -> float:
    return math.fsum((2**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))


def _mean(numbers: Iterable[float], *, empty: float = 0.0) -> float:
    values = list(numbers)
    return fmean(values) if values else empty


def _result(score: QueryScore) -> float:
    if score.query.kind == ZERO:
        return float(score.kept_silent)
    return score.ndcg
