"""Producers, goods and packs. A good comes as lists name it: nothing sold, nothing certified, unless a test says so."""

from datetime import datetime

import factory
from factory.django import DjangoModelFactory

from catalogue.models import Product
from catalogue.pricing.models import NormalPrice
from catalogue.producers.models import Partner, StockRecord
from marketplace.clock import VIETNAM

#: Prices of factories hold from here on.
LONG_AGO = datetime(2025, 1, 1, tzinfo=VIETNAM)


class ProductClassFactory(DjangoModelFactory):
    name = "OCOP"
    slug = "ocop"

    class Meta:
        model = "catalogue.ProductClass"
        django_get_or_create = ("slug",)


class ProducerFactory(DjangoModelFactory):
    """A producer that may sell."""

    name = factory.Sequence(lambda number: f"Hợp tác xã số {number}")
    kind = Partner.Kind.COOPERATIVE
    seller_state = Partner.SellerState.VERIFIED

    class Meta:
        model = Partner


class GoodFactory(DjangoModelFactory):
    """A good of set 12 (herbal tea) without packs."""

    structure = Product.PARENT
    title = factory.Sequence(lambda number: f"Trà thảo mộc số {number}")
    slug = factory.Sequence(lambda number: f"tra-thao-moc-so-{number}")
    producer = factory.SubFactory(ProducerFactory)
    product_class = factory.SubFactory(ProductClassFactory)
    sector_id = "food"
    product_set_id = 12

    class Meta:
        model = Product


class PackFactory(DjangoModelFactory):
    """A pack with a stock record, and a normal price where `price` (đồng) is given."""

    structure = Product.CHILD
    title = factory.Sequence(lambda number: f"gói {number}")
    slug = factory.Sequence(lambda number: f"goi-{number}")
    parent = factory.SubFactory(GoodFactory)
    weight = 300

    class Meta:
        model = Product
        skip_postgeneration_save = True

    @factory.post_generation
    def stock(self, create, extracted, **kwargs):
        producer = self.parent.producer
        StockRecord.objects.create(
            product=self,
            partner=producer,
            partner_sku=f"P{self.pk}",
            num_in_stock=10 if extracted is None else extracted,
        )

    @factory.post_generation
    def price(self, create, extracted, **kwargs):
        if extracted is not None:
            NormalPrice.objects.create(pack=self, amount=extracted, valid_from=LONG_AGO, source="test")
