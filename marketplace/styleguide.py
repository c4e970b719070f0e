"""The living style page: every component in every state, on a machine that debugs and nowhere else.

Its goods are invented and its texts are samples, so they are written here in Vietnamese and not translated.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.clock import VIETNAM


@dataclass(frozen=True, slots=True)
class SamplePicture:
    """The shape that `components/picture.html` asks for."""

    src: str
    alt: str
    placeholder: str = ""
    sources: tuple[Any, ...] = ()
    srcset: str = ""
    width: int = 600
    height: int = 600


@dataclass(frozen=True, slots=True)
class SampleCard:
    """The shape that `components/product_card.html` asks for."""

    name: str
    producer_name: str
    place: str
    stars: int
    price: int | None
    pack_label: str
    picture: SamplePicture | None
    struck: int | None = None
    badge_percent: int = 0
    price_is_sample: bool = False
    can_buy: bool = True
    reason: str = ""
    pack_id: int = 1
    url: str = "#card"
    is_illustration: bool = True


def _pack(colour: str, ground: str, name: str) -> SamplePicture:
    """Return a plain pouch as a data address: a stand-in for the drawn packs of the demonstration."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 300"><path fill="{ground}" d="M0 0h300v300H0z"/>'
        '<ellipse cx="150" cy="268" rx="84" ry="9" fill="#000" opacity=".12"/>'
        f'<path fill="{colour}" d="M78 54q0-6 6-6h132q6 0 6 6l10 200q0 14-14 14H82q-14 0-14-14z"/>'
        '<rect x="98" y="98" width="104" height="122" rx="6" fill="#fffdf8"/>'
        f'<text x="150" y="164" text-anchor="middle" font-family="serif" font-size="16" fill="{colour}">{name}</text></svg>'
    )
    return SamplePicture(src=f"data:image/svg+xml,{quote(svg)}", alt=name)


TEA = SampleCard(
    "Trà Atiso thượng hạng túi lọc",
    "Trà Ngọc Duy",
    "P. Lâm Viên – Đà Lạt",
    4,
    150_000,
    "gói 100 túi",
    _pack("#4f8452", "#e6f0df", "Trà atiso"),
)
CARDS = [
    TEA,
    SampleCard(
        "Cà phê Arabica Cầu Đất rang mộc",
        "HTX Cầu Đất",
        "P. Xuân Trường",
        5,
        189_000,
        "gói 500 g",
        _pack("#6b4630", "#efe5da", "Arabica"),
        struck=222_000,
        badge_percent=14,
    ),
    SampleCard(
        "Hồng treo gió Đà Lạt sấy dẻo tự nhiên không đường, hộp quà biếu",
        "Nông hộ Trại Mát",
        "P. Xuân Trường – Đà Lạt",
        4,
        1_235_000,
        "hộp quà 2 kg",
        _pack("#d06f30", "#fbe6d6", "Hồng treo gió"),
        can_buy=False,
        reason="Tạm hết hàng",
    ),
    SampleCard(
        "Mật ong hoa cà phê",
        "HTX Ong Bảo Lộc",
        "Xã Bảo Lâm 1",
        3,
        None,
        "",
        None,
        can_buy=False,
        reason="Chưa bán trực tuyến",
    ),
]


