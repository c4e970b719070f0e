"""Does the index say what the database says? Every way in which it may not, found and mended."""

import io
import itertools
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from catalogue.certification.models import StandardCertificate
from catalogue.changes import mark_changed
from catalogue.models import Product, ProductChange
from catalogue.pricing.models import DatedPrice
from catalogue.producers.models import Partner, ProducerStory
from marketplace.clock import today
from search import checking, indexing
from search.checking import CheckReport, check_index
from search.documents import GoodDocument, Tombstone
from search.engines import elasticsearch_index
from search.engines.base import SearchEngine
from search.engines.elasticsearch import ElasticsearchEngine
from search.errors import SearchUnavailable
from search.models import IndexCheck, IndexedVersion
from search.sources import build_documents
from tests.factories.catalogue import shown_good, sold_pack
from tests.integration.test_search_indexing import look

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(each_engine: SearchEngine) -> list[int]:
    """Six goods, all of them in the index, none changed lately."""
    ids = [shown_good().pk for _ in range(6)]
    mark_changed(ids)
    indexing.index_pending()
    long_ago()
    return ids


def long_ago() -> None:
    ProductChange.objects.update(changed_at=timezone.now() - timedelta(minutes=5))


def found(*, mend: bool = False) -> dict[str, int]:
    return dict(check_index(mend=mend).kinds)


def test_an_index_that_is_right_has_no_differences(shelf: list[int]) -> None:
    report = check_index()

    assert (report.goods, report.differences, report.waiting, report.is_true) == (6, 0, 0, True)
    record = IndexCheck.objects.get()
    assert (record.goods, record.differences, record.finished_at is not None) == (6, 0, True)


def lost(engine: SearchEngine, product_id: int) -> None:
    """As if the engine had lost it: gone, and nobody knows."""
    version = ProductChange.objects.get(pk=product_id).version
    engine.write([Tombstone(product_id=product_id, number=0, version=version)])


def left_over(engine: SearchEngine, product_id: int) -> None:
    """The good is gone without a change record, as after a hand in the database."""
    good = Product.objects.get(pk=product_id)
    good.certificates.all().delete()
    good.delete()
    ProductChange.objects.filter(pk=product_id).delete()


def no_longer_shown(engine: SearchEngine, product_id: int) -> None:
    Product.objects.filter(pk=product_id).update(listing=Product.Listing.SUSPENDED)


def behind(engine: SearchEngine, product_id: int) -> None:
    """A change that no worker took."""
    mark_changed([product_id])
    long_ago()


def ahead(engine: SearchEngine, product_id: int) -> None:
    """An older database was put back under a newer index."""
    ProductChange.objects.filter(pk=product_id).update(version=50)
    indexing.sweep_again()
    indexing.index_pending()
    ProductChange.objects.filter(pk=product_id).update(version=3)


def different(engine: SearchEngine, product_id: int) -> None:
    """Something was changed and nobody marked it."""
    good = Product.objects.get(pk=product_id)
    good.certificates.update(stars=3 if good.certificates.get().stars == 4 else 4)


def renamed(engine: SearchEngine, product_id: int) -> None:
    Product.objects.filter(pk=product_id).update(title_vi="Trà khác")


def described_anew(engine: SearchEngine, product_id: int) -> None:
    Product.objects.filter(pk=product_id).update(description_en="Quite another thing")


def made_by_another(engine: SearchEngine, product_id: int) -> None:
    Partner.objects.filter(goods=product_id).update(name="HTX Tên Mới")


def told_anew(engine: SearchEngine, product_id: int) -> None:
    producer = Product.objects.get(pk=product_id).producer_id
    ProducerStory.objects.create(pk=producer, text_vi="Giữ nghề ba đời.", edition="1")


