"""What banks call the columns of their statements, in Vietnamese and English, and what a person said of others."""

import re
from collections.abc import Mapping
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.folding import folded


class Field(StrEnum):
    """What a column can hold."""

    BOOKED_AT = "booked_at"
    REFERENCE = "reference"
    CREDIT = "credit"
    DEBIT = "debit"
    #: In and out in one column, out with a minus.
    AMOUNT = "amount"
    BALANCE = "balance"
    MEMO = "memo"
    PAYER_NAME = "payer_name"
    PAYER_ACCOUNT = "payer_account"
    #: Says nothing that is needed here.
    ASIDE = "aside"

    @property
    def label(self) -> str | Promise:
        return _LABELS[self]


_LABELS: dict[Field, str | Promise] = {
    Field.BOOKED_AT: _("Date"),
    Field.REFERENCE: _("Bank's reference"),
    Field.CREDIT: _("Money in"),
    Field.DEBIT: _("Money out"),
    Field.AMOUNT: _("Amount (out with a minus)"),
    Field.BALANCE: _("Balance"),
    Field.MEMO: _("Memo"),
    Field.PAYER_NAME: _("Payer's name"),
    Field.PAYER_ACCOUNT: _("Payer's account"),
    Field.ASIDE: _("Leave out"),
}

#: Spellings without marks, case and punctuation.
SPELLINGS: dict[Field, tuple[str, ...]] = {
    Field.BOOKED_AT: (
        "ngay", "ngay giao dich", "ngay gd", "ngay hach toan", "ngay hieu luc", "thoi gian", "thoi gian giao dich", "ngay gio giao dich",
        "ngay gio", "date", "transaction date", "booking date", "posting date", "booked at",
    ),
    Field.REFERENCE: (
        "so tham chieu", "ma tham chieu", "ma giao dich", "ma gd", "so but toan", "so giao dich", "so ct", "so chung tu", "ma fttt",
        "reference", "reference no", "ref", "ref no", "transaction no", "transaction id", "doc no", "trace no",
    ),
    Field.CREDIT: (
        "ghi co", "so tien ghi co", "phat sinh co", "ps co", "co", "co tktt", "tien vao", "so tien vao", "credit", "credit amount", "money in",
    ),
    Field.DEBIT: (
        "ghi no", "so tien ghi no", "phat sinh no", "ps no", "no", "no tktt", "tien ra", "so tien ra", "debit", "debit amount", "money out",
    ),
    Field.AMOUNT: ("so tien", "so tien giao dich", "so tien gd", "amount", "transaction amount"),
    Field.BALANCE: (
        "so du", "so du tai khoan", "so du cuoi", "so du sau giao dich", "so du luy ke", "balance", "running balance", "account balance",
    ),
    Field.MEMO: (
        "noi dung", "noi dung giao dich", "noi dung chi tiet", "mo ta", "mo ta giao dich", "dien giai", "chi tiet giao dich",
        "description", "transaction description", "details", "transaction details", "transactions in detail", "memo", "remark", "narrative",
    ),
    Field.PAYER_NAME: (
        "ten nguoi chuyen", "nguoi chuyen", "don vi chuyen", "don vi thu huong don vi chuyen", "ten tai khoan doi ung",
        "ten doi ung", "doi tac", "remitter", "payer", "counterparty", "counterparty name", "corresponsive name",
    ),
    Field.PAYER_ACCOUNT: (
        "tai khoan doi ung", "so tai khoan doi ung", "so tk doi ung", "tai khoan chuyen", "tai khoan nguoi chuyen",
        "corresponsive account", "counterparty account", "remitter account", "payer account",
    ),
    Field.ASIDE: ("stt", "no stt", "tt", "ngan hang doi ung", "chi nhanh", "kenh giao dich", "phi", "thue", "currency", "loai tien"),
}  # fmt: skip
_FIELD_OF = {spelling: field for field, spellings in SPELLINGS.items() for spelling in spellings}
_ASIDE = re.compile(r"\([^)]*\)")


def header_key(header: str) -> str:
    """Return the form in which two spellings of a header are equal."""
    return folded(header)[:120]


def field_of(header: str, remembered: Mapping[str, Field]) -> Field | None:
    """Return what a header means: as a person once said, else as it is spelt, in either of two languages, else None."""
    key = header_key(header)
    if key in remembered:
        return remembered[key]
    for wording in (header, _ASIDE.sub(" ", header), *re.split(r"[/\n(|]", header)):
        known = _FIELD_OF.get(header_key(wording))
        if known:
            return known
    return None
