"""The components draw what they are given, in every state, with nothing personal and nothing that the content policy refuses."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from marketplace import styleguide
from marketplace.templatetags.days import weekday, weekday_date
from marketplace.templatetags.phones import phone

TEMPLATES = Path(styleguide.__file__).resolve().parent.parent / "templates"


def draw(name: str, **inputs: object) -> str:
    return render_to_string(f"components/{name}.html", inputs)


def test_a_price_never_wraps_and_names_the_price_before() -> None:
    with translation.override("vi"):
        html = draw("price", price=189_000, struck=222_000)

    assert "189.000\u00a0₫" in html
    assert "222.000\u00a0₫</s>" in html
    assert "Giá thấp nhất trong 30 ngày qua:" in html


def test_stars_say_their_number_in_words() -> None:
    with translation.override("vi"):
        html = draw("stars", stars=4)

    assert html.count("<svg") == 4
    assert "OCOP 4 sao" in html


def test_a_card_without_price_has_its_reason_and_no_button() -> None:
    html = draw("product_card", card=styleguide.CARDS[3])

    assert "Chưa bán trực tuyến" in html
    assert "<form" not in html


def test_the_error_summary_leads_to_each_field() -> None:
    form = styleguide.SampleForm({"phone": "09"})

    html = draw("form_fields", form=form)

    assert 'href="#id_phone"' in html
    assert 'aria-describedby="id_phone-error"' in html
    assert 'aria-invalid="true"' in html


@pytest.mark.parametrize(
    ("language", "words", "short"), [("vi", "thứ Năm", "thứ Năm 26/11"), ("en", "Thursday", "Thursday 26/11")]
)
def test_weekdays_are_written_in_words(language: str, words: str, short: str) -> None:
    with translation.override(language):
        assert weekday(date(2026, 11, 26)) == words
        assert weekday_date(date(2026, 11, 26)) == short


@pytest.mark.parametrize("name", ["400.html", "500.html", "403_csrf.html"])
def test_pages_for_what_is_broken_need_no_context(name: str) -> None:
    with translation.override("vi"):
        html = render_to_string(name)

    assert "<h1>" in html
    assert "Về trang chủ" in html


def test_no_template_has_what_the_content_policy_refuses() -> None:
    refused = re.compile(
        r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)(?![^>]*application/(ld\+)?json)"
    )

    found = [
        f"{path.relative_to(TEMPLATES)}: {match[0]}"
        for path in sorted(TEMPLATES.rglob("*.html"))
        if "notices" not in path.parts
        for match in refused.finditer(path.read_text())
    ]

    assert found == []


def test_a_phone_number_is_written_as_people_write_it_and_stays_on_one_line() -> None:
    assert phone("+84912345678") == "0912\N{NO-BREAK SPACE}345\N{NO-BREAK SPACE}678"
    assert phone("") == ""
