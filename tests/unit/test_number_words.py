"""Sums in Vietnamese words."""

import pytest

from marketplace.number_words import MOST, number_words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"),
        (5, "năm"),
        (10, "mười"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (25, "hai mươi lăm"),
        (101, "một trăm linh một"),
        (111, "một trăm mười một"),
        (1_001, "một nghìn không trăm linh một"),
        (155_000, "một trăm năm mươi lăm nghìn"),
        (1_205_000, "một triệu hai trăm linh năm nghìn"),
        (1_000_000_005, "một tỷ không trăm linh năm"),
        (2_150_000_000_000, "hai nghìn một trăm năm mươi tỷ"),
    ],
)
def test_numbers_read_as_people_say_them(number: int, words: str) -> None:
    assert number_words(number) == words


@pytest.mark.parametrize("number", [-1, MOST + 1])
def test_what_nobody_pays_has_no_words(number: int) -> None:
    with pytest.raises(ValueError, match="no words"):
        number_words(number)
