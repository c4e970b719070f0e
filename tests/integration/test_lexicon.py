"""The lexicon in the database: loading, edits, the copies that processes keep, and the index that follows."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from catalogue.changes import mark_changed
from catalogue.models import ProductChange
from marketplace.accounts.models import User
from search.checking import check_index
from search.engines.base import SearchEngine
from search.indexing import index_pending
from search.lexicon import in_force
from search.lexicon.effects import effects_of
from search.lexicon.files import shipped_groups
from search.lexicon.groups import BroaderLoop, Entry, Group, Kind, Language
from search.lexicon.in_force import every_group, forget_lexicon, lexicon_in_force
from search.lexicon.loading import lexicon_load
from search.lexicon.reindexing import edits_apply_due
from search.lexicon.services import GroupData, NothingSaid, UnknownGroup, group_save, group_switch
from search.models import LexiconEdit, LexiconGroup, LexiconPhrase, LexiconState
from search.query import SearchQuery
from search.selectors import find_goods
from search.synonyms import find_concepts, lexicon
from search.text import words
from tests.factories.catalogue import shown_good

pytestmark = pytest.mark.django_db


@pytest.fixture
def in_database(settings: Settings) -> Iterator[None]:
    settings.LEXICON_IN_DATABASE = True
    forget_lexicon()
    yield
    forget_lexicon()


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, in_database: None) -> None:
    """A small shipped lexicon, so that a test reads fast."""
    ship(
        monkeypatch,
        Group("fruit", (Entry("trái cây"), Entry("fruit", Kind.ENGLISH, Language.ENGLISH))),
        Group("mango", (Entry("xoài"), Entry("mango", Kind.ENGLISH, Language.ENGLISH)), broader=("fruit",)),
        Group("fishsauce", (Entry("nước mắm"), Entry("fish sauce", Kind.ENGLISH, Language.ENGLISH))),
    )
    lexicon_load()


@pytest.fixture
def admin() -> User:
    return User.objects.create_user("quan-tri@example.vn")


def ship(monkeypatch: pytest.MonkeyPatch, *groups: Group) -> None:
    """Put other files in the place of the shipped ones."""
    monkeypatch.setattr("search.lexicon.loading.shipped_groups", lambda: groups)
    monkeypatch.setattr("search.lexicon.loading.shipped_digest", lambda: str(hash(groups)))


def data(*phrases: str, **more: Any) -> GroupData:
    return GroupData(tuple(Entry(phrase) for phrase in phrases), **more)


def named(text: str) -> set[str]:
    return {concept.key for concept in find_concepts(words(text), lenient=True)}


def found(text: str) -> set[int]:
    return set(find_goods(SearchQuery(at=timezone.now(), text=text))[1].product_ids)


# -- loading ---------------------------------------------------------------------------------------


def test_the_database_holds_what_was_shipped(in_database: None) -> None:
    loaded = lexicon_load()

    assert loaded.added == len(shipped_groups()) == LexiconGroup.objects.count()
    assert {group.key: group for group in every_group()} == {group.key: group for group in shipped_groups()}


def test_loading_twice_changes_nothing(few: None) -> None:
    before = list(LexiconPhrase.objects.values()), LexiconState.objects.get().version

    assert not lexicon_load().did_anything
    assert not lexicon_load(force=True).did_anything
    assert (list(LexiconPhrase.objects.values()), LexiconState.objects.get().version) == before


def test_new_files_are_followed_and_admins_edits_stay(
    few: None, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    group_save(data=data("xoài", "muỗm"), group=LexiconGroup.objects.get(key="mango"), by=admin)
    own = group_save(data=data("chả bống"), by=admin)
    ship(
        monkeypatch,
        Group("fruit", (Entry("trái cây"), Entry("hoa quả"))),
        Group("mango", (Entry("xoài"), Entry("mangoes"))),
        Group("durian", (Entry("sầu riêng"),)),
    )

    loaded = lexicon_load()

    assert (loaded.added, loaded.changed, loaded.removed, loaded.kept) == (1, 1, 1, 2)
    groups = {group.key: [entry.text for entry in group.entries] for group in every_group()}
    assert groups == {
        "fruit": ["trái cây", "hoa quả"],
        "mango": ["xoài", "muỗm"],
        own.key: ["chả bống"],
        "durian": ["sầu riêng"],
    }


def test_the_command_says_what_it_did(few: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("search_load_lexicon")

    assert capsys.readouterr().out.startswith("0 groups added, 0 changed, 0 removed;")


def test_the_database_refuses_a_phrase_twice_and_a_kind_of_itself(few: None) -> None:
    mango = LexiconGroup.objects.get(key="mango")
    with pytest.raises(IntegrityError), transaction.atomic():
        mango.phrases.create(text="xoài")
    with pytest.raises(IntegrityError), transaction.atomic():
        mango.broader.add(mango)


# -- in force --------------------------------------------------------------------------------------


def test_without_a_row_the_shipped_files_count(in_database: None) -> None:
    assert "honey" in named("mật ong")


def test_a_search_asks_the_database_nothing_for_the_lexicon(
    few: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    forget_lexicon()
    lexicon_in_force()

    with django_assert_num_queries(0):
        for _ in range(50):
            lexicon()


def test_an_edit_is_in_force_within_seconds_in_every_process(
    few: None,
    admin: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    now = [1000.0]
    monkeypatch.setattr("search.lexicon.in_force.time.monotonic", lambda: now[0])
    forget_lexicon()
    assert named("quéo") == set()
    other_process = in_force._kept.table, in_force._kept.version

    with django_capture_on_commit_callbacks(execute=True):
        group_save(data=data("xoài", "quéo"), group=LexiconGroup.objects.get(key="mango"), by=admin)
    here = named("quéo")
    # Another process: it has its own copy and hears of the edit by the stamp alone.
    in_force._kept.table, in_force._kept.version = other_process
    in_force._kept.checked_at = now[0]
    at_once = named("quéo")
    now[0] += in_force.TRUSTED
    soon = named("quéo")

    assert (here, at_once, soon) == ({"mango"}, set(), {"mango"})


def test_a_lost_cache_is_asked_of_the_database_once(
    few: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lexicon_in_force()
    cache.clear()
    in_force._kept.checked_at = None

    with django_assert_num_queries(1):
        lexicon_in_force()
        lexicon_in_force()


# -- edits -----------------------------------------------------------------------------------------


def test_an_edit_is_kept_with_who_made_it_and_what_was_before(few: None, admin: User) -> None:
    mango = LexiconGroup.objects.get(key="mango")

    group_save(data=data("xoài", "quéo"), group=mango, by=admin)
    group_switch(group=mango, active=False, by=admin)
    group_switch(group=mango, active=False, by=admin)

    edits = list(LexiconEdit.objects.filter(group=mango).order_by("pk"))
    assert [(edit.action, edit.made_by) for edit in edits] == [("changed", admin), ("off", admin)]
    assert (edits[0].added_phrases, edits[0].removed_phrases) == (["quéo"], ["mango"])


def test_what_makes_no_sense_is_refused(few: None, admin: User) -> None:
    fruit = LexiconGroup.objects.get(key="fruit")
    before = LexiconEdit.objects.count(), LexiconState.objects.get().version

    with pytest.raises(BroaderLoop) as loop:
        group_save(data=data("trái cây", broader=("mango",)), group=fruit, by=admin)
    with pytest.raises(UnknownGroup):
        group_save(data=data("chả", broader=("nothing",)), by=admin)
    with pytest.raises(NothingSaid):
        group_save(data=data("…"), by=admin)

    assert loop.value.path == ("fruit", "mango", "fruit")
    assert (LexiconEdit.objects.count(), LexiconState.objects.get().version) == before


def test_a_switched_off_group_means_nothing(few: None, admin: User) -> None:
    group_switch(group=LexiconGroup.objects.get(key="mango"), active=False, by=admin)
    forget_lexicon()

    assert named("xoài") == set()
    assert named("trái cây") == {"fruit"}


# -- the index follows -----------------------------------------------------------------------------


@pytest.fixture
def goods(few: None, search_index: SearchEngine) -> dict[str, int]:
    edits_apply_due()
    pks = {
        name: shown_good(title=name).pk
        for name in ("Xoài cát sấy", "Quéo rừng", "Trái cây sấy", "Nước mắm nhĩ", "Mắm nhĩ hạ thổ")
    }
    mark_changed(pks.values())
    settle(search_index)
    return pks


def settle(engine: SearchEngine) -> None:
    while index_pending():
        pass
    engine.refresh()


def test_synonyms_of_several_words_find_each_other_both_ways(
    goods: dict[str, int], admin: User, search_index: SearchEngine
) -> None:
    assert found("fish sauce") == {goods["Nước mắm nhĩ"]}

    group_save(
        data=GroupData(
            (Entry("nước mắm"), Entry("mắm nhĩ"), Entry("fish sauce", Kind.ENGLISH, Language.ENGLISH))
        ),
        group=LexiconGroup.objects.get(key="fishsauce"),
        by=admin,
    )
    forget_lexicon()
    assert edits_apply_due() == 1
    settle(search_index)

    both = {goods["Nước mắm nhĩ"], goods["Mắm nhĩ hạ thổ"]}
    assert found("fish sauce") == found("nước mắm") == found("mắm nhĩ") == both


def test_goods_that_wait_for_an_edit_are_no_differences(goods: dict[str, int], admin: User) -> None:
    ProductChange.objects.update(changed_at=timezone.now() - timedelta(minutes=5))
    assert (check_index().differences, check_index().waiting) == (0, 0)

    group_save(data=data("xoài", "quéo"), group=LexiconGroup.objects.get(key="mango"), by=admin)

    report = check_index()
    assert (report.differences, report.waiting) == (0, 2), (
        "the database's own lexicon is read, not this process's copy"
    )
    edits_apply_due()
    index_pending()
    ProductChange.objects.update(changed_at=timezone.now() - timedelta(minutes=5))
    assert (check_index().differences, check_index().waiting) == (0, 0)


def test_the_broader_finds_the_narrower_and_never_the_reverse(goods: dict[str, int]) -> None:
    assert found("fruit") == {goods["Xoài cát sấy"], goods["Trái cây sấy"]}
    assert found("mango") == {goods["Xoài cát sấy"]}


def test_only_the_goods_concerned_are_written_anew(goods: dict[str, int], admin: User) -> None:
    before = dict(ProductChange.objects.values_list("pk", "version"))

    group_save(data=data("xoài", "quéo"), group=LexiconGroup.objects.get(key="mango"), by=admin)
    assert edits_apply_due() == 1

    changed = {
        pk for pk, version in ProductChange.objects.values_list("pk", "version") if version > before[pk]
    }
    assert changed == {goods["Xoài cát sấy"], goods["Quéo rừng"]}
    edit = LexiconEdit.objects.latest("pk")
    assert (edit.state, edit.marked) == ("done", 2)
    assert edits_apply_due() == 0


def test_a_new_broader_group_reaches_the_goods_of_the_narrower(
    goods: dict[str, int], admin: User, search_index: SearchEngine
) -> None:
    produce = group_save(data=data("quà vườn nhà"), by=admin)
    group_save(
        data=data("trái cây", broader=(produce.key,)), group=LexiconGroup.objects.get(key="fruit"), by=admin
    )
    forget_lexicon()
    edits_apply_due()
    settle(search_index)

    assert found("quà vườn nhà") == {goods["Xoài cát sấy"], goods["Trái cây sấy"]}


def test_effects_are_told_before_anything_is_saved(goods: dict[str, int]) -> None:
    before = {group.key: group for group in every_group()}["mango"]
    wanted = data("xoài", "quéo", "trái cây").group("mango")
    state = LexiconState.objects.get().version

    effects = effects_of(wanted, before)

    by_text = {effect.text: effect for effect in effects.phrases}
    assert by_text["quéo"].state == "added"
    assert (by_text["quéo"].now.count, by_text["quéo"].now.names) == (1, ("Quéo rừng",))
    assert by_text["quéo"].afterwards.count == 3
    assert set(by_text["quéo"].afterwards.names) == {"Xoài cát sấy", "Quéo rừng", "Trái cây sấy"}
    assert (by_text["mango"].state, by_text["mango"].afterwards.count) == ("removed", 0)
    assert effects.elsewhere == (("trái cây", "fruit"),)
    assert effects.short == ("quéo",)
    assert LexiconState.objects.get().version == state


def test_what_another_group_finds_by_the_phrase_stays(goods: dict[str, int]) -> None:
    wanted = data("mắm cốt", "nước mắm").group("firstsauce")

    effects = {effect.text: effect for effect in effects_of(wanted, None).phrases}

    assert effects["nước mắm"].now.names == effects["nước mắm"].afterwards.names == ("Nước mắm nhĩ",)


def test_exceptions_count_in_what_is_told(goods: dict[str, int], search_index: SearchEngine) -> None:
    mark_changed([shown_good(title="Nhựa xoài").pk])
    settle(search_index)
    wanted = data("xoài", "quéo", exceptions=("nhựa xoài",)).group("mango")

    effects = effects_of(wanted, None)

    added = {effect.text: effect.afterwards for effect in effects.phrases}["quéo"]
    assert set(added.names) == {"Xoài cát sấy", "Quéo rừng"}