def otherwise_in_the_index(engine: SearchEngine, product_id: int) -> None:
    """The database is right, and the index got something else under the same version."""
    (version, documents) = build_documents([product_id])[product_id]
    engine.write([replace(document, season=(5, 6)) for document in documents])
    assert version == documents[0].version


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (lost, "missing"),
        (left_over, "ahead"),
        (no_longer_shown, "left_over"),
        (behind, "behind"),
        (ahead, "ahead"),
        (different, "different"),
        (renamed, "different"),
        (described_anew, "different"),
        (made_by_another, "different"),
        (told_anew, "different"),
        (otherwise_in_the_index, "different"),
    ],
)
def test_each_difference_is_named_and_mended(
    shelf: list[int], each_engine: SearchEngine, spoil: Any, kind: str
) -> None:
    spoil(each_engine, shelf[2])

    assert found() == {kind: 1}
    report = check_index(mend=True)
    assert (report.differences, report.mended, report.is_true) == (1, 1, True)
    assert report.examples[0].product_id == shelf[2]

    long_ago()
    assert found() == {}
    gone = spoil in (left_over, no_longer_shown)
    assert set(look(each_engine).product_ids) == set(shelf) - ({shelf[2]} if gone else set())
    indexing.sweep_again()
    assert indexing.index_pending() == 0


def test_what_the_index_holds_beyond_every_known_good_is_found(
    shelf: list[int], each_engine: SearchEngine
) -> None:
    _, documents = build_documents(shelf[:1])[shelf[0]]
    stranger = documents[0].__class__(**{**vars(documents[0]), "product_id": 10**9})
    each_engine.write([stranger])

    assert found(mend=True) == {"ahead": 1}
    assert set(look(each_engine).product_ids) == set(shelf)


