"""Amounts, moments and letters as banks write them."""

import unicodedata
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.payment.transfers.errors import TransfersRefused
from checkout.payment.transfers.rows import masked_account, masked_name
from checkout.payment.transfers.statements.cells import Unreadable, read_amount, read_balance, read_moment
from checkout.payment.transfers.statements.columns import Field, field_of
from checkout.payment.transfers.statements.decoding import decoded
from marketplace.clock import VIETNAM

MEMO = "Thanh toán tiền hàng cà phê – đặc sản Đắk Lắk, người gửi: Nguyễn Thị Hường"


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1890000", 1_890_000),
        ("1.890.000", 1_890_000),
        ("1,890,000", 1_890_000),
        ("1,890,000.00", 1_890_000),
        ("1.890.000,00", 1_890_000),
        ("1 890 000", 1_890_000),
        ("189.000 VND", 189_000),
        ("+189,000 ₫", 189_000),
        ("189.00", 189),
        ("-5,000", -5_000),
        ("(5,000)", -5_000),
        ("5.000-", -5_000),
        ("", 0),
        ("-", 0),
        ("0.00", 0),
    ],
)
def test_amounts_are_read_to_the_dong(written: str, amount: int) -> None:
    assert read_amount(written) == amount


@pytest.mark.parametrize(
    "written", ["189.5", "1,89", "1.890,000", "1,89,000", "1.89E+06", "abc", "189.000,50", "9" * 11, "1.2.3"]
)
def test_what_could_be_two_amounts_is_none(written: str) -> None:
    with pytest.raises(Unreadable):
        read_amount(written)


@given(st.integers(-2_147_483_647, 2_147_483_647))
def test_what_banks_write_is_read_back(amount: int) -> None:
    for written in (f"{amount}", f"{amount:,}", f"{amount:,}".replace(",", "."), f"{amount:,}.00"):
        assert read_amount(written) == amount
        assert read_balance(written) == amount


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("30/11/2026 10:15:20", datetime(2026, 11, 30, 10, 15, 20, tzinfo=VIETNAM)),
        ("10:15 30-11-2026", datetime(2026, 11, 30, 10, 15, tzinfo=VIETNAM)),
        ("2026-11-30 10:15", datetime(2026, 11, 30, 10, 15, tzinfo=VIETNAM)),
        ("30.11.2026", datetime(2026, 11, 30, tzinfo=VIETNAM)),
        (date(2026, 11, 30), datetime(2026, 11, 30, tzinfo=VIETNAM)),
    ],
)
def test_moments_have_the_day_first(written: str | date, moment: datetime) -> None:
    assert read_moment(written) == moment


@pytest.mark.parametrize("written", ["11/30/2026", "hôm qua", "31/02/2026", "30/11/26"])
def test_what_is_no_day_is_refused(written: str) -> None:
    with pytest.raises(Unreadable):
        read_moment(written)


def in_windows_1258(text: str) -> bytes:
    """Encode as old spreadsheets do: letters with at most one mark composed, the tone after it."""
    pieces = []
    for letter in text.replace("–", "-"):
        try:
            pieces.append(letter.encode("cp1258"))
        except UnicodeEncodeError:
            base, tone = letter, b""
            for mark in "\u0300\u0301\u0303\u0309\u0323":
                if mark in unicodedata.normalize("NFD", letter):
                    rest = unicodedata.normalize("NFD", letter).replace(mark, "")
                    base, tone = unicodedata.normalize("NFC", rest), mark.encode("cp1258")
            pieces.append(base.encode("cp1258") + tone)
    return b"".join(pieces)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_letters_of_unicode_files_are_read(encoding: str) -> None:
    assert decoded(MEMO.encode(encoding)) == MEMO


def test_letters_of_windows_1258_are_read() -> None:
    text = decoded(in_windows_1258(MEMO))

    assert unicodedata.normalize("NFC", text) == MEMO.replace("–", "-")


@pytest.mark.parametrize(
    "content",
    [
        MEMO.encode()[:-1] + b"\xe1\xbb",  # cut off in a letter
        MEMO.encode() + b"\xff\xfe\xfa" + MEMO.encode(),  # UTF-8 with foreign bytes
        "日本語の明細".encode("shift_jis"),
        MEMO.encode("utf-16")[:-1],
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    ],
)
def test_what_is_in_no_known_encoding_is_refused(content: bytes) -> None:
    with pytest.raises(TransfersRefused):
        decoded(content)


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("Ngày giao dịch\nTransaction date", Field.BOOKED_AT),
        ("Số tham chiếu/ Ref No", Field.REFERENCE),
        ("Phát sinh có (VND)", Field.CREDIT),
        ("Có TKTT / Credit", Field.CREDIT),
        ("Số tiền ghi nợ", Field.DEBIT),
        ("Diễn giải", Field.MEMO),
        ("Transactions in detail", Field.MEMO),
        ("Cột lạ", None),
    ],
)
def test_columns_are_known_by_what_banks_call_them(header: str, meaning: Field | None) -> None:
    assert field_of(header, {}) == meaning


def test_payers_are_masked() -> None:
    assert masked_name("NGUYEN THI NGOC LAN") == "N. T. N. LAN"
    assert masked_name("") == ""
    assert masked_account("0071 0012 34567") == "•••• 4567"
    assert masked_account("12") == ""
