"""Spans of time as people say them."""

import pytest
from django.utils import translation

from marketplace.templatetags.days import minutes_in_words


@pytest.mark.parametrize(
    ("minutes", "vietnamese", "english"),
    [
        (0, "", ""),
        (45, "45 phút", "45 minutes"),
        (60, "1 giờ", "1 hour"),
        (90, "90 phút", "90 minutes"),
        (1_440, "1 ngày", "1 day"),
        (259_200, "180 ngày", "180 days"),
    ],
)
def test_a_span_is_told_in_the_largest_unit_that_comes_out_even(
    minutes: int, vietnamese: str, english: str
) -> None:
    with translation.override("vi"):
        assert minutes_in_words(minutes) == vietnamese
    with translation.override("en"):
        assert minutes_in_words(minutes) == english
