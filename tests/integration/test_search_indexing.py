"""From goods in the database to documents in the index: what is written, when, and what survives."""

import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.certification.models import Certificate, StandardCertificate
from catalogue.certification.programme import rule_book
from catalogue.changes import mark_changed
from catalogue.models import Product, ProductChange
from catalogue.pricing.models import DatedPrice
from marketplace.clock import VIETNAM, day_of, start_of_day
from search import indexing
from search.engines.base import SearchEngine
from search.errors import SearchUnavailable
from search.interpretation import interpret
from search.models import IndexedVersion
from search.query import Facet, SearchQuery, SearchResult
from search.rebuilding import rebuild_index
from search.sources import build_documents
from tests.factories.catalogue import NOW, TODAY, CertificateFactory, PackFactory, shown_good, sold_pack
from tests.factories.scenarios import SCENARIOS, Scenario
from tests.factories.search import ENGINES, make_engine

pytestmark = pytest.mark.django_db
LONG_BEFORE = datetime(2025, 7, 1, tzinfo=VIETNAM)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchEngine]:
    made = make_engine(request.param, tmp_path)
    yield made
    made.delete()


@pytest.fixture
def shop(search_index: SearchEngine, monkeypatch: pytest.MonkeyPatch) -> SearchEngine:
    """The engine that the jobs use, nothing swept yet."""
    monkeypatch.setattr(indexing._sweep, "done_at", None)
    return search_index


def look(
    engine: SearchEngine, text: str = "", *, at: datetime | None = None, adult: bool = False
) -> SearchResult:
    query = SearchQuery(at=at or timezone.now(), text=text, adult=adult)
    return engine.search(query, interpret(text))


def bring_in(engine: SearchEngine) -> None:
    """Write every good into the engine."""
    ids = Product.objects.filter(structure=Product.PARENT).values_list("pk", flat=True)
    engine.write([document for _, made in build_documents(list(ids)).values() for document in made])
    engine.refresh()


def titles(engine: SearchEngine, text: str) -> list[str]:
    ids = look(engine, text).product_ids
    names = dict(Product.objects.filter(pk__in=ids).values_list("pk", "title_vi"))
    return [names[pk] for pk in ids]


# -- the one rule, in the engines -------------------------------------------------------------------


# A few scenarios join a day and a moment of another day, which no visitor can.
@pytest.mark.parametrize(
    "scenario", [item for item in SCENARIOS if item.at == NOW or day_of(item.at) == item.on], ids=str
)
def test_the_engines_show_and_sell_what_the_rule_says(engine: SearchEngine, scenario: Scenario) -> None:
    made = scenario.make()
    good = made.parent if made.structure == Product.CHILD else made
    at = (
        scenario.at if day_of(scenario.at) == scenario.on else start_of_day(scenario.on) + timedelta(hours=10)
    )

    _, documents = build_documents([good.pk], now=LONG_BEFORE)[good.pk]
    engine.write(documents)
    engine.refresh()
    everything = look(engine, at=at, adult=scenario.adult)
    sold = engine.search(SearchQuery(at=at, adult=scenario.adult, sold_only=True), interpret(""))

    assert everything.product_ids == ([good.pk] if scenario.shown else [])
    assert sold.product_ids == ([good.pk] if scenario.sold else [])
    for stars in (3, 4, 5):
        narrowed = SearchQuery(at=at, adult=scenario.adult, filters={Facet.STARS: frozenset({str(stars)})})
        found = engine.search(narrowed, interpret("")).product_ids
        assert found == ([good.pk] if scenario.stars == stars else [])


# -- documents --------------------------------------------------------------------------------------


