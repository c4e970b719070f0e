"""Six goods of invented producers, so marked, that show what real companies are never shown as."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import transaction

from catalogue.certification.decisions import decision_record
from catalogue.certification.models import Certificate, WithdrawalGround
from catalogue.certification.services import (
    certificate_award,
    certificate_propose,
    certificate_verify,
    certificate_withdraw,
)
from catalogue.models import Product, ProductSet
from catalogue.pricing.models import SAMPLE
from catalogue.producers.models import Partner
from catalogue.producers.services import producer_update, seller_verify
from catalogue.services import good_create, lead_pack_set, pack_create
from marketplace.accounts.models import User
from marketplace.clock import today
from marketplace.demo.pictures import picture_give
from marketplace.places.models import Commune

AUTHORITY: Final = "UBND tỉnh Lâm Đồng"


@dataclass(frozen=True, slots=True)
class Invented:
    """One made-up good and how its papers stand."""

    name_vi: str
    name_en: str
    producer: str
    commune: str
    product_set: int
    pack_vi: str
    pack_en: str
    price: int
    papers: Callable[[Product, User, User], object]
    #: First and last month of its made-up season.
    season: tuple[int, int]


def _decided(product: Product, by: User, *, stars: int, on: date) -> Certificate:
    decision = decision_record(
        number=f"Quyết định mẫu BT-{product.pk}", decided_on=on, authority=AUTHORITY, is_sample=True
    )
    return certificate_award(product=product, stars=stars, decision=decision, by=by, is_sample=True)


def _verified(product: Product, by: User, verifier: User, *, stars: int, on: date) -> Certificate:
    return certificate_verify(certificate=_decided(product, by, stars=stars, on=on), by=verifier)


def _awaiting(product: Product, by: User, verifier: User) -> None:
    certificate_award(
        product=product,
        stars=3,
        decision=None,
        by=by,
        stated_authority=AUTHORITY,
        stated_year=2026,
        is_sample=True,
    )


def _expired(product: Product, by: User, verifier: User) -> None:
    _verified(product, by, verifier, stars=3, on=_years_before(3, days=40))


def _ending(product: Product, by: User, verifier: User) -> None:
    _verified(product, by, verifier, stars=4, on=_years_before(3, days=-30))


def _withdrawn(product: Product, by: User, verifier: User) -> None:
    paper = _verified(product, by, verifier, stars=3, on=_years_before(1, days=0))
    certificate_withdraw(
        certificate=paper,
        ground=WithdrawalGround.values[0],
        by=by,
        reason="Trường hợp mẫu, không có thật.",
        on=today() - timedelta(days=20),
    )


def _proposed(product: Product, by: User, verifier: User) -> None:
    _verified(product, by, verifier, stars=4, on=_years_before(1, days=30))
    certificate_propose(product=product, stars=5, by=by, reason="Trường hợp mẫu.", is_sample=True)


def _two_stars(product: Product, by: User, verifier: User) -> None:
    certificate_propose(product=product, stars=2, by=by, reason="Trường hợp mẫu.", is_sample=True)


def _years_before(years: int, *, days: int) -> date:
    """Return the day `years` and `days` before today."""
    day = today() - timedelta(days=days)
    return day.replace(year=day.year - years, day=min(day.day, 28))


GOODS: Final = (
    Invented(
        "Mứt dâu tằm Sương Mai (mẫu)",
        "Sương Mai mulberry jam (sample)",
        "Hợp tác xã mẫu Sương Mai",
        "Phường Xuân Hương - Đà Lạt",
        7,
        "hũ 250 g",
        "250 g jar",
        75000,
        _awaiting,
        (3, 5),
    ),
    Invented(
        "Trà ô long Đồi Gió (mẫu)",
        "Đồi Gió oolong tea (sample)",
        "Hợp tác xã mẫu Đồi Gió",
        "Phường B’Lao",
        11,
        "hộp 200 g",
        "200 g box",
        180000,
        _expired,
        (4, 11),
    ),
    Invented(
        "Hồng treo gió Nắng Thềm (mẫu)",
        "Nắng Thềm hanging-dried persimmon (sample)",
        "Hộ kinh doanh mẫu Nắng Thềm",
        "Phường Lâm Viên - Đà Lạt",
        7,
        "hộp 500 g",
        "500 g box",
        235000,
        _ending,
        (10, 12),
    ),
    Invented(
        "Mật ong hoa cà phê Rừng Thưa (mẫu)",
        "Rừng Thưa coffee-blossom honey (sample)",
        "Hợp tác xã mẫu Rừng Thưa",
        "Xã Di Linh",
        4,
        "hũ 500 ml",
        "500 ml jar",
        160000,
        _withdrawn,
        (2, 4),
    ),
    Invented(
        "Cà phê Arabica Sườn Đông (mẫu)",
        "Sườn Đông Arabica coffee (sample)",
        "Công ty mẫu Sườn Đông",
        "Phường Xuân Trường - Đà Lạt",
        13,
        "gói 500 g",
        "500 g pack",
        222000,
        _proposed,
        (11, 1),
    ),
    Invented(
        "Rau sấy Vườn Nhỏ (mẫu)",
        "Vườn Nhỏ dried vegetables (sample)",
        "Hộ kinh doanh mẫu Vườn Nhỏ",
        "Xã Lạc Dương",
        7,
        "túi 100 g",
        "100 g bag",
        55000,
        _two_stars,
        (5, 10),
    ),
)


def invented_load(*, by: User, verifier: User) -> int:
    """Make the invented goods that are missing; return how many were made."""
    made = 0
    for item in GOODS:
        if Product.objects.filter(title_vi=item.name_vi).exists():
            continue
        _make(item, by, verifier)
        made += 1
    return made


@transaction.atomic
def _make(item: Invented, by: User, verifier: User) -> None:
    """Make one good with its papers and picture, whole or not at all."""
    product_set = ProductSet.objects.get(pk=item.product_set)
    producer = _producer(item, by)
    good = good_create(
        producer=producer,
        title=item.name_vi,
        sector=product_set.sector,
        product_set=product_set,
        details={
            "title_en": item.name_en,
            "description_vi": "Sản phẩm và chủ thể không có thật, chỉ để minh hoạ.",
            "description_en": "Neither the product nor the producer is real: for illustration only.",
            "net_quantity_vi": item.pack_vi,
            "net_quantity_en": item.pack_en,
            "season_first": item.season[0],
            "season_last": item.season[1],
            "is_sample": True,
        },
    )
    pack = pack_create(
        good=good,
        label=item.pack_vi,
        stock=30,
        weight=500,
        price=item.price,
        price_source=SAMPLE,
        details={"title_en": item.pack_en},
        by=by,
    )
    lead_pack_set(good=good, pack=pack)
    item.papers(good, by, verifier)
    picture_give(good)


def _producer(item: Invented, by: User) -> Partner:
    producer = Partner.objects.filter(name=item.producer).first() or Partner.objects.create(
        name=item.producer, is_sample=True, kind=_kind(item.producer)
    )
    if producer.seller_state != Partner.SellerState.VERIFIED:
        producer_update(
            producer=producer,
            by=by,
            commune=Commune.objects.get(name=item.commune, province__name__contains="Lâm Đồng"),
            address_text=f"{item.commune} (địa chỉ mẫu)",
            registration_number=f"MẪU-{producer.pk:04d}",
            representative="Người đại diện (mẫu)",
            phone="+84900000000",
        )
        producer.refresh_from_db()
        seller_verify(producer=producer, by=by)
    return producer


def _kind(name: str) -> str:
    kinds = {
        "Hợp tác xã": Partner.Kind.COOPERATIVE,
        "Hộ kinh doanh": Partner.Kind.HOUSEHOLD,
        "Công ty": Partner.Kind.COMPANY,
    }
    return next((kind for word, kind in kinds.items() if name.startswith(word)), Partner.Kind.OTHER)
