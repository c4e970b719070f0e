"""`search_evaluate` and `search_explain`: what they print of good and bad files, and of goods found and not found."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalogue.models import Product
from search.engines.base import SearchEngine
from search.evaluation import score_query
from search.judgments import JudgedQuery, read_judgments
from search.rebuilding import rebuild_index
from tests.factories.lists import HEADER, csv_file, imported, row

pytestmark = pytest.mark.django_db


def import_two_goods() -> None:
    """Tea and honey of one list; the rows' own codes are R1 and R2."""
    place = {"producer": "HTX Sương Mai", "address": "xã Đức Trọng, tỉnh Lâm Đồng", "date": "10/01/2026"}
    rows = [
        ["R1", *row(product="Trà atiso túi lọc", **place)[1:]],
        ["R2", *row(product="Mật ong rừng", stars="3 sao", **place)[1:]],
    ]
    imported(csv_file([["record id", *HEADER[1:]], *rows]), source="list")


@pytest.fixture
def shop(search_index: SearchEngine) -> None:
    import_two_goods()
    rebuild_index()


def judgments(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "judgments.csv"
    path.write_text("query,kind,source,key,grade\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def run(command: str, *arguments: str, **options: object) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command(command, *arguments, stdout=out, stderr=err, no_color=True, **options)
    return out.getvalue(), err.getvalue()


# -- search_evaluate --------------------------------------------------------------------------------


def test_the_figures_are_the_last_line(shop: None, tmp_path: Path) -> None:
    path = judgments(tmp_path, "trà,plain,list,R1,3", "mat ong,noaccent,list,R2,3", "iphone,zero,,,")

    out, _ = run("search_evaluate", str(path), json=True)

    assert json.loads(out.splitlines()[-1]) == {
        "ndcg@10": 1.0,
        "mrr": 1.0,
        "recall@20": 1.0,
        "zero": 1.0,
        "kinds": {"plain": {"ndcg@10": 1.0, "queries": 1}, "noaccent": {"ndcg@10": 1.0, "queries": 1}},
    }


@pytest.mark.parametrize("engine", ["embedded", None])
def test_the_worst_queries_are_named_with_what_came_instead(
    shop: None, tmp_path: Path, engine: str | None
) -> None:
    wrong = [f"trà {number},plain,list,R2,3" for number in range(25)]
    path = judgments(
        tmp_path, "trà,plain,list,R2,3", "mật ong,zero,,,", "mật ong rừng,plain,list,R2,3", *wrong
    )

    out, _ = run("search_evaluate", str(path), engine=engine)

    worst = out[out.index("Worst") :]
    assert worst.splitlines()[1:6] == [
        "0.00 mật ong  (zero)",
        "     came: Mật ong rừng",
        "0.00 trà  (plain)",
        "     came: Trà atiso túi lọc",
        "     missed 1: Mật ong rừng",
    ]
    assert worst.count("0.00 ") == 20
    assert "mật ong rừng  (plain)" not in worst
    assert " on embedded." in out


def test_a_row_that_is_no_good_of_the_shop_counts_as_not_found(shop: None, tmp_path: Path) -> None:
    path = judgments(tmp_path, "trà,plain,list,R1,3", "trà,plain,list,R9,3")

    out, err = run("search_evaluate", str(path), json=True)

    assert "1 judged rows lead to no good of this shop and count as not found: list R9" in err
    assert json.loads(out.splitlines()[-1])["recall@20"] == 0.5


def test_wrong_rows_are_named_and_left_out(shop: None, tmp_path: Path) -> None:
    path = judgments(
        tmp_path,
        "trà,plain,list,R1,3",
        "trà,plain,list,R1,3",
        "trà,plain,list,R2,9",
        ",plain,list,R2,3",
        "trà,plain,,R2,3",
        "bia,zero,list,R2,",
        "trà,zero,,,",
    )

    _, err = run("search_evaluate", str(path))

    lines = [line for line in err.splitlines() if line.startswith("Line")]
    assert lines == [
        "Line 3 is left out: list R1 was judged for this query before.",
        "Line 4 is left out: the grade “9” is not 1, 2 or 3.",
        "Line 5 is left out: the query is empty.",
        "Line 6 is left out: source and key must name a row of an imported list.",
        "Line 7 is left out: a query that must find nothing names a row.",
        "Line 8 is left out: the query must find nothing in one row and something in another.",
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [("query,kind\ntrà,plain\n", "lacks the columns: source, key, grade"), ("query,kind,source,key,grade\n", "judges no query")],
)  # fmt: skip
def test_a_file_that_judges_nothing_is_refused(shop: None, tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(CommandError, match=reason):
        run("search_evaluate", str(path))


def test_an_index_that_lags_behind_is_said_and_not_used(search_index: SearchEngine, tmp_path: Path) -> None:
    import_two_goods()
    path = judgments(tmp_path, "trà,plain,list,R1,3")

    out, err = run("search_evaluate", str(path), json=True)

    assert "2 goods wait for the search index" in err
    assert json.loads(out.splitlines()[-1])["ndcg@10"] == 1.0


def test_gains_double_and_ranks_discount() -> None:
    query = JudgedQuery("trà", "plain", {("list", "A"): 3, ("list", "B"): 1})

    score = score_query(query, (9, 1, 2), {("list", "A"): 1, ("list", "B"): 2})

    assert score.ndcg == pytest.approx((7 / 1.58496 + 1 / 2) / (7 + 1 / 1.58496), abs=1e-4)
    assert (score.reciprocal_rank, score.recall, score.unjudged) == (0.5, 1.0, pytest.approx(1 / 3))


def test_the_same_query_of_two_kinds_counts_in_both(tmp_path: Path) -> None:
    queries, faults = read_judgments(judgments(tmp_path, "trà,plain,list,R1,3", "trà,sector,list,R1,3"))

    assert ([query.kind for query in queries], faults) == (["plain", "sector"], [])


# -- search_explain ---------------------------------------------------------------------------------


def test_a_hits_parts_add_up_to_its_score(shop: None) -> None:
    out, _ = run("search_explain", "trà đức trọng", "R1")

    score = float(next(line for line in out.splitlines() if line.startswith("rank")).rsplit(" ", 1)[1])
    parts = [float(line.split()[1]) for line in out.splitlines() if line.startswith("  +")]
    assert "rank 1 of 1" in out
    assert "place: đức trọng (binds)" in out
    assert sum(parts) == pytest.approx(score, abs=0.05)


def test_what_a_good_lacks_is_named(shop: None) -> None:
    out, _ = run("search_explain", "trà", str(Product.objects.get(title_vi="Mật ong rừng").pk))

    assert "not among the 1 goods found" in out
    assert "missing" in out


def test_an_unknown_key_is_refused(shop: None) -> None:
    with pytest.raises(CommandError, match="No good of the key X"):
        run("search_explain", "trà", "X")