def test_a_document_for_each_interval_of_price_certificate_and_paper() -> None:
    pack = sold_pack(price=150_000, certificate={"stars": 4, "valid_until": date(2026, 12, 31)})
    CertificateFactory(
        product=pack.parent, stars=3, valid_from=date(2027, 1, 1), valid_until=date(2029, 12, 31)
    )
    DatedPrice.objects.create(
        pack=pack,
        amount=120_000,
        starts_at=NOW + timedelta(days=1),
        ends_at=NOW + timedelta(days=2),
        source="campaign:1",
    )
    StandardCertificate.objects.create(
        standard="vietgap",
        producer=pack.parent.producer,
        valid_from=date(2020, 1, 1),
        valid_until=date(2027, 6, 30),
        verified_at=NOW,
    )

    _, documents = build_documents([pack.parent_id], now=NOW)[pack.parent_id]

    def second(moment: datetime) -> int:
        return int(moment.timestamp())

    new_year, july, end = (
        start_of_day(day) for day in (date(2027, 1, 1), date(2027, 7, 1), date(2030, 1, 1))
    )
    facts = [(made.true_from, made.true_until, made.price, made.stars, made.standards) for made in documents]
    assert facts == [
        (0, second(NOW + timedelta(days=1)), 150_000, 4, ("vietgap",)),
        (second(NOW + timedelta(days=1)), second(NOW + timedelta(days=2)), 120_000, 4, ("vietgap",)),
        (second(NOW + timedelta(days=2)), second(new_year), 150_000, 4, ("vietgap",)),
        (second(new_year), second(july), 150_000, 3, ("vietgap",)),
        (second(july), second(end), 150_000, 3, ()),
    ]
    assert [made.number for made in documents] == [0, 1, 2, 3, 4]


def test_a_good_is_found_by_old_and_new_places_producer_kind_and_pack(engine: SearchEngine) -> None:
    pack = sold_pack(
        producer={"name": "Hợp tác xã Nông sản Mây Ngàn", "legacy_region": "Đắk Nông cũ"},
        pack={"title": "Hũ 250 g"},
        title="Cà phê chồn",
    )
    _, documents = build_documents([pack.parent_id])[pack.parent_id]
    engine.write(documents)
    engine.refresh()

    asked = [
        "htx mây ngàn",
        "đà lạt",
        "lâm đồng",
        "đắk nông",
        "dak nong",
        "xuân hương",
        "thành phố đà lạt",
        "tp đà lạt",
        "tỉnh lâm đồng",
        "đặc sản đà lạt",
        "dac san dalat",
        "hũ 250g",
        "cà phê",
    ]
    assert {text: look(engine, text).total for text in asked} == dict.fromkeys(asked, 1)
    assert look(engine, "phường 9000").total == 0


@pytest.mark.parametrize(
    ("address", "region", "province", "elsewhere"),
    [
        ("Tiểu khu 9, thị trấn Nông trường, huyện Mộc Châu, tỉnh Sơn La", "tây bắc", "14", "đông bắc"),
        ("Ấp 5, xã Nguyễn Phích, huyện U Minh, tỉnh Cà Mau", "miền tây", "96", "tây nguyên"),
        ("Số 1 Lê Lợi, TP Huế, tỉnh Thừa Thiên Huế", "bắc trung bộ", "46", "nam trung bộ"),
        ("Thôn 3, huyện Lâm Hà, tỉnh Lâm Đồng", "tây nguyên", "68", "nam trung bộ"),
    ],
)
def test_a_good_whose_commune_is_not_known_is_found_in_its_region_and_counted_in_its_province(
    engine: SearchEngine, address: str, region: str, province: str, elsewhere: str
) -> None:
    shown_good(title="Trà", producer={"commune": None, "address_text": address})
    bring_in(engine)

    assert titles(engine, f"trà {region}") == ["Trà"]
    if "xã" in address:
        assert titles(engine, "trà xã nguyễn phích") == ["Trà"]
    assert titles(engine, f"trà {elsewhere}") == []
    counted = look(engine, "trà").facets
    assert counted[Facet.PROVINCE] == {province: 1}
    assert sum(counted[Facet.REGION].values()) == 1


def test_an_address_that_does_not_say_which_part_of_a_province_is_meant_is_of_no_region(
    engine: SearchEngine,
) -> None:
    shown_good(title="Trà", producer={"commune": None, "address_text": "Thôn 3, tỉnh Lâm Đồng"})
    bring_in(engine)

    assert titles(engine, "trà lâm đồng") == ["Trà"]
    assert titles(engine, "trà tây nguyên") == titles(engine, "trà nam trung bộ") == []


