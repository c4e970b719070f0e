"""What a text message costs, and how it is shortened."""

import pytest

from marketplace.notices.sms import is_gsm, sms_parts, sms_text, without_accents


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ơ" * 70, 1),
        ("ơ" * 71, 2),
        ("ơ" * 134, 2),
        ("ơ" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_counts_messages_as_networks_charge_them(text: str, parts: int) -> None:
    assert sms_parts(text) == parts


def test_keeps_accents_where_the_text_fits_one_message() -> None:
    assert sms_text("Đơn  A1\nđã được giao.") == "Đơn A1 đã được giao."


def test_drops_accents_where_they_would_cost_a_second_message() -> None:
    text = "Chợ OCOP: đơn 7K2M-Q4XP chờ thanh toán 1.250.000 ₫ trước 14:30 23/11/2026. Cảm ơn."

    assert sms_text(text) == (
        "Cho OCOP: don 7K2M-Q4XP cho thanh toan 1.250.000 d truoc 14:30 23/11/2026. Cam on."
    )


def test_base_letters_are_gsm() -> None:
    assert is_gsm(without_accents("Đặng Thuỳ Trâm … ưỡn “ẹo”".replace("“", '"').replace("”", '"')))
