"""The goods of Lâm Đồng's published lists, found as people type."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from marketplace.demo import accounts
from search.documents import GoodDocument, named_texts, texts
from search.engines.embedded import EmbeddedEngine
from search.facts import facts_of_names, facts_of_texts
from search.gazetteer import gazetteer
from search.query import SearchQuery
from search.selectors import find_in

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LIST = Path(accounts.__file__).parent / "data" / "ocop_lam_dong.csv"


@pytest.fixture(scope="module")
def find(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[str]]:
    with LIST.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    engine = EmbeddedEngine(tmp_path_factory.mktemp("goods"))
    engine.write(
        GoodDocument(
            product_id=number,
            number=0,
            version=1,
            true_from=0,
            true_until=2**40,
            name=named_texts([row["product_name"]]),
            maker=texts([row["producer_name"]], is_name=True),
            facts=(
                *facts_of_names([row["product_name"]]),
                *facts_of_texts([row["product_name"]]),
                *gazetteer().facts_in(f"{row['address']} {row['legacy_region']}"),
            ),
            stars=int(row["stars"]),
            producer=number,
            created_at=NOW,
            alcohol="Rượu" in row["product_name"],
        )
        for number, row in enumerate(rows)
    )
    vocabulary = engine.vocabulary()

    def names(text: str) -> list[str]:
        query = SearchQuery(at=NOW, text=text, page_size=60, with_facets=False)
        _, result = find_in(engine, query, vocabulary)
        every_word = result.interpretation.least_score
        return [rows[hit.product_id]["product_name"] for hit in result.hits if hit.score >= every_word]

    return names


@pytest.mark.parametrize(
    ("typed", "first", "total"),
    [
        ("ca phe", "Cà phê Rin", 6),
        ("caf phee", "Cà phê Rin", 6),
        ("cf", "", 6),
        ("tra2 bi1 d9ao", "Trà Bí đao", 1),
        ("mac ca", "Hạt Mắc ca Mơ Nông", 5),
        ("macadamia", "", 5),
        ("nuoc mam 40 do dam", "", 2),
        ("nước mắm 4 sao", "Nước mắm Mẫu Hoàng", 6),
        ("dâu tằm", "Dâu tằm trái tươi", 1),
        ("dâu tây", "", 0),
        ("dứa sấy", "Thơm sấy dẻo", 1),
        ("dongtrunghathao", "", 5),
        ("đtht", "", 5),
        ("chanh leo", "Chanh dây sấy dẻo", 2),
        ("nam huong tuoi", "Nấm hương Phú Thịnh tươi", 1),
        ("gạo st25", "Gạo sạch Bắc Ruộng ST25", 1),
        ("hạt điều", "Hạt Điều rang muối", 1),
        ("dac nong", "", 20),
        ("Đăk Nông", "", 20),
        ("be champ coffee", "", 4),
        ("ca den", "", 2),
        ("chè", "", 3),
        ("htx long việt", "Mắc ca Lê Anh Tuy Đức", 1),
        ("hoà tan", "Bechamp Coffee Hòa Tan Nấm Linh Chi", 1),
        ("cordicep", "", 5),
        ("mua nước mắm ở phan thiết", "", 5),
        ("đặc sản phan thiet", "", 6),
        ("đặc sản", "", 57),
        ("san pham ocop", "", 57),
        ("rượu", "", 0),
        ("ruou gao", "", 0),
        ("xe máy", "", 0),
    ],
)
def test_goods_of_lam_dong(find: Callable[[str], list[str]], typed: str, first: str, total: int) -> None:
    found = find(typed)

    assert len(found) == total
    assert not first or found[0] == first
