"""Compares names of producers, as decision lists write them.

`producer_key` is what two names must share to be one: `HTX` is `Hợp tác xã`, case and dashes don't matter, marks do. `producer_core` is what
makes names close: no marks, no legal form.
"""

import re
from functools import lru_cache

from catalogue.producers.models import Partner
from catalogue.wording import composed, folded
from marketplace.places.names import accent_key

_SHORT_FORMS = {
    "htx": "hợp tác xã",
    "tht": "tổ hợp tác",
    "hkd": "hộ kinh doanh",
    "cty": "công ty",
    "ct": "công ty",
    "cp": "cổ phần",
    "mtv": "một thành viên",
    "tm": "thương mại",
    "dv": "dịch vụ",
    "sx": "sản xuất",
    "xnk": "xuất nhập khẩu",
    "xk": "xuất khẩu",
    "nn": "nông nghiệp",
    "dntn": "doanh nghiệp tư nhân",
    "dn": "doanh nghiệp",
    "csxs": "cơ sở sản xuất",
    "cssx": "cơ sở sản xuất",
    "sxkd": "sản xuất kinh doanh",
    "hkdct": "hộ kinh doanh",
}
_LONG_FORMS = {"trách nhiệm hữu hạn": "tnhh", "hộ kinh doanh cá thể": "hộ kinh doanh"}
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_LEGAL = re.compile(
    r"\b(chi nhanh|cong ty|tnhh|co phan|mot thanh vien|hop tac xa|lien hiep|to hop tac|ho kinh doanh|ho san xuat"
    r"|doanh nghiep tu nhan|doanh nghiep|co so san xuat kinh doanh|co so san xuat|co so|trang trai|tap doan"
    r"|san xuat|thuong mai|dich vu|xuat nhap khau|xuat khau|va)\b"
)
#: A list names a producer again for each of its goods.
_NAMES_KEPT = 4_096
_KINDS = [
    (Partner.Kind.COOPERATIVE_GROUP, ("tổ hợp tác", "nhóm hộ")),
    (Partner.Kind.COOPERATIVE, ("hợp tác xã", "liên hiệp hợp tác xã")),
    (Partner.Kind.COMPANY, ("công ty", "doanh nghiệp", "tập đoàn")),
    (Partner.Kind.FARM, ("trang trại", "farm", "nông trại")),
    (Partner.Kind.HOUSEHOLD, ("hộ kinh doanh", "hộ sản xuất", "hộ gia đình", "cơ sở", "hộ")),
]


@lru_cache(maxsize=_NAMES_KEPT)
def producer_key(name: str) -> str:
    """Return the form in which two names of one producer are equal."""
    return accent_key(_spelt_out(name))


@lru_cache(maxsize=_NAMES_KEPT)
def producer_core(name: str) -> str:
    """Return what remains of a name without marks, spaces and legal form; the whole name where nothing would remain."""
    bare = folded(producer_key(name))
    return _LEGAL.sub(" ", bare).replace(" ", "") or bare.replace(" ", "")


def producer_kind(name: str) -> Partner.Kind:
    """Return the kind of which a name speaks first, OTHER where it speaks of none."""
    spelt_out = f" {_spelt_out(name)} "
    found = [
        (spelt_out.index(f" {word} "), kind)
        for kind, words in _KINDS
        for word in words
        if f" {word} " in spelt_out
    ]
    return min(found, key=lambda at: at[0])[1] if found else Partner.Kind.OTHER


def product_key(name: str) -> str:
    """Return the form in which two names of one producer's good are equal: case, punctuation and dashes don't matter."""
    return accent_key(name)


def _spelt_out(name: str) -> str:
    words = [_SHORT_FORMS.get(word, word) for word in _WORD.findall(composed(name).lower())]
    spelt_out = " ".join(words)
    for long_form, short in _LONG_FORMS.items():
        spelt_out = spelt_out.replace(long_form, short)
    return spelt_out
