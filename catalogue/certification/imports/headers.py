"""What the columns of decision lists are called, in the spellings that provinces use, and in English."""

import re
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalogue.wording import folded


class Field(StrEnum):
    """What a column can hold."""

    KEY = "key"
    NUMBER = "number"
    PRODUCT = "product"
    PRODUCER = "producer"
    ADDRESS = "address"
    COMMUNE = "commune"
    DISTRICT = "district"
    PROVINCE = "province"
    STARS = "stars"
    SECTOR = "sector"
    SET = "set"
    DECISION = "decision"
    DECIDED_ON = "decided_on"
    VALID_FROM = "valid_from"
    VALID_UNTIL = "valid_until"
    AUTHORITY = "authority"
    YEAR = "year"
    CERTIFICATE_CODE = "certificate_code"
    OCOP_CODE = "ocop_code"
    STRENGTH = "strength"
    LEGACY_REGION = "legacy_region"
    SOURCE = "source"
    ANSWER = "answer"
    #: A column of our own file of rows to mend; it says nothing of the good.
    ASIDE = "aside"
    #: A column that a person chose to keep without a meaning.
    EXTRA = "extra"

    @property
    def label(self) -> str | Promise:
        return _LABELS[self]


_LABELS: dict[Field, str | Promise] = {
    Field.KEY: _("Row's own code"),
    Field.NUMBER: _("Running number"),
    Field.PRODUCT: _("Product"),
    Field.PRODUCER: _("Producer"),
    Field.ADDRESS: _("Address"),
    Field.COMMUNE: _("Commune"),
    Field.DISTRICT: _("District"),
    Field.PROVINCE: _("Province"),
    Field.STARS: _("Stars"),
    Field.SECTOR: _("Sector"),
    Field.SET: _("Product set"),
    Field.DECISION: _("Decision number"),
    Field.DECIDED_ON: _("Date of decision"),
    Field.VALID_FROM: _("Valid from"),
    Field.VALID_UNTIL: _("Valid until"),
    Field.AUTHORITY: _("Authority"),
    Field.YEAR: _("Year"),
    Field.CERTIFICATE_CODE: _("Certificate number"),
    Field.OCOP_CODE: _("OCOP product code"),
    Field.STRENGTH: _("Strength of alcohol"),
    Field.LEGACY_REGION: _("Former province"),
    Field.SOURCE: _("Source"),
    Field.ANSWER: _("Answer"),
    Field.ASIDE: _("Remark of the import"),
    Field.EXTRA: _("Keep as it is"),
}

