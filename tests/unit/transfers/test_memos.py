"""The order's number in a memo, as buyers and banks write it."""

import pytest

from checkout.order.numbers import new_order_number
from checkout.payment.transfers.memos import memo_of, nearly_in, order_numbers_in

NUMBER = "OC-7K3M-9QX" + next(
    check for check in "23456789ABCDEFGHJKMNPQRSTUVWXYZ" if order_numbers_in(f"OC7K3M9QX{check}")
)
PLAIN = memo_of(NUMBER)
BARE = PLAIN.removeprefix("OC")


@pytest.mark.parametrize(
    "memo",
    [
        NUMBER,
        PLAIN,
        PLAIN.lower(),
        f"MBVCB.3278907687.{PLAIN}.CT tu 0011001234567 NGUYEN THI LAN toi 0011004567890",
        f"thanhtoandonhang{PLAIN.lower()}camon",
        f"OC {BARE[:4]} {BARE[4:]} mua ca phe",
        f"Oc_{BARE[:4]}.{BARE[4:]}",
        f"Thanh toán đơn {BARE}",
        f"don {BARE[:4]}-{BARE[4:]} nhé",
        f"{PLAIN} {NUMBER}",
        f"CT DEN:123456 {PLAIN[:6]} {PLAIN[6:]}",
    ],
)
def test_the_number_is_found_however_it_is_spelt(memo: str) -> None:
    assert order_numbers_in(memo) == [NUMBER]


@pytest.mark.parametrize(
    "memo", ["", "mua ca phe", PLAIN[:-1], "OC7K3M9QX0", "KHACH HANG CHUYEN KHOAN 20261130"]
)
def test_what_is_no_number_is_not_found(memo: str) -> None:
    assert order_numbers_in(memo) == []


def test_a_single_slip_is_never_taken_for_the_number_but_proposed() -> None:
    for place, right in enumerate(BARE):
        slipped = BARE[:place] + ("2" if right != "2" else "3") + BARE[place + 1 :]

        assert NUMBER not in order_numbers_in(f"OC{slipped}")
        assert nearly_in(f"tien hang OC{slipped}", [NUMBER, "OC-ZZZZ-ZZZZ"]) == [NUMBER]


def test_a_number_that_the_bank_cut_off_is_proposed() -> None:
    assert nearly_in(f"NGUYEN THI LAN chuyen tien {PLAIN[:8]}", [NUMBER, "OC-ZZZZ-ZZZZ"]) == [NUMBER]
    assert nearly_in(f"NGUYEN THI LAN chuyen tien {PLAIN[:5]}", [NUMBER]) == []


def test_two_orders_are_both_found() -> None:
    first, second = new_order_number(), new_order_number()

    assert order_numbers_in(f"{memo_of(first)} va {memo_of(second)}") == [first, second]