def test_a_good_is_found_by_the_barcode_of_any_of_its_packs(engine: SearchEngine) -> None:
    pack = sold_pack(title="Trà dây", pack={"upc": "8938505974192"})
    PackFactory(parent=pack.parent, upc="8938505974208")
    sold_pack(title="Trà gừng", pack={"upc": "8938505974215"})
    bring_in(engine)

    for typed in ("8938505974192", "mã vạch 8938505974208", "gtin 8938505974192"):
        assert titles(engine, typed) == ["Trà dây"], typed
    assert titles(engine, "8938505974000") == []


def test_a_good_is_found_by_the_numbers_of_its_certificate(engine: SearchEngine) -> None:
    shown_good(title="Trà dây", certificate={"official_code": "12/GCN-UBND"})
    shown_good(title="Trà gừng", certificate={"official_code": "120/GCN-UBND"})
    bring_in(engine)
    public = Certificate.objects.get(official_code="12/GCN-UBND").public_code

    for typed in ("12/GCN-UBND", "12 gcn ubnd", "giấy chứng nhận 12/gcn-ubnd", public, f"gcn {public}"):
        assert titles(engine, typed) == ["Trà dây"], typed


def test_the_words_of_an_english_name_stand_for_no_vietnamese_ones(engine: SearchEngine) -> None:
    sold_pack(
        title="Nón lá Huế",
        title_en="Conical hat",
        description_en="As long as a man can wear it.",
        pack={"title": "Chiếc", "title_en": "Can"},
    )
    bring_in(engine)

    assert titles(engine, "hat") == ["Nón lá Huế"]
    for typed in ("hạt", "lòng", "mận", "cân"):
        assert titles(engine, typed) == [], typed