class SampleForm(forms.Form):
    """Fields of each kind, as checkout and the workplace use them."""

    name = forms.CharField(label="Họ và tên", max_length=80, help_text="Tên người nhận ghi trên kiện hàng.")
    phone = forms.CharField(
        label="Số điện thoại", widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    )
    email = forms.EmailField(label="Thư điện tử", required=False)
    province = forms.ChoiceField(label="Tỉnh, thành phố", choices=[("68", "Lâm Đồng"), ("01", "Hà Nội")])
    note = forms.CharField(label="Lời nhắn", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    payment = forms.ChoiceField(
        label="Cách trả tiền",
        choices=[("cod", "Trả tiền khi nhận hàng"), ("card", "Thẻ quốc tế")],
        widget=forms.RadioSelect,
    )
    file = forms.FileField(label="Ảnh giấy chứng nhận", required=False)
    agree = forms.BooleanField(label="Tôi đã đọc điều khoản mua hàng")

    def clean_phone(self) -> str:
        raise forms.ValidationError("Số điện thoại cần 10 chữ số, ví dụ 0912 345 678.")


SEASON_GOODS = (
    "dâu tây, hoa đào",
    "bơ sớm, cà chua",
    "cà phê hoa, rau ôn đới",
    "mác mác",
    "sầu riêng, bơ",
    "sầu riêng, măng cụt",
    "bơ, chanh dây",
    "chuối Laba",
    "hồng ăn trái",
    "hồng, mắc ca",
    "hồng treo gió, cà phê",
    "cà phê, atiso",
)


def _months(current: int) -> list[dict[str, Any]]:
    """Return twelve months from the current one on."""
    numbers = [*range(current, 13), *range(1, current)]
    return [
        {"number": number, "current": number == current, "goods": SEASON_GOODS[number - 1], "url": "#season"}
        for number in numbers
    ]


def _events() -> list[dict[str, Any]]:
    at = datetime(2026, 11, 23, 7, 12, tzinfo=VIETNAM)
    return [
        {"title": "Đã đặt hàng", "at": at, "text": "Trả tiền khi nhận hàng", "done": True},
        {"title": "Nhà sản xuất đã nhận đơn", "at": at.replace(hour=9), "text": "", "done": True},
        {"title": "Đang đóng gói", "at": None, "text": "", "done": False, "current": True},
        {"title": "Giao cho đơn vị vận chuyển", "at": None, "text": "", "done": False},
    ]


def samples() -> dict[str, Any]:
    """Return what the style page shows; nothing comes from the database."""
    return {
        "card": TEA,
        "cards": CARDS,
        "cards_more": [replace(card, pack_id=9) for card in [*CARDS, *CARDS]],
        "form": SampleForm(),
        "form_refused": SampleForm(
            {"name": "", "phone": "09", "email": "a", "payment": "cod"}, auto_id="refused_%s"
        ),
        "trail": [("Trang chủ", "#"), ("Thực phẩm", "#"), ("Trà Atiso thượng hạng túi lọc", "")],
        "page_obj": Paginator(range(200), 20).page(4),
        "page_range": Paginator(range(200), 20).get_elided_page_range(4, on_each_side=1, on_ends=1),
        "months": _months(11),
        "events": _events(),
        "steps": [("Giỏ hàng", "#"), ("Địa chỉ và trả tiền", ""), ("Xong", "")],
        "tabs": [
            {"label": "Chờ nhận", "url": "#", "current": True, "count": 3},
            {"label": "Cần đóng gói", "url": "#", "count": 5},
            {"label": "Đang giao", "url": "#", "count": 0},
            {"label": "Đã xong", "url": "#"},
        ],
        "sums": [("Tiền hàng", 374_000, ""), ("Giao hàng", 32_000, "2 kiện"), ("Giảm giá", -33_000, "")],
        "facts": [("Khối lượng tịnh", "500 g"), ("Thành phần", "100 % Arabica"), ("Hạn dùng", "12 tháng")],
        "valid_from": date(2026, 8, 5),
        "valid_until": date(2029, 8, 4),
        "chips": [
            {"label": "4 sao", "url": "#", "on": True, "removes": True},
            {"label": "Lâm Đồng", "url": "#", "on": True, "removes": True},
            {"label": "VietGAP", "url": "#"},
            {"label": "Dưới 200.000 ₫", "url": "#"},
        ],
        "facet": SimpleNamespace(
            title="Hạng sao",
            name="stars",
            open=True,
            options=[
                SimpleNamespace(value="5", label="5 sao", count=12, selected=False),
                SimpleNamespace(value="4", label="4 sao", count=128, selected=True),
                SimpleNamespace(value="3", label="3 sao", count=560, selected=False),
            ],
        ),
        "consignments": [
            ("OC-7K2M-91", "Nguyễn Thị Hoa, Hà Nội", 339_000, "wait", "Chờ nhận"),
            ("OC-8D4P-22", "Trần Văn Nam, Đà Nẵng", 150_000, "good", "Đã đóng gói"),
            ("OC-1A9Q-07", "Lê Minh, Cần Thơ", 82_000, "bad", "Đã huỷ"),
        ],
    }


def show(request: HttpRequest) -> HttpResponse:
    """Show all components."""
    return render(request, "styleguide/index.html", samples())