#: Spellings without marks, case and punctuation.
SPELLINGS: dict[Field, tuple[str, ...]] = {
    Field.KEY: ("record id", "id", "ma", "ma so", "ma dong", "ma ban ghi"),
    Field.NUMBER: ("stt", "tt", "so tt", "so thu tu", "no"),
    Field.PRODUCT: (
        "ten san pham", "san pham", "ten sp", "ten san pham ocop", "san pham ocop", "ten san pham dich vu", "ten hang hoa",
        "product name", "product", "ten san pham cong nhan",
    ),
    Field.PRODUCER: (
        "chu the", "ten chu the", "co so", "ten co so", "chu the san xuat", "ten chu the san xuat", "chu the ocop",
        "ten chu the ocop", "don vi", "ten don vi", "don vi san xuat", "co so san xuat", "co so san xuat kinh doanh",
        "nha san xuat", "ten nha san xuat", "ten co so san xuat", "chu the san pham", "producer name", "producer",
    ),
    Field.ADDRESS: ("dia chi", "dia chi san xuat", "dia chi chu the", "dia chi co so", "noi san xuat", "dia diem", "address"),
    Field.COMMUNE: ("xa", "phuong", "xa phuong", "xa phuong thi tran", "xa phuong dac khu", "commune", "ward"),
    Field.DISTRICT: ("huyen", "quan huyen", "huyen thanh pho", "huyen thi xa thanh pho", "district"),
    Field.PROVINCE: ("tinh", "tinh thanh", "tinh thanh pho", "province"),
    Field.STARS: (
        "hang sao", "phan hang", "so sao", "sao", "xep hang", "hang", "hang san pham", "ket qua phan hang", "phan hang sao",
        "xep hang sao", "hang sao ocop", "ket qua danh gia phan hang", "ket qua", "stars", "star", "rating", "dat hang", "cap sao",
    ),
    Field.SECTOR: ("nhom", "nhom san pham", "nganh hang", "nganh", "linh vuc", "nhom nganh", "nhom hang", "nhom nganh hang", "sector"),
    Field.SET: ("bo san pham", "bo", "phan nhom", "product set", "set"),
    Field.DECISION: (
        "so quyet dinh", "quyet dinh", "quyet dinh so", "so qd", "quyet dinh cong nhan", "so quyet dinh cong nhan",
        "so ngay quyet dinh", "decision number", "decision",
    ),
    Field.DECIDED_ON: (
        "ngay", "ngay quyet dinh", "ngay qd", "ngay ky", "ngay ban hanh", "ngay cong nhan", "ngay cap", "ngay thang nam",
        "ngay quyet dinh cong nhan", "decision date", "date",
    ),
    Field.VALID_FROM: ("hieu luc tu", "co hieu luc tu", "valid from"),
    Field.VALID_UNTIL: ("hieu luc den", "co hieu luc den", "ngay het han", "het han", "ngay het hieu luc", "thoi han", "valid until"),
    Field.AUTHORITY: (
        "co quan ban hanh", "co quan cong nhan", "co quan cap", "don vi ban hanh", "don vi cong nhan", "noi cap", "cap cong nhan",
        "issuing authority", "authority",
    ),
    Field.YEAR: ("nam", "nam cong nhan", "nam cap", "certificate year", "year"),
    Field.CERTIFICATE_CODE: ("so giay chung nhan", "ma giay chung nhan", "so gcn", "gcn", "certificate number", "certificate code"),
    Field.OCOP_CODE: ("ma san pham", "ma so san pham", "ma ocop", "ma san pham ocop", "product code", "ocop code"),
    Field.STRENGTH: ("do con", "nong do con", "do ruou", "nong do ruou", "alcohol strength", "strength", "abv"),
    Field.LEGACY_REGION: ("legacy region", "tinh cu", "dia ban cu"),
    Field.SOURCE: ("nguon", "nguon du lieu", "source"),
    Field.ANSWER: ("tra loi", "answer"),
    Field.ASIDE: ("ket qua nhap", "ly do", "cau hoi", "cac cau tra loi"),
}  # fmt: skip
_FIELD_OF = {spelling: field for field, spellings in SPELLINGS.items() for spelling in spellings}
_ASIDE = re.compile(r"\([^)]*\)")

#: How our own files head each column.
OWN_HEADERS: dict[Field, str] = {
    Field.KEY: "Mã",
    Field.SOURCE: "Nguồn",
    Field.PRODUCT: "Tên sản phẩm",
    Field.PRODUCER: "Tên chủ thể",
    Field.ADDRESS: "Địa chỉ",
    Field.COMMUNE: "Xã",
    Field.DISTRICT: "Huyện",
    Field.PROVINCE: "Tỉnh",
    Field.STARS: "Hạng sao",
    Field.SECTOR: "Nhóm",
    Field.SET: "Bộ sản phẩm",
    Field.DECISION: "Số quyết định",
    Field.DECIDED_ON: "Ngày quyết định",
    Field.VALID_FROM: "Hiệu lực từ",
    Field.VALID_UNTIL: "Hiệu lực đến",
    Field.AUTHORITY: "Cơ quan ban hành",
    Field.YEAR: "Năm",
    Field.CERTIFICATE_CODE: "Số giấy chứng nhận",
    Field.OCOP_CODE: "Mã sản phẩm OCOP",
    Field.STRENGTH: "Nồng độ cồn",
    Field.LEGACY_REGION: "Tỉnh cũ",
}


def header_key(text: str) -> str:
    """Return the form in which two spellings of a header are equal."""
    return folded(text)[:120]


def field_of(header: str, remembered: dict[str, Field]) -> Field | None:
    """Return what a header means: as a person once mapped it, else as it is spelt, else None."""
    key = header_key(header)
    if key in remembered:
        return remembered[key]
    for wording in (header, _ASIDE.sub(" ", header), *re.split(r"[/(\n]", header)):
        known = _FIELD_OF.get(header_key(wording))
        if known:
            return known
    return None