def test_time_that_passes_is_no_difference(
    each_engine: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A price that has ended lies in the index, and the database builds one document fewer."""
    pack = sold_pack()
    now = timezone.now()
    DatedPrice.objects.create(
        pack=pack, amount=99_000, starts_at=now, ends_at=now + timedelta(hours=1), source="campaign:1"
    )
    mark_changed([pack.parent_id])
    indexing.index_pending()
    long_ago()
    assert found() == {}

    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=2))
    long_ago()
    assert found() == {}


def test_a_paper_that_runs_out_is_no_difference_and_no_longer_said(
    each_engine: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = shown_good()
    now = timezone.now()
    StandardCertificate.objects.create(
        product=good,
        standard=StandardCertificate.Standard.VIETGAP,
        valid_from=today(),
        valid_until=today() + timedelta(days=2),
        verified_at=now,
    )
    mark_changed([good.pk])
    indexing.index_pending()
    long_ago()
    assert (found(), look(each_engine, "vietgap").total) == ({}, 1)

    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=4))
    long_ago()
    assert (found(), look(each_engine, "vietgap").total) == ({}, 0)


_SAY = """
import django
django.setup()
from tests.contract.test_search_engines import XUAN_TRUONG, good
print(good(1, "Trà atiso túi lọc Đà Lạt 500g không đường", english="Artichoke tea bags", context=("Hộp 20 gói",),
    maker=("HTX Cầu Đất",), body=("Hái tay, sấy lạnh.",), commune=XUAN_TRUONG, standards=("vietgap",)).content)
"""


def test_two_processes_make_the_same_of_the_same_good() -> None:
    """Sets lie in another order in each process."""
    numbers = {
        subprocess.run(
            [sys.executable, "-c", _SAY],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout.splitlines()[-1]
        for seed in ("1", "2", "3")
    }

    assert len(numbers) == 1


def test_a_change_of_the_last_seconds_is_on_its_way(shelf: list[int]) -> None:
    mark_changed(shelf[:2])

    report = check_index()

    assert (report.waiting, report.differences) == (2, 0)


@pytest.mark.parametrize("arrived", ["half", "all"])
def test_a_request_that_broke_off_or_whose_answer_was_lost_leaves_nothing_behind(
    shelf: list[int], each_engine: SearchEngine, arrived: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not isinstance(each_engine, ElasticsearchEngine):
        pytest.skip("nothing is sent")
    Product.objects.filter(pk__in=shelf[:4]).update(title_vi="Trà mới")
    Product.objects.filter(pk=shelf[4]).update(listing=Product.Listing.SUSPENDED)
    mark_changed(shelf)
    send = elasticsearch_index._send

    def break_off(client: Any, index: str, body: bytes, wanted: str) -> Any:
        lines = body.rstrip(b"\n").split(b"\n")
        kept = lines if arrived == "all" else lines[: len(lines) // 4 * 2]
        send(client, index, b"\n".join(kept) + b"\n", wanted)
        raise SearchUnavailable("connection reset by peer")

    with monkeypatch.context() as broken:
        broken.setattr(elasticsearch_index, "_send", break_off)
        assert indexing.index_pending() == 0
    each_engine.refresh()
    assert 0 < look(each_engine, "trà mới").total <= 4, "some of it has arrived"

    IndexedVersion.objects.update(claimed_until=None, next_try_at=None)
    indexing.sweep_again()
    indexing.index_pending()
    long_ago()

    assert found() == {}
    assert (look(each_engine, "trà mới").total, look(each_engine).total) == (4, 5)


def test_a_difference_that_is_gone_at_the_second_look_is_none(
    shelf: list[int], each_engine: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    behind(each_engine, shelf[0])
    look_first = checking.compare

    def compare_then_index(*args: Any, **keywords: Any) -> Any:
        differences = look_first(*args, **keywords)
        indexing.sweep_again()
        indexing.index_pending()
        return differences

    monkeypatch.setattr(checking, "compare", compare_then_index)

    assert found() == {}


def test_batches_leave_out_no_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "BATCH", 2)
    monkeypatch.setattr(checking, "_STRETCH", 3)
    ids = [shown_good().pk for _ in range(5)]
    ProductChange.objects.create(product_id=ids[-1] + 5, changed_at=timezone.now())

    batches = list(checking._batches())

    assert [pk for own, _, _ in batches for pk in own] == ids
    ranges = [(first, last) for _, first, last in batches]
    assert ranges[0][0] == 1
    assert all(earlier[1] + 1 == later[0] for earlier, later in itertools.pairwise(ranges))
    assert ranges[-1][1] == checking._BEYOND


# -- the command ------------------------------------------------------------------------------------


def command(**options: Any) -> tuple[int, str]:
    output = io.StringIO()
    try:
        call_command("search_check", stdout=output, **options)
    except SystemExit as ended:
        return int(ended.code or 0), output.getvalue()
    return 0, output.getvalue()


@pytest.fixture
def spoilt(search_index: SearchEngine) -> int:
    good = shown_good()
    mark_changed([good.pk])
    indexing.sweep_again()
    indexing.index_pending()
    different(search_index, good.pk)
    long_ago()
    return int(good.pk)


def test_the_command_fails_on_differences_until_they_are_mended(spoilt: int) -> None:
    code, said = command()
    assert code == 1
    assert f"good {spoilt}: different (database 1, index 1)" in said
    assert "search_check --mend" in said

    code, said = command(mend=True)
    assert (code, "1 of 1 differences mended" in said) == (0, True)
    assert "agree" in command()[1]


def test_the_command_speaks_json(spoilt: int, search_index: SearchEngine) -> None:
    code, said = command(json=True)

    assert code == 1
    assert json.loads(said) == {
        "index": search_index.index_name(),
        "goods": 1,
        "waiting": 0,
        "differences": 1,
        "mended": 0,
        "kinds": {"different": 1},
        "examples": [{"product": spoilt, "kind": "different", "database_version": 1, "index_version": 1}],
    }


def test_a_report_is_true_only_when_all_is_mended() -> None:
    report = CheckReport("goods")
    report.kinds.update(["missing", "behind"])
    report.mended = 1

    assert not report.is_true


def test_a_good_that_cannot_be_read_is_named(spoilt: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **keywords: Any) -> Any:
        raise ValueError("odd")

    monkeypatch.setitem(checking.build_safely.__globals__, "build_documents", fail)

    assert found(mend=True) == {"unreadable": 1}
    assert IndexedVersion.objects.get().failure == "ValueError: odd"


def test_a_good_whose_words_cannot_be_made_out_is_named_and_ends_no_check(
    shelf: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = GoodDocument.token_texts.func

    def odd(document: GoodDocument) -> dict[str, str]:
        if document.product_id == shelf[1]:
            raise ValueError("odd")
        return dict(made(document))

    monkeypatch.setattr(GoodDocument, "token_texts", property(odd))

    report = check_index()

    assert (report.goods, dict(report.kinds)) == (6, {"unreadable": 1})
