"""Order numbers can be read out on the phone, and slips are caught."""

import pytest

from checkout.order.numbers import ALPHABET, new_order_number, read_order_number


def test_a_number_is_read_however_it_is_typed() -> None:
    number = new_order_number()
    bare = number.replace("-", "")

    for typed in (
        number,
        number.lower(),
        bare,
        f" {number[3:]} ",
        number.replace("-", " "),
        bare[2:].lower(),
    ):
        assert read_order_number(typed) == number


def test_numbers_hold_no_characters_that_look_or_sound_alike() -> None:
    assert not set("01OIL") & set(ALPHABET)
    assert len(ALPHABET) == 31


def test_every_single_slip_and_every_swap_of_neighbours_is_caught() -> None:
    characters = new_order_number().removeprefix("OC-").replace("-", "")

    for place, right in enumerate(characters):
        for wrong in ALPHABET:
            if wrong != right:
                assert read_order_number(characters[:place] + wrong + characters[place + 1 :]) is None
    for place in range(len(characters) - 1):
        first, second = characters[place : place + 2]
        if first != second:
            swapped = characters[:place] + second + first + characters[place + 2 :]
            assert read_order_number(swapped) is None


@pytest.mark.parametrize("text", ["", "OC", "OC-1234-5678", "100042", "' OR 1=1 --"])
def test_anything_else_is_no_number(text: str) -> None:
    assert read_order_number(text) is None


def test_numbers_do_not_repeat() -> None:
    assert len({new_order_number() for _ in range(1_000)}) == 1_000
