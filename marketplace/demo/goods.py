"""What the published lists don't hold, filled in for the demonstration through the same services as real data.

Every made-up value says so on its face: decisions are called `Quyết định mẫu`, sellers and prices are marked as samples.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Final

from django.core.files.base import ContentFile

from catalogue.certification.imports.models import ImportRow
from catalogue.certification.models import Certificate
from catalogue.certification.services import certificate_complete, certificate_verify, decision_record
from catalogue.models import Product, ProductSet
from catalogue.pictures.services import picture_add
from catalogue.producers.models import Partner
from catalogue.producers.services import producer_update, seller_verify
from catalogue.services import good_update, lead_pack_set, pack_create, set_confirm
from marketplace.accounts.models import User
from marketplace.demo.drawings.packs import draw_product

DATA: Final = Path(__file__).parent / "data"
LIST: Final = "ocop_lam_dong"
SAMPLE_DECIDED_ON: Final = date(2025, 6, 27)
PICTURE_SIDE: Final = 1200

SAMPLE_NOTE_VI: Final = "Nội dung mẫu cho bản trình diễn, chưa do chủ thể cung cấp."
SAMPLE_NOTE_EN: Final = "Sample text for this demonstration, not given by the producer."


@dataclass(frozen=True, slots=True)
class Sample:
    """One row of `goods_samples.csv`; amounts in đồng, weights in grams."""

    record_id: str
    product_set: int
    name_en: str
    pack_vi: str
    pack_en: str
    weight: int | None
    price: int | None
    strength: Decimal | None


def samples() -> Iterator[Sample]:
    """Yield the made-up values of the 60 goods."""
    with (DATA / "goods_samples.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Sample(
                record_id=row["record_id"],
                product_set=int(row["set"]),
                name_en=row["name_en"],
                pack_vi=row["pack_vi"],
                pack_en=row["pack_en"],
                weight=int(row["weight_g"]) if row["weight_g"] else None,
                price=int(row["price_vnd"]) if row["price_vnd"] else None,
                strength=Decimal(row["strength_vol"]) if row["strength_vol"] else None,
            )


def goods_fill(*, by: User) -> int:
    """Complete the imported goods with samples; return how many were completed now. Doing it twice changes nothing."""
    by_key = dict(
        ImportRow.objects.filter(source=LIST, product__isnull=False).values_list("key", "product_id")
    )
    filled = 0
    for place, sample in enumerate(samples(), start=1):
        good = Product.objects.select_related("producer").get(pk=by_key[sample.record_id])
        if good.images.exists():
            continue
        _sample_decision(good, place, by)
        _sample_seller(good.producer, by)
        _sample_listing(good, sample, by)
        picture_draw(good, subtitle=place_word(good))
        filled += 1
    return filled


def _sample_decision(good: Product, place: int, by: User) -> None:
    """Give an unverified certificate a decision that says that it is a sample."""
    paper = good.certificates.filter(verified_at__isnull=True, state=Certificate.State.AWARDED).first()
    if paper is None:
        return
    decision = decision_record(
        number=f"Quyết định mẫu {place:02d}",
        decided_on=SAMPLE_DECIDED_ON,
        authority=paper.stated_authority or "UBND tỉnh Lâm Đồng",
        is_sample=True,
    )
    certificate_complete(certificate=paper, decision=decision, by=by, reason="Dữ liệu mẫu cho bản trình diễn")
    Certificate.objects.filter(pk=paper.pk).update(is_sample=True)
    certificate_verify(certificate=paper, by=by, reason="Dữ liệu mẫu cho bản trình diễn")


def _sample_seller(producer: Partner | None, by: User) -> None:
    """Fill in a seller's identity with values that nobody takes for real ones, and let it sell."""
    if producer is None or producer.seller_state == Partner.SellerState.VERIFIED:
        return
    producer_update(
        producer=producer,
        by=by,
        registration_number=producer.registration_number or f"MẪU-{producer.pk:04d}",
        representative=producer.representative or "Người đại diện (mẫu)",
        phone=producer.phone or "+84900000000",
        minimum_order=0,
        pickup_offered=producer.commune_id is not None,
        pickup_hours_vi="Giờ mẫu: 8:00 đến 17:00, thứ Hai đến thứ Bảy",
        pickup_hours_en="Sample hours: 8:00 to 17:00, Monday to Saturday",
        alcohol_licence_number="Giấy phép mẫu",
        alcohol_licence_from=date(2025, 1, 1),
        alcohol_licence_until=date(2029, 12, 31),
        is_sample=True,
    )
    producer.refresh_from_db()
    if producer.commune_id is not None:
        seller_verify(producer=producer, by=by)


def _sample_listing(good: Product, sample: Sample, by: User) -> None:
    set_confirm(
        good=good,
        product_set=ProductSet.objects.get(pk=sample.product_set),
        alcohol_strength=sample.strength,
    )
    good_update(
        good=good,
        details={
            "title_en": sample.name_en,
            "description_vi": SAMPLE_NOTE_VI,
            "description_en": SAMPLE_NOTE_EN,
            "net_quantity_vi": sample.pack_vi,
            "net_quantity_en": sample.pack_en,
        },
    )
    if sample.price is None:
        return
    pack = pack_create(
        good=good,
        label=sample.pack_vi,
        stock=20 + (good.pk * 7) % 60,
        weight=sample.weight,
        price=sample.price,
        price_source="sample",
        details={"title_en": sample.pack_en},
        by=by,
    )
    lead_pack_set(good=good, pack=pack)


def picture_draw(good: Product, *, subtitle: str) -> None:
    """Draw the pack that the good is sold in and add it as its picture."""
    drawn = draw_product(
        name=good.title_vi,
        subtitle=subtitle,
        product_set=good.product_set_id,
        key=str(good.pk),
        size=PICTURE_SIDE,
    )
    buffer = BytesIO()
    drawn.convert("RGB").save(buffer, "JPEG", quality=90)
    picture_add(
        good=good,
        upload=ContentFile(buffer.getvalue(), name="pack.jpg"),
        alt=f"Hình minh hoạ bao bì {good.title_vi}",
        alt_en=f"Drawn pack of {good.title_en or good.title_vi}",
        is_illustration=True,
    )


def place_word(good: Product) -> str:
    """Return the province that stands on the label."""
    producer = good.producer
    return producer.commune.province.short_name if producer and producer.commune else "OCOP"
