"""Cards of goods: what they say, which pack stands for a good, and what they cost."""

from datetime import timedelta

import pytest
from django.utils import translation

from catalogue.cards import cards_for
from catalogue.certification.verdicts import VerdictReason
from catalogue.models import Product, ProductImage
from catalogue.packs import PackOffer, lead_pack
from catalogue.pricing.services import dated_prices_write
from catalogue.producers.models import Partner
from catalogue.producers.strategy import Default
from marketplace.clock import day_of, start_of_day
from tests.factories.catalogue import (
    NOW,
    NormalPriceFactory,
    PackFactory,
    StockFactory,
    shown_good,
    sold_pack,
)
from tests.factories.scenarios import SCENARIOS

pytestmark = pytest.mark.django_db


def card_of(good, *, at=NOW, adult=False, language="vi"):
    cards = cards_for([good.pk], language=language, at=at, adult=adult)
    return cards[0] if cards else None


def another_pack(good, *, price, stock=10):
    pack = PackFactory(parent=good, title=f"gói {price}")
    StockFactory(product=pack, num_in_stock=stock)
    if price:
        NormalPriceFactory(pack=pack, amount=price)
    return pack


def test_says_what_a_listing_needs():
    pack = sold_pack(price=150_000, title="Trà atisô", pack={"title": "hộp 100 túi"})
    good = pack.parent

    card = card_of(good)

    assert (card.name, card.stars, card.price, card.struck) == ("Trà atisô", 4, 150_000, None)
    assert (card.pack_id, card.pack_label, card.can_buy, card.reason) == (pack.pk, "hộp 100 túi", True, "")
    assert card.producer_name == good.producer.name
    assert card.place == f"{good.producer.commune.name}, Lâm Đồng"
    assert card.url == f"/vi/san-pham/{good.slug}-{good.pk}/"
    assert card.picture is None


def test_speaks_the_language_that_is_asked_and_falls_back_to_vietnamese():
    good = sold_pack(title_vi="Trà atisô", title_en="Artichoke tea", pack={"title_vi": "hộp"}).parent

    with translation.override("vi"):
        card = card_of(good, language="en")

    assert (card.name, card.pack_label) == ("Artichoke tea", "hộp")
    assert card.url == f"/en/products/{good.slug}-{good.pk}/"


def test_keeps_the_order_and_leaves_out_what_is_not_shown():
    first, hidden, second = sold_pack(), sold_pack(listing=Product.Listing.SUSPENDED), sold_pack()
    ids = [second.parent_id, hidden.parent_id, first.parent_id]

    cards = cards_for(ids, language="vi", at=NOW, adult=False)

    assert [card.product_id for card in cards] == [second.parent_id, first.parent_id]


def test_a_certified_good_without_seller_is_shown_without_button():
    pack = sold_pack(producer={"seller_state": Partner.SellerState.UNVERIFIED})

    card = card_of(pack.parent)

    assert not card.can_buy
    assert card.reason == VerdictReason.SELLER_NOT_VERIFIED.text


def test_strikes_the_price_before_through():
    pack = sold_pack(price=100_000)
    dated_prices_write(
        source="campaign:1", prices={pack.pk: 80_000}, starts_at=NOW, ends_at=NOW + timedelta(days=1)
    )

    card = card_of(pack.parent)

    assert (card.price, card.struck, card.badge_percent) == (80_000, 100_000, 20)
    assert card.until == NOW + timedelta(days=1)


def test_shows_the_first_picture():
    good = shown_good()
    for order, name in ((1, "goods/bb/second.jpg"), (0, "goods/aa/first.jpg")):
        ProductImage.objects.bulk_create(
            [
                ProductImage(
                    product=good,
                    original=name,
                    width=1600,
                    height=1200,
                    display_order=order,
                    processed_at=NOW,
                    is_illustration=True,
                )
            ]
        )

    picture = card_of(good).picture

    assert picture.src == "/media/goods/aa/first/1/1200w.jpeg"
    assert (picture.width, picture.height) == (1200, 1200)
    assert [source.type for source in picture.sources] == ["image/avif", "image/webp", "image/jpeg"]
    assert picture.is_illustration
    assert picture.alt == good.title