def test_building_costs_the_same_queries_for_one_good_and_for_many() -> None:
    sold_pack()
    rule_book()  # read once a minute and process

    def queries(ids: list[int]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            build_documents(ids)
        return len(captured)

    one = queries(list(Product.objects.filter(structure="parent").values_list("pk", flat=True)))
    for _ in range(5):
        pack = sold_pack()
        CertificateFactory(product=pack.parent, valid_from=date(2030, 1, 1), valid_until=date(2031, 1, 1))
    many = queries(list(Product.objects.filter(structure="parent").values_list("pk", flat=True)))

    assert one == many <= 14


# -- the change record ------------------------------------------------------------------------------


def test_a_change_reaches_the_index_once(shop: SearchEngine) -> None:
    good = shown_good(title="Trà atiso")
    mark_changed([good.pk])

    assert (indexing.index_pending(), indexing.index_pending()) == (1, 0)
    assert look(shop, "atiso").product_ids == [good.pk]

    Product.objects.filter(pk=good.pk).update(title_vi="Trà sâm")
    mark_changed([good.pk])
    indexing.index_pending()

    assert look(shop, "atiso").total == 0
    assert look(shop, "sâm").product_ids == [good.pk]


def test_what_is_no_longer_leaves_a_tombstone(shop: SearchEngine) -> None:
    pack = sold_pack()
    DatedPrice.objects.create(
        pack=pack,
        amount=100_000,
        starts_at=timezone.now() - timedelta(days=1),
        ends_at=timezone.now() + timedelta(days=1),
        source="campaign:1",
    )
    mark_changed([pack.parent_id])
    indexing.index_pending()
    assert look(shop).cheapest == 100_000

    DatedPrice.objects.all().delete()
    mark_changed([pack.parent_id])
    indexing.index_pending()
    later = timezone.now() + timedelta(days=2)
    assert [(look(shop, at=at).total, look(shop, at=at).cheapest) for at in (None, later)] == [
        (1, 150_000)
    ] * 2

    Product.objects.filter(pk=pack.parent_id).update(listing=Product.Listing.SUSPENDED)
    mark_changed([pack.parent_id])
    indexing.index_pending()
    assert [look(shop, at=at).total for at in (None, later)] == [0, 0]


def test_a_deleted_good_disappears(shop: SearchEngine) -> None:
    good = shown_good()
    mark_changed([good.pk])
    indexing.index_pending()

    good.certificates.all().delete()
    product_id = good.pk
    good.delete()
    mark_changed([product_id])

    assert indexing.index_pending() == 1
    assert look(shop).total == 0
    assert indexing.index_pending() == 0


def test_changes_are_taken_in_batches(shop: SearchEngine) -> None:
    mark_changed(shown_good().pk for _ in range(5))

    assert [indexing.index_pending(batch=2) for _ in range(4)] == [2, 2, 1, 0]
    assert look(shop).total == 5


def test_an_old_change_that_the_quick_look_misses_is_swept_up(shop: SearchEngine) -> None:
    good = shown_good()
    mark_changed([good.pk])
    ProductChange.objects.update(changed_at=timezone.now() - timedelta(hours=5))

    assert indexing.index_pending() == 1


def test_while_the_engine_is_down_changes_wait(
    shop: SearchEngine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    good = shown_good()
    mark_changed([good.pk])

    def refuse(documents: object, *, index: str) -> None:
        raise SearchUnavailable("down")

    with monkeypatch.context() as down:
        down.setattr(shop, "write", refuse)
        assert indexing.index_pending() == 0
    assert "down" in caplog.text
    assert indexing.oldest_pending_change() is not None

    assert indexing.index_pending() == 1
    assert indexing.oldest_pending_change() is None


def test_a_process_that_died_after_writing_does_its_work_again(shop: SearchEngine) -> None:
    good = shown_good()
    mark_changed([good.pk])
    indexing.index_pending()
    IndexedVersion.objects.all().delete()  # as if the write was done and the note of it wasn't

    assert indexing.index_pending() == 1
    assert look(shop).total == 1


# -- rebuild ----------------------------------------------------------------------------------------


def test_a_rebuild_brings_in_every_good_and_shows_its_progress(shop: SearchEngine) -> None:
    goods = [shown_good() for _ in range(3)]
    sold_pack(certificate={"unverified": True})
    output = io.StringIO()

    call_command("search_rebuild", stdout=output)

    assert set(look(shop).product_ids) == {good.pk for good in goods}
    assert "100%" in output.getvalue()
    assert "4 goods indexed" in output.getvalue()
    assert indexing.index_pending() == 0


def test_changes_made_during_a_rebuild_are_picked_up_after_it(
    shop: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = shown_good(title="Trà cũ")
    mark_changed([good.pk])
    indexing.index_pending()

    def change_meanwhile(done: int, total: int, before: int) -> None:
        Product.objects.filter(pk=good.pk).update(title_vi="Trà mới")
        mark_changed([good.pk])
        indexing.index_pending()  # into the index that is about to go

    rebuild_index(report=change_meanwhile)
    assert look(shop, "mới").total == 0

    assert indexing.index_pending() == 1
    assert look(shop, "mới").total == 1
    names = set(IndexedVersion.objects.values_list("index_name", flat=True))
    assert names == {shop.index_name(), shop.previous_index()}


def test_a_rebuild_that_cannot_be_done_says_so_and_keeps_the_old_index(
    shop: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown_good()
    rebuild_index()

    def refuse() -> None:
        raise SearchUnavailable("the disk is full")

    monkeypatch.setattr(shop, "create_index", refuse)
    with pytest.raises(CommandError, match="the disk is full"):
        call_command("search_rebuild", stdout=io.StringIO())
    assert look(shop).total == 1


def test_a_good_that_nobody_marked_is_in_a_rebuilt_index_as_of_today(shop: SearchEngine) -> None:
    expired = shown_good(
        certificate={"valid_from": date(2020, 1, 1), "valid_until": TODAY - timedelta(days=400)}
    )

    rebuild_index()

    assert look(shop).total == 0
    assert not ProductChange.objects.filter(pk=expired.pk).exists()
