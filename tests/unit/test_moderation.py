"""What may not stand in public is found however it is hidden, and nothing else is taken for it."""

import time

import pytest

from marketplace.moderation.contacts import contacts_in
from marketplace.moderation.matching import stands_in, written_like


@pytest.mark.parametrize(
    ("text", "channel", "found"),
    [
        ("gọi 0912345678 nhé", "phone", "0912345678"),
        ("0912.345.678", "phone", "0912.345.678"),
        ("0 9 1 2 3 4 5 6 7 8", "phone", "0 9 1 2 3 4 5 6 7 8"),
        ("0912*345*678", "phone", "0912 345 678"),
        ("+84 912 345 678", "phone", "+84 912 345 678"),
        ("O9l2 345 678", "phone", "0912 345 678"),
        ("0９1２345678", "phone", "0912345678"),
        ("không chín một hai ba bốn năm sáu bảy tám", "phone", "0912345678"),
        ("khong 9 mot 2 ba 4 nam 6 bay 8", "phone", "0912345678"),
        ("lan@example.com", "mail", "lan@example.com"),
        ("lan a còng gmail chấm com", "mail", "lan a còng gmail chấm com"),
        ("https://tra.example/a", "link", "https://tra.example/a"),
        ("www.tra.com", "link", "www.tra.com"),
        ("shopee.vn/abc", "link", "shopee.vn/abc"),
        ("t.me/abc", "link", "t.me/abc"),
    ],
)
def test_ways_to_reach_somebody_are_found_however_they_are_written(
    text: str, channel: str, found: str
) -> None:
    assert [(one.channel, one.text) for one in contacts_in(f"Chào bạn, {text} nha")] == [(channel, found)]


@pytest.mark.parametrize(
    "text",
    [
        "Giao trước 05/12/2026 10:30 được không?",
        "Giá 150.000 - 200.000đ một hộp 500 g?",
        "Lấy 100000 200000 300000 thì sao",
        "Mã 8936012345678 trên bao bì là gì?",
        "Hai ba bốn năm hộp thì có rẻ hơn không",
        "hộp 500g.co ship không",
        "Hàng ngon.me mình khen",
        "Trà chấm mật ong được không, 5 kg/thùng.giá",
        "Đơn OC-2222-2222, hạn dùng 12 tháng",
    ],
)
def test_prices_dates_codes_and_sloppy_full_stops_are_no_contacts(text: str) -> None:
    assert contacts_in(text) == []


@pytest.mark.parametrize(
    ("phrase", "text", "marks_count", "is_found"),
    [
        ("khốn nạn", "KHON NAN", False, True),
        ("khốn nạn", "k.h.ố.n n.ạ.n", False, True),
        ("khốn nạn", "khốn​nạn", False, True),
        ("khốn nạn", "khonnan", False, True),
        ("khốn nạn", "khốốốn nạn", False, True),
        ("za lo", "zalo", False, True),
        ("ngu", "n g u", True, True),
        ("ngu", "nguuuu", True, True),
        ("ngu", "uống cho dễ ngủ", True, False),
        ("ngu", "nguồn gốc", True, False),
        ("đéo", "gạo dẻo", True, False),
        ("lồn", "vài lon", True, False),
        ("óc", "hạt óc chó", True, True),
        ("shit", "shitake", False, False),
    ],
)
def test_a_blocked_word_is_found_with_spaces_dots_and_without_marks_and_in_no_other_word(
    phrase: str, text: str, marks_count: bool, is_found: bool
) -> None:
    words, wanted = (written_like(one, marks_count=marks_count) for one in (text, phrase))

    assert stands_in(wanted, words) is is_found


@pytest.mark.parametrize("piece", ["a-", "1 ", "a", "1", "a.b", "hai ", "a@", "( ", "o1", "0912 "])
def test_no_text_takes_long_to_read(piece: str) -> None:
    began = time.process_time()

    contacts_in(piece * (2_000 // len(piece)))

    assert time.process_time() - began < 1