def test_a_picture_that_is_not_ready_gives_way_to_the_next_that_is():
    good = shown_good()
    waiting = {"upload": "picture_uploads/a", "display_order": 0}
    ready = {"original": "goods/aa/ready.jpg", "width": 1600, "height": 1200, "processed_at": NOW}
    ProductImage.objects.bulk_create(
        [
            ProductImage(product=good, **waiting),
            ProductImage(product=good, display_order=1, **ready),
            ProductImage(product=good, display_order=2, **ready | {"original": "goods/bb/later.jpg"}),
        ]
    )

    assert card_of(good).picture.src == "/media/goods/aa/ready/1/1200w.jpeg"


def test_a_good_whose_pictures_are_not_ready_is_shown_without_one():
    good = shown_good()
    ProductImage.objects.bulk_create(
        [ProductImage(product=good, upload=f"picture_uploads/{n}", display_order=n) for n in range(2)]
    )

    assert card_of(good).picture is None


class TestLeadPack:
    def test_the_producers_choice(self):
        good = sold_pack(price=50_000).parent
        chosen = another_pack(good, price=90_000)
        Product.objects.filter(pk=good.pk).update(lead_pack=chosen)
        assert card_of(good).pack_id == chosen.pk

    def test_else_the_cheapest_that_is_sold(self):
        good = sold_pack(price=90_000).parent
        another_pack(good, price=10_000, stock=0)
        cheapest = another_pack(good, price=50_000)
        assert card_of(good).pack_id == cheapest.pk

    def test_a_choice_that_is_sold_out_gives_way(self):
        good = sold_pack(price=90_000).parent
        chosen = another_pack(good, price=10_000, stock=0)
        Product.objects.filter(pk=good.pk).update(lead_pack=chosen)
        assert card_of(good).pack_id != chosen.pk

    def test_nothing_sold_the_choice_stands(self):
        offers = [PackOffer(1, 500, False), PackOffer(2, 900, False), PackOffer(3, None, False)]
        assert lead_pack(offers, chosen=2).pk == 2
        assert lead_pack(offers, chosen=None).pk == 1
        assert lead_pack([], chosen=None) is None


@pytest.mark.parametrize("size", [2, 20])
def test_two_queries_for_any_number_of_goods(size, django_assert_max_num_queries):
    ids = [sold_pack().parent_id for _ in range(size)]
    cards_for(ids[:1], language="vi", at=NOW, adult=False)
    with django_assert_max_num_queries(2):
        assert len(cards_for(ids, language="vi", at=NOW, adult=False)) == size


def moment_of(scenario):
    """Return one moment for the scenario's day and its prices: pages know no other."""
    if scenario.on == day_of(scenario.at):
        return scenario.at
    return start_of_day(scenario.on) + timedelta(hours=10)


@pytest.mark.parametrize(
    "scenario", [one for one in SCENARIOS if one.at.year == 2026], ids=lambda scenario: scenario.name
)
def test_cards_and_strategy_keep_the_one_rule(scenario):
    """Whatever the scenario: a card and Oscar's strategy say what the rule says."""
    made = scenario.make()
    good = made.parent or made
    at = moment_of(scenario)
    card = card_of(good, at=at, adult=scenario.adult)
    assert (card is not None) == scenario.shown
    if card is not None:
        assert (card.can_buy, card.stars) == (scenario.sold, scenario.stars)
    if made.parent is None:
        return
    strategy = Default(at=at, adult=scenario.adult)
    info = strategy.fetch_for_product(made)
    assert info.availability.is_available_to_buy == scenario.sold
    assert info.availability.code == scenario.reason
    if card is not None and card.price is not None:
        assert info.price.incl_tax == card.price
    if scenario.sold:
        assert info.price.exists
        assert strategy.fetch_for_parent(good).stockrecord == info.stockrecord
