"""A few words of what is told of a good, where its card doesn't show why it was found."""

import pytest

from search.interpretation import interpret
from search.snippets import SnippetFinder
from search.spelling import Vocabulary

DESCRIPTION = (
    "Sản phẩm của núi rừng. Quả mọng được hái lúc sớm mai, phơi trên giàn tre và đóng gói ngay tại xưởng. "
    "Không dùng chất bảo quản."
)
STORY = "Nhà tôi ở lưng núi. Bà con người Mông hái chè <tuyết> cùng chúng tôi, mỗi năm hai vụ."
TOLD = (("vi", DESCRIPTION), ("vi", STORY))
KNOWN = Vocabulary({"hái": 1, "sớm": 1, "giàn": 1, "tre": 1, "trẻ": 1, "tuyết": 1, "mông": 1, "người": 1})


def snippet(
    text: str, *, shown: str = "Mứt dâu tằm / HTX Mây", told: tuple[tuple[str, str], ...] = TOLD
) -> str:
    found = SnippetFinder(interpret(text, KNOWN)).find(told, shown=shown)
    return f"{found.language}: {found.html}" if found else ""


def test_the_words_that_the_card_does_not_show_are_shown_in_a_few_others() -> None:
    assert snippet("giàn tre") == (
        "vi: … lúc sớm mai, phơi trên <mark>giàn tre</mark> và đóng gói ngay tại xưởng. Không dùng chất bảo quản."
    )


def test_a_card_that_shows_every_word_has_none() -> None:
    assert snippet("dâu tằm") == ""
    assert snippet("mứt dâu") == ""
    assert snippet("mứt mây") == "", "the producer's name stands on the card too"


def test_nothing_is_said_of_words_that_stand_nowhere() -> None:
    assert snippet("zzzzz") == ""
    assert snippet("mứt dâu", told=()) == ""


def test_the_text_that_says_most_is_taken() -> None:
    assert "người Mông</mark>" in snippet("người Mông", told=(("vi", "Hợp khẩu vị nhiều người."), *TOLD))
    assert "người Mông</mark> hái" in snippet("mứt người Mông")


def test_marks_that_were_typed_decide() -> None:
    assert "<mark>giàn</mark> tre" in snippet("giàn trẻ")
    assert "<mark>giàn tre</mark>" in snippet("gian tre")


def test_html_in_a_text_is_shown_and_does_nothing() -> None:
    told = (("vi", 'Hái lúc <script>alert("sớm")</script> mai & trưa.'),)

    assert snippet("sớm mai", told=told).endswith(
        "script&gt;alert(&quot;<mark>sớm</mark>&quot;)&lt;/script&gt; <mark>mai</mark> &amp; trưa."
    )


@pytest.mark.parametrize("typed", ["dried mango", "mango"])
def test_another_word_for_the_same_thing_is_marked(typed: str) -> None:
    told = (("vi", "Làm từ xoài sấy dẻo của vườn nhà."),)

    assert "<mark>xoài" in snippet(typed, shown="Quà vườn / HTX Mây", told=told)


def test_the_texts_stand_in_the_order_of_the_page() -> None:
    """English first on an English page, Vietnamese where English says nothing of it."""
    told = (("en", "Grown on volcanic soil."), ("vi", "Trồng trên đất đỏ, đốt bằng giàn tre."))

    assert snippet("volcanic", told=told).startswith("en: Grown on <mark>volcanic</mark>")
    assert snippet("giàn tre", told=told).startswith("vi: ")


def test_what_a_chip_says_and_praise_need_no_reason() -> None:
    told = (("vi", "Đặc sản ngon của Đà Lạt, giá dưới 100k."),)

    for typed in ("mứt ngon", "mứt đà lạt", "mứt dưới 100k", "mứt 5 sao"):
        assert snippet(typed, told=told) == "", typed


def test_it_stays_short_however_long_the_text() -> None:
    told = (("vi", f"{'Câu dài không dấu chấm ' * 200} giàn tre {'và cứ thế tiếp mãi ' * 200}"),)

    found = snippet("giàn tre", told=told)

    assert len(found) < 150
    assert found.startswith("vi: … ")
    assert found.endswith(" …")
