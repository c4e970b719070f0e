"""The screens of the lexicon: list, group, preview before saving, history."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from catalogue.changes import mark_changed
from marketplace.accounts.models import StaffRole, User
from search.engines.base import SearchEngine
from search.errors import SearchUnavailable
from search.indexing import index_pending
from search.lexicon.groups import Entry, Group, Kind, Language
from search.lexicon.in_force import every_group, forget_lexicon
from search.lexicon.loading import lexicon_load
from search.models import LexiconEdit, LexiconGroup
from tests.factories.catalogue import shown_good

pytestmark = pytest.mark.django_db

ENGLISH = (Kind.ENGLISH, Language.ENGLISH)
SHIPPED = (
    Group("fruit", (Entry("trái cây"), Entry("fruit", *ENGLISH))),
    Group("mango", (Entry("xoài"), Entry("mango", *ENGLISH)), ("xoài nhựa",), ("fruit",)),
    Group("dried", (Entry("sấy"), Entry("dried", *ENGLISH)), describes=True),
    Group("driedmango", (Entry("mứt xoài"),), (), ("fruit",), (frozenset({"mango", "dried"}),)),
)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[None]:
    settings.LEXICON_IN_DATABASE = True
    monkeypatch.setattr("search.lexicon.loading.shipped_groups", lambda: SHIPPED)
    monkeypatch.setattr("search.lexicon.loading.shipped_digest", lambda: "few")
    lexicon_load()
    forget_lexicon()
    yield
    forget_lexicon()


@pytest.fixture
def admin_client() -> Client:
    user = User.objects.create_user("quan-tri@example.vn")
    StaffRole.objects.create(user=user, role=StaffRole.Role.ADMIN)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def page(client: Client, name: str, **parameters: int) -> str:
    return client.get(reverse(f"dashboard:{name}", kwargs=parameters or None)).content.decode()


def pk_of(key: str) -> int:
    return LexiconGroup.objects.get(key=key).pk


def mango(**changed: str) -> dict[str, str]:
    return {"same": "xoài", "english": "mango", "exceptions": "xoài nhựa", "broader": "trái cây", **changed}


@pytest.mark.parametrize(
    ("query", "shown", "not_shown"),
    [
        ("q=xoai", "xoài", "trái cây"),
        ("q=mango", "xoài", "trái cây"),
        ("kind=english", "trái cây", "mứt xoài"),
        ("language=vi&q=mứt", "mứt xoài", "sấy"),
        ("state=describes", "sấy", "xoài"),
        ("source=admin", "", "xoài"),
        ("state=edited", "", "xoài"),
    ],
)
def test_the_list_is_narrowed(admin_client: Client, query: str, shown: str, not_shown: str) -> None:
    body = admin_client.get(f"{reverse('dashboard:lexicon')}?{query}").content.decode()

    assert f">{shown}</a>" in body or (not shown and "/lexicon/new/" in body)
    assert f">{not_shown}</a>" not in body


def test_a_group_comes_back_as_it_is_kept(admin_client: Client) -> None:
    form = admin_client.get(reverse("dashboard:lexicon-group", kwargs={"pk": pk_of("driedmango")})).context[
        "form"
    ]

    assert (form["same"].value(), form["broader"].value(), form["parts"].value()) == (
        "mứt xoài",
        "trái cây",
        "sấy + xoài",
    )


def test_what_changes_is_shown_before_anything_is_saved(
    admin_client: Client, search_index: SearchEngine
) -> None:
    mark_changed([shown_good(title="Quéo rừng").pk, shown_good(title="Xoài cát").pk])
    index_pending()
    url = reverse("dashboard:lexicon-group", kwargs={"pk": pk_of("mango")})

    shown = admin_client.post(url, mango(regional="quéo\ntrái cây"))

    effects = shown.context["effects"]
    assert {effect.text: (effect.now.count, effect.afterwards.count) for effect in effects.phrases}[
        "quéo"
    ] == (1, 2)
    assert effects.elsewhere == (("trái cây", "fruit"),)
    assert {group.key: group for group in every_group()}["mango"] == SHIPPED[1], "nothing is saved yet"
    assert 'name="confirm"' in shown.content.decode()
    assert shown.context["form"]["regional"].value() == "quéo\ntrái cây", "nothing typed is lost"

    saved = admin_client.post(url, mango(regional="quéo", confirm="1"))

    assert saved.status_code == 302
    entries = {group.key: group for group in every_group()}["mango"].entries
    assert [(entry.text, entry.kind) for entry in entries] == [
        ("xoài", "same"),
        ("quéo", "regional"),
        ("mango", "english"),
    ]
    assert "quéo" in page(admin_client, "lexicon-history")


def test_a_group_can_be_saved_while_the_search_rests(
    admin_client: Client, settings: Settings, search_index: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rest(*_: object) -> None:
        raise SearchUnavailable("stopped")

    monkeypatch.setattr(type(search_index), "search", rest)

    shown = admin_client.post(reverse("dashboard:lexicon-new"), {"same": "chả bống"})
    saved = admin_client.post(reverse("dashboard:lexicon-new"), {"same": "chả bống", "confirm": "1"})

    assert shown.context["effects_unknown"] is True
    assert saved.status_code == 302
    assert LexiconGroup.objects.get(key="chabong").source == "admin"


@pytest.mark.parametrize(
    ("key", "typed", "field"),
    [
        ("fruit", {"same": "trái cây", "broader": "xoài"}, "broader"),
        ("mango", mango(broader="không có"), "broader"),
        ("mango", {"same": ""}, "same"),
        ("mango", mango(regional="…"), "regional"),
        ("mango", mango(regional="x" * 81), "regional"),
        ("mango", mango(parts="sấy"), "parts"),
    ],
)
def test_bad_input_is_refused_at_its_field(
    admin_client: Client, key: str, typed: dict[str, str], field: str
) -> None:
    url = reverse("dashboard:lexicon-group", kwargs={"pk": pk_of(key)})

    answer = admin_client.post(url, {**typed, "confirm": "1"})

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert not LexiconEdit.objects.exclude(action="shipped").exists()


def test_a_group_is_switched_off_and_on(admin_client: Client) -> None:
    url = reverse("dashboard:lexicon-switch", kwargs={"pk": pk_of("mango")})

    admin_client.post(url, {"active": "0"})
    assert LexiconGroup.objects.get(key="mango").is_active is False
    admin_client.post(url, {"active": "1"})
    assert LexiconGroup.objects.get(key="mango").is_active is True
    assert [edit.action for edit in LexiconEdit.objects.order_by("pk")] == ["shipped", "off", "on"]


def test_a_word_that_was_searched_in_vain_is_filled_in(admin_client: Client) -> None:
    body = admin_client.get(f"{reverse('dashboard:lexicon-new')}?phrase=chả bống").content.decode()

    assert "chả bống</textarea>" in body


def test_the_list_costs_the_same_however_many_groups_there_are(
    admin_client: Client,
) -> None:
    url = reverse("dashboard:lexicon")
    admin_client.get(url)
    with CaptureQueriesContext(connection) as few_groups:
        admin_client.get(url)
    for number in range(60):
        row = LexiconGroup.objects.create(key=f"extra{number}")
        row.phrases.create(text=f"từ thêm {number}")
    with CaptureQueriesContext(connection) as many_groups:
        admin_client.get(url)

    assert len(many_groups) == len(few_groups)
