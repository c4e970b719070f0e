"""Synthetic certified goods with producers and orders, for measuring. Written in bulk, with the same constraints as real rows."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import groupby
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from catalogue.certification.models import Certificate, Decision
from catalogue.certification.services import public_code_new
from catalogue.changes import mark_changed
from catalogue.models import Product, ProductSet
from catalogue.pricing.models import SAMPLE, NormalPrice
from catalogue.producers.models import Partner, StockRecord
from catalogue.texts import no_texts
from checkout.order.models import Consignment, Line, Order
from checkout.order.numbers import new_order_number
from checkout.payment.cash import cash_receive
from checkout.settlement.bookings import book_delivered
from marketplace.clock import today
from marketplace.places.models import Commune
from marketplace.slugs import vietnamese_slug

BATCH: Final = 1000
GOODS_A_PRODUCER: Final = 20
GOODS_AN_ORDER: Final = 50
KINDS: Final = (
    "Cà phê",
    "Trà atiso",
    "Trà ô long",
    "Mật ong",
    "Hồng treo gió",
    "Mắc ca",
    "Nước mắm",
    "Gạo",
    "Tiêu",
    "Nấm hương",
    "Dâu tằm",
    "Khoai lang sấy",
)
WAYS: Final = (
    "rang mộc",
    "túi lọc",
    "nguyên chất",
    "sấy dẻo",
    "sấy thăng hoa",
    "truyền thống",
    "hữu cơ",
    "thượng hạng",
)
NAMES: Final = (
    "Cầu Đất",
    "Lạc Dương",
    "Bảo Lộc",
    "Di Linh",
    "Đức Trọng",
    "Tà Nung",
    "Tuy Đức",
    "Phan Thiết",
    "Đắk Song",
    "La Gi",
)
#: Sets without alcohol.
SETS: Final = (1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 20)


def synthetic_load(*, count: int, say: Callable[[str], None]) -> int:
    """Make `count` goods, a producer for every 20 of them and an order for every 50; return how many goods were made."""
    chance = random.Random(count)  # noqa: S311  # the same goods at every measurement
    communes = list(Commune.objects.filter(province="68").order_by("pk"))
    sets = {row.pk: row for row in ProductSet.objects.filter(pk__in=SETS)}
    decision, _made = Decision.objects.get_or_create(
        number="Quyết định mẫu ĐO-01",
        decided_on=today() - timedelta(days=200),
        authority="UBND tỉnh Lâm Đồng",
        defaults={"level": Decision.Level.PROVINCE, "is_sample": True},
    )
    first = Partner.objects.count()
    made = 0
    for size in _batches(count):
        with transaction.atomic():
            producers = _producers(first + made // GOODS_A_PRODUCER, size, communes, chance)
            goods = _goods(producers, size, sets, chance)
            packs = _packs(goods, chance)
            _certificates(goods, decision, chance)
            mark_changed(good.pk for good in goods)
            _orders(packs, chance)
        made += size
        say(f"  {made} of {count}")
    return made


def _batches(count: int) -> Iterator[int]:
    for start in range(0, count, BATCH):
        yield min(BATCH, count - start)


def _producers(first: int, goods: int, communes: list[Commune], chance: random.Random) -> list[Partner]:
    rows = []
    for number in range(first, first + -(-goods // GOODS_A_PRODUCER)):
        name = f"Hợp tác xã mẫu số {number + 1}"
        rows.append(
            Partner(
                name=name,
                code=f"mau-{number + 1}-{chance.getrandbits(24):06x}",
                kind=Partner.Kind.COOPERATIVE,
                commune=chance.choice(communes),
                seller_state=Partner.SellerState.VERIFIED,
                registration_number=f"MẪU-{number + 1:06d}",
                representative="Người đại diện (mẫu)",
                phone="+84900000000",
                is_sample=True,
            )
        )
    return Partner.objects.bulk_create(rows)


def _goods(
    producers: list[Partner], size: int, sets: dict[int, ProductSet], chance: random.Random
) -> list[Product]:
    rows = []
    for number in range(size):
        product_set = sets[chance.choice(SETS)]
        title = (
            f"{chance.choice(KINDS)} {chance.choice(WAYS)} {chance.choice(NAMES)} {chance.randrange(1, 1000)}"
        )
        rows.append(
            Product(
                **_structure(Product.PARENT, title),
                producer=producers[number // GOODS_A_PRODUCER],
                sector_id=product_set.sector_id,
                product_set=product_set,
                is_sample=True,
            )
        )
    return Product.objects.bulk_create(rows, batch_size=500)


def _packs(goods: list[Product], chance: random.Random) -> list[tuple[Product, StockRecord, int]]:
    rows = [
        Product(**_structure(Product.CHILD, "gói 500 g"), parent=good, weight=chance.randrange(200, 1500))
        for good in goods
    ]
    packs = Product.objects.bulk_create(rows, batch_size=500)
    stock = StockRecord.objects.bulk_create(
        StockRecord(
            product=pack,
            partner=good.producer,
            partner_sku=f"SYN-{pack.pk}",
            num_in_stock=chance.randrange(5, 200),
        )
        for pack, good in zip(packs, goods, strict=True)
    )
    since = timezone.now() - timedelta(days=90)
    prices = NormalPrice.objects.bulk_create(
        NormalPrice(pack=pack, amount=chance.randrange(20, 900) * 1000, valid_from=since, source=SAMPLE)
        for pack in packs
    )
    for pack, good in zip(packs, goods, strict=True):
        good.lead_pack = pack
    Product.objects.bulk_update(goods, ["lead_pack"], batch_size=500)
    return [(pack, record, price.amount) for pack, record, price in zip(packs, stock, prices, strict=True)]


def _structure(structure: str, title: str) -> dict[str, Any]:
    return no_texts(Product) | {"structure": structure, "title_vi": title, "slug": vietnamese_slug(title)}


def _certificates(goods: list[Product], decision: Decision, chance: random.Random) -> None:
    first_day = decision.decided_on
    last_day = first_day.replace(year=first_day.year + 3)
    Certificate.objects.bulk_create(
        Certificate(
            product=good,
            stars=chance.choice((3, 3, 3, 4)),
            decision=decision,
            level=decision.level,
            public_code=public_code_new(),
            valid_from=first_day,
            valid_until=last_day,
            in_force_until=last_day,
            verified_at=timezone.now(),
            state_since=first_day,
            is_sample=True,
        )
        for good in goods
    )


def _orders(packs: list[tuple[Product, StockRecord, int]], chance: random.Random) -> None:
    """Write past orders of two packs each, delivered and paid in cash."""
    now = timezone.now()
    for start in range(0, len(packs), GOODS_AN_ORDER):
        chosen = chance.sample(packs[start : start + GOODS_AN_ORDER], k=min(2, len(packs) - start))
        total = sum(price for _pack, _record, price in chosen)
        order = Order.objects.create(
            number=new_order_number(),
            currency="VND",
            total_incl_tax=total,
            total_excl_tax=total,
            date_placed=now - timedelta(days=chance.randrange(5, 90)),
            phone="+84900000000",
            buyer_name="Người mua mẫu",
            payment_method="cash",
            payment_state="paid",
            fulfilment_state="delivered",
            confirmed_at=now,
        )
        by_producer = groupby(sorted(chosen, key=_seller), key=_seller)
        for place, (producer_id, theirs) in enumerate(by_producer, start=1):
            goods = list(theirs)
            parcel = Consignment.objects.create(
                order=order,
                producer_id=producer_id,
                number=f"{order.number}-{place}",
                state="delivered",
                collected_by=Consignment.Hand.PRODUCER,
                delivered_at=now,
                goods_total=sum(price for _pack, _record, price in goods),
            )
            for pack, record, price in goods:
                _line(order, parcel, pack, record, price)
            # As the shop does: the producer took the cash for a sale, of which commission and taxes are ours.
            cash_receive(consignment=parcel)
            book_delivered(parcel)


def _seller(row: tuple[Product, StockRecord, int]) -> int:
    return row[1].partner_id


def _line(order: Order, parcel: Consignment, pack: Product, record: StockRecord, price: int) -> None:
    Line.objects.create(
        order=order,
        consignment=parcel,
        partner=record.partner,
        partner_name=record.partner.name,
        partner_sku=record.partner_sku,
        stockrecord=record,
        product=pack,
        title=pack.parent.title,
        pack_label=pack.title,
        quantity=1,
        line_price_incl_tax=price,
        line_price_excl_tax=price,
        line_price_before_discounts_incl_tax=price,
        line_price_before_discounts_excl_tax=price,
        unit_price_incl_tax=price,
        unit_price_excl_tax=price,
        num_allocated=0,
        stars=3,
        normal_price=price,
    )
