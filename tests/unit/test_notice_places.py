"""Every notice has its place in the app, and every caller says for whom it is."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from catalogue.producers.notices import _MEMBERS, _PROGRAMME
from marketplace.notices.kinds import NOTICES
from marketplace.notices.places import ALWAYS_IN_WORDS, PLACES, Audience

#: What is sent and stands nowhere: a code, a mail about notices that stand there already, an invitation to whoever has the address.
SENT_ONLY = {"phone_code", "digest", "team_invitation"}
TEMPLATES = Path(__file__).parents[2] / "templates" / "notices"


def test_every_notice_has_a_place_in_the_app() -> None:
    assert PLACES.keys() == NOTICES.keys() - SENT_ONLY


@pytest.mark.parametrize("template", PLACES)
def test_a_place_leads_to_an_address_that_the_notice_has(template: str) -> None:
    assert PLACES[template].leads_to in NOTICES[template]
    assert (TEMPLATES / f"{template}.subject.txt").exists(), "its title"


def test_what_always_comes_is_said_in_words() -> None:
    assert ALWAYS_IN_WORDS.keys() == {name for name, place in PLACES.items() if place.always}


def test_every_audience_has_its_roles() -> None:
    assert {Audience.PERSON, *_MEMBERS, *_PROGRAMME} == set(Audience)


def calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "notice_queue":
            yield node


def test_whoever_queues_a_notice_says_for_which_person(settings: Settings) -> None:
    """Else it would be missing in the app, unseen."""
    silent = [
        f"{path}:{call.lineno}"
        for room in ("catalogue", "checkout", "cms", "marketplace", "search")
        for path in (Path(settings.BASE_DIR) / room).rglob("*.py")
        for call in calls(path)
        if "person" not in {word.arg for word in call.keywords} and _template_of(call) not in SENT_ONLY
    ]

    assert silent == []


def _template_of(call: ast.Call) -> str:
    values = [word.value for word in call.keywords if word.arg == "template"]
    return str(values[0].value) if values and isinstance(values[0], ast.Constant) else ""
