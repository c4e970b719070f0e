"""What the published lists don't hold, filled in for the demonstration through the same services as real data.

Every made-up value says so on its face: decisions are called `Quyết định mẫu`, prices carry `(mẫu)`, and no page tells a seller's sample phone.
"""

from datetime import date
from typing import Final

from django.db import transaction

from catalogue.certification.decisions import decision_record
from catalogue.certification.imports.models import ImportRow
from catalogue.certification.models import Certificate
from catalogue.certification.services import certificate_complete, certificate_verify
from catalogue.models import Product, ProductSet
from catalogue.pricing.models import SAMPLE
from catalogue.producers.models import Partner
from catalogue.producers.services import producer_update, seller_verify
from catalogue.services import good_update, lead_pack_set, pack_create, set_confirm
from marketplace.accounts.models import User
from marketplace.demo.past import ON_SALE_FOR, days_ago
from marketplace.demo.pictures import picture_give
from marketplace.demo.samples import LIST, Sample, samples
from marketplace.progress import Progress

SAMPLE_DECIDED_ON: Final = date(2025, 6, 27)

SAMPLE_NOTE_VI: Final = "Nội dung mẫu cho bản trình diễn, chưa do chủ thể cung cấp."
SAMPLE_NOTE_EN: Final = "Sample text for this demonstration, not given by the producer."


def goods_fill(*, by: User, verifier: User, on_progress: Progress) -> int:
    """Complete the imported goods with samples; return how many were completed now. Doing it twice changes nothing.

    `verifier` verifies the papers that `by` imported: another person, so that this also loads where two are asked for.
    """
    by_key = dict(
        ImportRow.objects.filter(source=LIST, product__isnull=False).values_list("key", "product_id")
    )
    filled = 0
    listed = list(samples())
    for place, sample in enumerate(listed, start=1):
        good = Product.objects.select_related("producer").get(pk=by_key[sample.record_id])
        if not good.images.exists():
            _fill(good, place, sample, by, verifier)
            filled += 1
        on_progress(place, len(listed))
    return filled


@transaction.atomic
def _fill(good: Product, place: int, sample: Sample, by: User, verifier: User) -> None:
    """Complete one good, whole or not at all: a load that was broken off must not leave a good with half of its packs."""
    _sample_decision(good, place, by, verifier)
    _sample_seller(good.producer, by)
    _sample_listing(good, place, sample, by)
    good.refresh_from_db()
    picture_give(good, key=str(place))


def _sample_decision(good: Product, place: int, by: User, verifier: User) -> None:
    """Give an unverified certificate a decision that says that it is a sample."""
    paper = good.certificates.filter(verified_at__isnull=True, state=Certificate.State.AWARDED).first()
    if paper is None:
        return
    if paper.decision is None:
        decision = decision_record(
            number=f"Quyết định mẫu {place:02d}",
            decided_on=SAMPLE_DECIDED_ON,
            authority=paper.stated_authority or "UBND tỉnh Lâm Đồng",
            is_sample=True,
        )
        certificate_complete(
            certificate=paper, decision=decision, by=by, reason="Dữ liệu mẫu cho bản trình diễn"
        )
        Certificate.objects.filter(pk=paper.pk).update(is_sample=True)
    certificate_verify(certificate=paper, by=verifier, reason="Dữ liệu mẫu cho bản trình diễn")


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


def sample_barcode(place: int) -> str:
    """Return a GTIN-13 of the numbers that every shop may use inside its walls (GS1, prefix 20), so that it is nobody's."""
    digits = f"20{place:010d}"
    weighed = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits))
    return f"{digits}{-weighed % 10}"


def _sample_listing(good: Product, place: int, sample: Sample, by: User) -> None:
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
            "net_quantity_vi": f"{sample.pack_vi} (mẫu)",
            "net_quantity_en": f"{sample.pack_en} (sample)",
        },
    )
    if sample.price is None or good.children.exists():
        return
    with days_ago(ON_SALE_FOR):  # it was sold before today
        pack = pack_create(
            good=good,
            label=sample.pack_vi,
            stock=20 + (good.pk * 7) % 60,
            weight=sample.weight,
            price=sample.price,
            price_source=SAMPLE,
            details={"title_en": sample.pack_en, "upc": sample_barcode(place)},
            by=by,
        )
    lead_pack_set(good=good, pack=pack)
