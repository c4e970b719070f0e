"""The VietQR payload, against a checked sample, and read back for whatever a shop could write."""

import binascii
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.payment.transfers.vietqr import plain_memo, sealed, vietqr_payload, vietqr_png, vietqr_svg

#: From domain.md.
SAMPLE = (
    "00020101021238530010A0000007270123000697041601092245284790208QRIBFTTA5303704540510000"
    "5802VN62340107NPS68690819TRANSFER TO SOMEONE6304AC13"
)


def fields(payload: str) -> Iterator[tuple[str, str]]:
    """Read tag, length and value as a bank's app does."""
    while payload:
        length = int(payload[2:4])
        assert len(payload) >= 4 + length, "a field is cut off"
        yield payload[:2], payload[4 : 4 + length]
        payload = payload[4 + length :]


def test_the_checksum_is_that_of_the_checked_sample() -> None:
    assert sealed(SAMPLE[:-8]) == SAMPLE


def test_what_we_write_is_built_like_the_checked_sample() -> None:
    written = dict(
        fields(
            vietqr_payload(
                bank_bin="970416", account_number="224528479", amount=10_000, memo="TRANSFER TO SOMEONE"
            )
        )
    )
    sample = dict(fields(SAMPLE))

    assert [*written] == [*sample]
    assert {tag: written[tag] for tag in written if tag not in ("62", "63")} == {
        tag: sample[tag] for tag in sample if tag not in ("62", "63")
    }
    assert dict(fields(written["62"]))["08"] == dict(fields(sample["62"]))["08"]


@given(
    bank_bin=st.text("0123456789", min_size=6, max_size=6),
    account=st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=19),
    amount=st.integers(1, 2_147_483_647),
    memo=st.text(max_size=80).map(lambda text: f"OC7K3M9QXD {text}"),
)
def test_whatever_is_written_can_be_read_back(bank_bin: str, account: str, amount: int, memo: str) -> None:
    payload = vietqr_payload(bank_bin=bank_bin, account_number=account, amount=amount, memo=memo)

    read = dict(fields(payload))
    beneficiary = dict(fields(dict(fields(read["38"]))["01"]))
    written_memo = dict(fields(read["62"]))["08"]
    assert (beneficiary["00"], beneficiary["01"], int(read["54"])) == (bank_bin, account, amount)
    assert (read["00"], read["01"], read["53"], read["58"]) == ("01", "12", "704", "VN")
    assert payload.isascii()
    assert written_memo == plain_memo(memo)
    assert written_memo.startswith("OC7K3M9QXD")
    assert len(written_memo) <= 25
    assert int(read["63"], 16) == binascii.crc_hqx(payload[:-4].encode(), 0xFFFF)


@pytest.mark.parametrize(
    ("memo", "plain"),
    [
        ("Đặng Thị Ngọc Ánh", "Dang Thi Ngoc Anh"),
        ("cảm ơn – OC7K3M9QXD!", "cam on OC7K3M9QXD"),
        ("cà phê Cầu Đất 500 g, gửi Lan", "ca phe Cau Dat 500 g gui"),
    ],
)
def test_vietnamese_is_folded_to_letters_that_every_bank_takes(memo: str, plain: str) -> None:
    assert plain_memo(memo) == plain


@pytest.mark.parametrize(
    "wrong",
    [{"amount": 0}, {"amount": -5}, {"account_number": ""}, {"account_number": "9" * 90}, {"memo": "…"}],
)
def test_what_does_not_fit_is_refused(wrong: dict[str, object]) -> None:
    right = {"bank_bin": "970436", "account_number": "0011004567890", "amount": 1, "memo": "OC7K3M9QXD"}

    with pytest.raises(ValueError, match=r"positive|characters"):
        vietqr_payload(**{**right, **wrong})  # type: ignore[arg-type]


def test_the_picture_holds_the_payload() -> None:
    payload = vietqr_payload(bank_bin="970436", account_number="1", amount=1, memo="A")

    assert vietqr_svg(payload).startswith("<svg")
    assert vietqr_png(payload).startswith(b"\x89PNG")
