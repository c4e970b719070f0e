"""Goods, packs, stock, prices and certificates for tests.

`sold_pack()` gives the common case in one call: a pack that is on sale on `TODAY`. Every part of it can be changed by a keyword.
"""

import secrets
from datetime import date, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from catalogue.certification.models import Certificate, Decision
from catalogue.models import Product, ProductSet, Sector
from catalogue.pricing.models import NormalPrice
from catalogue.producers.models import StockRecord
from marketplace.clock import VIETNAM, start_of_day
from tests.factories.producers import ProducerFactory

#: The day on which the scenarios play.
TODAY = date(2026, 11, 24)
#: A moment on that day.
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=VIETNAM)


class SectorFactory(DjangoModelFactory):
    """Food, unless told otherwise."""

    class Meta:
        model = Sector
        django_get_or_create = ("code",)

    code = "food"
    name = "Thực phẩm"
    position = 1


class ProductSetFactory(DjangoModelFactory):
    """Set 13, coffee and cocoa, unless told otherwise."""

    class Meta:
        model = ProductSet
        django_get_or_create = ("number",)

    number = 13
    sector = factory.SubFactory(SectorFactory)
    group = "Cà phê, ca cao"
    name = "Cà phê, ca cao"


class GoodFactory(DjangoModelFactory):
    """A good without certificate or pack."""

    class Meta:
        model = Product

    structure = Product.PARENT
    title = factory.Sequence(lambda number: f"Cà phê Cầu Đất số {number}")
    producer = factory.SubFactory(ProducerFactory)
    product_set = factory.SubFactory(ProductSetFactory)
    sector = factory.LazyAttribute(lambda good: good.product_set.sector if good.product_set else None)


class PackFactory(DjangoModelFactory):
    """A pack without price or stock; give `parent`."""

    class Meta:
        model = Product

    structure = Product.CHILD
    title = "Gói 500 g"
    weight = 550
    parent = factory.SubFactory(GoodFactory)


class StockFactory(DjangoModelFactory):
    """Ten packs on the shelf, none promised; give `product`, a pack."""

    class Meta:
        model = StockRecord

    partner = factory.LazyAttribute(lambda stock: stock.product.parent.producer)
    partner_sku = factory.LazyAttribute(lambda stock: f"pack-{stock.product.pk}")
    price_currency = "VND"
    num_in_stock = 10
    num_allocated = 0


class NormalPriceFactory(DjangoModelFactory):
    """150.000 đồng since the start of 2026; give `pack`."""

    class Meta:
        model = NormalPrice

    amount = 150_000
    valid_from = start_of_day(date(2026, 1, 1))
    source = "producer"


class DecisionFactory(DjangoModelFactory):
    """A provincial decision."""

    class Meta:
        model = Decision

    number = factory.Sequence(lambda number: f"{number + 100}/QĐ-UBND")
    decided_on = date(2026, 8, 5)
    authority = "UBND tỉnh Lâm Đồng"
    level = Decision.Level.PROVINCE


class CertificateFactory(DjangoModelFactory):
    """A verified 4-star certificate of 36 months; give `product`, a good. `unverified=True` leaves it in the queue."""

    class Meta:
        model = Certificate

    class Params:
        unverified = factory.Trait(verified_at=None, decision=None, valid_from=None, valid_until=None)

    stars = 4
    decision = factory.SubFactory(DecisionFactory)
    level = factory.LazyAttribute(lambda paper: paper.decision.level if paper.decision else "")
    public_code = factory.LazyFunction(lambda: secrets.token_hex(8))
    valid_from = date(2026, 8, 5)
    valid_until = date(2029, 8, 5)
    in_force_until = factory.LazyAttribute(lambda paper: paper.valid_until)
    verified_at = NOW


def shown_good(
    *, certificate: dict[str, Any] | None = None, producer: dict[str, Any] | None = None, **good: Any
) -> Product:
    """Return a good with a certificate in force on `TODAY`; the keywords go to the factories."""
    made = GoodFactory(**({"producer": ProducerFactory(**producer)} if producer else {}), **good)
    CertificateFactory(product=made, **(certificate or {}))
    return made


def sold_pack(
    *,
    price: int | None = 150_000,
    stock: dict[str, Any] | None = None,
    certificate: dict[str, Any] | None = None,
    producer: dict[str, Any] | None = None,
    pack: dict[str, Any] | None = None,
    **good: Any,
) -> Product:
    """Return a pack on sale on `TODAY`; `price=None` leaves the price out, `stock={"num_in_stock": 0}` empties the shelf."""
    parent = shown_good(certificate=certificate, producer=producer, **good)
    made = PackFactory(parent=parent, **(pack or {}))
    StockFactory(product=made, **(stock or {}))
    if price is not None:
        NormalPriceFactory(pack=made, amount=price)
    return made
