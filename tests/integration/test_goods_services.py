"""Writing goods and packs."""

from decimal import Decimal

import pytest

from catalogue.errors import (
    CodeTaken,
    DetailUnknown,
    PackOfAnotherGood,
    ReasonMissing,
    StockPromised,
    StrengthMissing,
    TitleMissing,
)
from catalogue.models import Product, ProductChange, ProductSet, Sector
from catalogue.pricing.selectors import price_at
from catalogue.producers.models import StockRecord
from catalogue.services import (
    good_create,
    good_update,
    lead_pack_set,
    listing_restore,
    listing_suspend,
    pack_create,
    pack_update,
    set_confirm,
    stock_set,
)
from tests.factories.producers import ProducerFactory

pytestmark = pytest.mark.django_db


def version(good):
    return ProductChange.objects.get(pk=good.pk).version


@pytest.fixture
def tea():
    return good_create(
        producer=ProducerFactory(),
        title="Trà atisô",
        product_set=ProductSet.objects.get(number=12),
        details={"title_en": "Artichoke tea"},
    )


class TestGoods:
    def test_a_good_has_its_set_and_the_sets_sector(self, tea):
        assert (tea.structure, tea.sector_id, tea.alcohol) == ("parent", "food", Product.Alcohol.NONE)
        assert (tea.title_vi, tea.title_en, tea.slug) == ("Trà atisô", "Artichoke tea", "tra-atiso")
        assert version(tea) == 1

    def test_a_name_in_vietnamese_is_needed(self, tea):
        with pytest.raises(TitleMissing):
            good_create(producer=tea.producer, title=" ")
        with pytest.raises(TitleMissing):
            good_update(good=tea, details={"title_vi": ""})

    def test_only_known_details_are_written(self, tea):
        with pytest.raises(DetailUnknown):
            good_update(good=tea, details={"listing": "suspended"})

    def test_an_update_is_marked_for_the_index(self, tea):
        good_update(good=tea, details={"origin_vi": "Đà Lạt", "ocop_code": "68-24848-1-2026"})
        tea.refresh_from_db()
        assert (tea.origin_vi, tea.ocop_code) == ("Đà Lạt", "68-24848-1-2026")
        assert version(tea) == 2

    def test_a_suspended_listing_says_why(self, tea):
        with pytest.raises(ReasonMissing):
            listing_suspend(good=tea, reason=" ")
        assert listing_suspend(good=tea, reason="Notified").listing == Product.Listing.SUSPENDED
        assert listing_restore(good=tea).listing_reason == ""


class TestAlcohol:
    @pytest.mark.parametrize(
        ("title", "expected"),
        [("Rượu cần", Product.Alcohol.SUSPECTED), ("Cà phê", Product.Alcohol.NONE)],
    )
    def test_without_a_set_the_name_can_raise_suspicion(self, title, expected):
        good = good_create(producer=ProducerFactory(), title=title, sector=Sector.objects.get(code="drink"))
        assert good.alcohol == expected

    def test_a_new_name_is_judged_anew(self):
        good = good_create(producer=ProducerFactory(), title="Đặc sản vùng cao")
        assert (
            good_update(good=good, details={"title_vi": "Rượu đặc sản"}).alcohol == Product.Alcohol.SUSPECTED
        )

    def test_suspicion_stays_until_a_set_is_confirmed(self):
        good = good_create(producer=ProducerFactory(), title="Sương mai")
        Product.objects.filter(pk=good.pk).update(alcohol=Product.Alcohol.SUSPECTED)  # as a list's group says

        assert (
            good_update(good=good, details={"season_first": 3, "season_last": 5}).alcohol
            == Product.Alcohol.SUSPECTED
        )

    def test_a_confirmed_set_decides(self):
        good = good_create(producer=ProducerFactory(), title="Kẹo rượu")
        assert good.alcohol == Product.Alcohol.SUSPECTED

        confirmed = set_confirm(good=good, product_set=ProductSet.objects.get(number=6))

        assert (confirmed.alcohol, confirmed.suggested_set) == (Product.Alcohol.NONE, None)

    def test_alcohol_needs_its_strength(self):
        good = good_create(producer=ProducerFactory(), title="Rượu cần")
        spirits = ProductSet.objects.get(number=15)
        with pytest.raises(StrengthMissing):
            set_confirm(good=good, product_set=spirits)

        confirmed = set_confirm(good=good, product_set=spirits, alcohol_strength=Decimal("18.5"))

        assert (confirmed.alcohol, confirmed.alcohol_strength) == (Product.Alcohol.ALCOHOL, Decimal("18.5"))


class TestPacks:
    def test_a_pack_has_stock_weight_and_a_price_with_history(self, tea):
        pack = pack_create(good=tea, label="hộp 100 túi", stock=7, weight=320, price=150_000)

        assert (pack.title_vi, pack.weight) == ("hộp 100 túi", 320)
        record = StockRecord.objects.get(product=pack)
        assert (record.partner, record.num_in_stock) == (tea.producer, 7)
        assert price_at(pack.pk).now == 150_000
        assert pack.normal_prices.count() == 1

    def test_a_code_is_the_producers_own_or_made(self, tea):
        named = pack_create(good=tea, label="hộp", sku=" TRA-1 ")
        unnamed = pack_create(good=tea, label="gói")
        elsewhere = pack_create(
            good=good_create(producer=ProducerFactory(), title="Khác"), label="gói", sku="TRA-1"
        )

        codes = [pack.stockrecords.get().partner_sku for pack in (named, unnamed, elsewhere)]
        assert codes == ["TRA-1", f"{tea.pk}-{unnamed.pk}", "TRA-1"]
        with pytest.raises(CodeTaken):
            pack_create(good=tea, label="túi", sku="TRA-1")
        with pytest.raises(CodeTaken):
            pack_update(pack=unnamed, details={"title_vi": "bao"}, sku="TRA-1")
        unnamed.refresh_from_db()
        assert (tea.children.count(), unnamed.title_vi) == (2, "gói"), "nothing is half done"
        pack_update(pack=named, details={}, sku="")
        assert named.stockrecords.get().partner_sku == f"{tea.pk}-{named.pk}"

    def test_labels_and_measures_can_change(self, tea):
        pack = pack_create(good=tea, label="hộp")
        assert pack_update(pack=pack, details={"title_en": "box", "length": 210}).length == 210

    def test_stock_cannot_fall_below_what_is_promised(self, tea):
        pack = pack_create(good=tea, label="hộp", stock=7)
        StockRecord.objects.filter(product=pack).update(num_allocated=3)

        assert stock_set(pack=pack, quantity=3).num_in_stock == 3
        with pytest.raises(StockPromised) as refused:
            stock_set(pack=pack, quantity=2)

        assert refused.value.promised == 3
        assert StockRecord.objects.get(product=pack).num_in_stock == 3

    def test_the_lead_pack_is_one_of_the_goods_own(self, tea):
        pack = pack_create(good=tea, label="hộp")
        other = pack_create(good=good_create(producer=tea.producer, title="Khác"), label="gói")

        assert lead_pack_set(good=tea, pack=pack).lead_pack == pack
        with pytest.raises(PackOfAnotherGood):
            lead_pack_set(good=tea, pack=other)
        assert lead_pack_set(good=tea, pack=None).lead_pack is None
