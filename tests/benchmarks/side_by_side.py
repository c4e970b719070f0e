"""The shop's engine beside PostgreSQL's own full-text search with `unaccent`: the same goods, the same queries.

Run by `make bench-search` in the environment of one shop on PostgreSQL; prints one line of JSON. PostgreSQL gets what a careful
shop would give it: weighted vectors of name, producer, kind and place, and descriptions, a GIN index, `websearch_to_tsquery`, and
where no good has every word those that have any.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROUNDS = 8
PAGE = 24
_CONFIGURATION = """
CREATE EXTENSION IF NOT EXISTS unaccent;
DROP TABLE IF EXISTS bench_full_text;
DROP TEXT SEARCH CONFIGURATION IF EXISTS bench_unaccent;
CREATE TEXT SEARCH CONFIGURATION bench_unaccent (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION bench_unaccent ALTER MAPPING FOR asciiword, word, hword, hword_part, hword_asciipart, numword
    WITH unaccent, simple;
"""
_TABLE = """
CREATE TABLE bench_full_text AS
SELECT good.id,
    setweight(to_tsvector('bench_unaccent', concat_ws(' ', good.title_vi, good.title_en, good.ocop_code)), 'A')
    || setweight(to_tsvector('bench_unaccent', coalesce(producer.name, '')), 'B')
    || setweight(to_tsvector('bench_unaccent', concat_ws(' ', kind.name_vi, kind.name_en, sector.name_vi, sector.name_en,
        commune.name, province.name, producer.address_text)), 'C')
    || setweight(to_tsvector('bench_unaccent', concat_ws(' ', good.description_vi, good.description_en, good.ingredients_vi,
        good.origin_vi, good.usage_vi)), 'D') AS words
FROM catalogue_product good
    LEFT JOIN partner_partner producer ON producer.id = good.producer_id
    LEFT JOIN catalogue_productset kind ON kind.number = coalesce(good.product_set_id, good.suggested_set_id)
    LEFT JOIN catalogue_sector sector ON sector.code = coalesce(good.sector_id, kind.sector_id)
    LEFT JOIN places_commune commune ON commune.code = coalesce(good.commune_id, producer.commune_id)
    LEFT JOIN places_province province ON province.code = commune.province_id
WHERE good.structure = 'parent';
CREATE INDEX bench_full_text_words ON bench_full_text USING gin (words);
ANALYZE bench_full_text;
"""
_FIND = """
SELECT id, count(*) OVER () FROM bench_full_text, query
WHERE words @@ query.asked ORDER BY ts_rank(words, query.asked) DESC, id LIMIT %s
"""
_EVERY_WORD = f"WITH query AS (SELECT websearch_to_tsquery('bench_unaccent', %s) AS asked) {_FIND}"
_ANY_WORD = (
    "WITH query AS (SELECT replace(plainto_tsquery('bench_unaccent', %s)::text, '&', '|')::tsquery AS asked) "
    f"{_FIND}"
)


def main() -> int:
    """Measure what the arguments ask for and print it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["fill", "speed", "relevance"])
    parser.add_argument("queries", nargs="*")
    options = parser.parse_args()
    import django

    django.setup()
    if options.what == "fill":
        _fill()
        return 0
    seconds, goods = _index_in_postgresql()
    if options.what == "speed":
        report: dict[str, object] = {
            "engine": _times(_shop_finder(), options.queries),
            "postgresql": _times(_find_in_postgresql, options.queries),
            "postgresql_goods_a_second": goods / seconds,
        }
    else:
        report = {"engine": _relevance(_shop_finder()), "postgresql": _relevance(_find_in_postgresql)}
    print(json.dumps(report))
    return 0


def _fill() -> None:
    """Load the goods that the repository's judgments speak of, without their pictures."""
    from marketplace.demo import goods as demo_goods
    from marketplace.demo.loading import import_decisions_of_lam_dong
    from marketplace.demo.people import people_load

    demo_goods.picture_give = lambda *_arguments, **_keywords: None
    people = people_load()
    import_decisions_of_lam_dong(people["admin"])
    demo_goods.goods_fill(
        by=people["admin"], verifier=people["verifier"], on_progress=lambda _done, _total: None
    )


# -- PostgreSQL ------------------------------------------------------------------------------------


def _index_in_postgresql() -> tuple[float, int]:
    """Make the vectors and their index; return how long it took, and of how many goods."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_CONFIGURATION)
        started = time.perf_counter()
        cursor.execute(_TABLE)
        seconds = time.perf_counter() - started
        cursor.execute("SELECT count(*) FROM bench_full_text")
        return seconds, cursor.fetchone()[0]


def _find_in_postgresql(text: str, size: int) -> list[int]:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in (_EVERY_WORD, _ANY_WORD):
            cursor.execute(statement, [text, size])
            if rows := cursor.fetchall():
                return [good for good, _total in rows]
    return []


# -- the shop --------------------------------------------------------------------------------------


def _shop_finder() -> Callable[[str, int], list[int]]:
    """Return what finds goods in the engine in use: interpretation and search, without filters and counts."""
    from django.utils import timezone

    from search.engines.base import get_engine
    from search.query import SearchQuery
    from search.selectors import find_in

    engine = get_engine()
    words = engine.vocabulary()
    now = timezone.now()

    def find(text: str, size: int) -> list[int]:
        query = SearchQuery(at=now, text=text, adult=True, page_size=size, with_facets=False)
        return find_in(engine, query, words)[1].product_ids

    return find


# -- measuring -------------------------------------------------------------------------------------


def _times(find: Callable[[str, int], list[int]], queries: Iterable[str]) -> dict[str, float]:
    """Return the median and the 95th percentile of a search, in milliseconds."""
    queries = list(queries)
    for text in queries:
        find(text, PAGE)
    taken = []
    for _round in range(ROUNDS):
        for text in queries:
            started = time.perf_counter()
            find(text, PAGE)
            taken.append(1_000 * (time.perf_counter() - started))
    return {"median": statistics.median(taken), "late": statistics.quantiles(taken, n=20)[-1]}


def _relevance(find: Callable[[str, int], list[int]]) -> dict[str, object]:
    """Return what `search_evaluate --json` says of the repository's judgments."""
    import search
    from search.evaluation import DEPTH, evaluate, goods_of_rows
    from search.judgments import read_judgments

    queries, _faults = read_judgments(Path(search.__file__).parent / "data" / "judgments_lam_dong.csv")
    goods = goods_of_rows(row for query in queries for row in query.grades)
    return evaluate(queries, goods=goods, find=lambda text: find(text, DEPTH)).as_json()


if __name__ == "__main__":
    sys.exit(main())
