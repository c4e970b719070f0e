"""Seasonal campaigns: what they reduce, what the law forbids, and that everybody agrees at the second of start and end."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.cards import cards_for
from catalogue.certification.rules import sellable_q
from catalogue.models import Product, ProductChange, ProductSet
from catalogue.pricing.models import DatedPrice
from catalogue.pricing.selectors import current_price_expression, discounted_products, price_at
from catalogue.pricing.services import normal_price_set
from catalogue.producers.strategy import Default
from checkout.campaigns.errors import (
    CampaignIncomplete,
    CampaignInThePast,
    CampaignNotDraft,
    CapNotConfirmed,
    NothingToReduce,
)
from checkout.campaigns.models import Campaign, DiscountRule
from checkout.campaigns.preview import Refusal, above_cap, campaign_preview
from checkout.campaigns.selectors import campaigns_with_counts
from checkout.campaigns.services import (
    CampaignData,
    campaign_create,
    campaign_schedule,
    campaign_stop,
    campaign_update,
    campaigns_refresh_due,
)
from marketplace.clock import VIETNAM, day_of
from marketplace.money import reduced_price
from tests.factories.catalogue import sold_pack
from tests.factories.places import ProvinceFactory

#: Far enough ahead that prices written now can begin then, and inside the term of every certificate of the factories.
START = datetime(2027, 1, 20, 0, 0, tzinfo=VIETNAM)
END = START + timedelta(days=14)
BEFORE = START - timedelta(days=30)
SECOND = timedelta(seconds=1)


def draft(**selection):
    terms = {"percent": 20} | {key: selection.pop(key) for key in ("percent", "price") if key in selection}
    if "price" in terms and "percent" not in selection:
        terms["percent"] = None
    return campaign_create(
        data=CampaignData(name="Tết Đinh Mùi", starts_at=START, ends_at=END, **terms, **selection)
    )


def scheduled(*, at=BEFORE, **selection):
    campaign = draft(**selection)
    campaign_schedule(campaign=campaign, confirm_rule=True, at=at)
    campaign.refresh_from_db()
    return campaign


def refusals(campaign):
    return {item.pack_id: item.refusal for item in campaign_preview(campaign=campaign).items}


def witnesses(pack, at):
    """Return the price of a pack as each of those sees it who shows or charges it."""
    [card] = cards_for([pack.parent_id], language="vi", at=at, adult=False)
    product = Product.objects.annotate(price=current_price_expression(at)).get(pk=pack.pk)
    return {
        price_at(pack.pk, at).now,
        card.price,
        int(Default(at=at).fetch_for_product(pack).price.incl_tax),
        product.price,
    }


@pytest.mark.django_db
class TestDraft:
    def test_has_a_free_address(self):
        pack = sold_pack()
        first, second = draft(goods=[pack.parent]), draft(goods=[pack.parent])
        assert (first.slug, second.slug) == ("tet-dinh-mui", "tet-dinh-mui-2027")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"percent": None},
            {"percent": 10, "price": 1000},
            {"percent": 0},
            {"percent": 100},
            {"percent": None, "price": 0},
            {"ends_at": START},
            {"name": " "},
        ],
    )
    def test_is_refused_where_it_makes_no_sense(self, wrong):
        data = {"name": "Tết", "starts_at": START, "ends_at": END, "percent": 20} | wrong
        with pytest.raises(CampaignIncomplete):
            campaign_create(data=CampaignData(**data))
        assert not Campaign.objects.exists()

    def test_can_be_changed_until_it_is_scheduled(self):
        pack = sold_pack()
        data = CampaignData(
            name="Mùa thu hoạch", starts_at=START, ends_at=END, percent=10, goods=[pack.parent]
        )
        campaign = campaign_update(campaign=draft(goods=[pack.parent]), data=data)
        assert (campaign.name, campaign.percent) == ("Mùa thu hoạch", 10)

        campaign_schedule(campaign=campaign, confirm_rule=True, at=BEFORE)
        with pytest.raises(CampaignNotDraft):
            campaign_update(campaign=campaign, data=data)
        with pytest.raises(CampaignNotDraft):
            campaign_schedule(campaign=campaign, at=BEFORE)


@pytest.mark.django_db
class TestSelection:
    def test_sets_provinces_and_producers_narrow_one_another_and_hands_add(self):
        tea, coffee = ProductSet.objects.get(number=12), ProductSet.objects.get(number=13)
        wanted = sold_pack(product_set=tea)
        other_set = sold_pack(product_set=coffee)
        by_hand = sold_pack(product_set=coffee)
        lam_dong = wanted.parent.producer.commune.province

        campaign = draft(sets=[tea], provinces=[lam_dong], goods=[by_hand.parent])
        assert set(refusals(campaign)) == {wanted.pk, by_hand.pk}

        elsewhere = ProvinceFactory(code="01", name="Thành phố Hà Nội")
        assert set(refusals(draft(sets=[tea], provinces=[elsewhere]))) == set()
        assert set(refusals(draft(producers=[other_set.parent.producer]))) == {other_set.pk}

    def test_goods_that_are_not_shown_at_the_start_are_left_out(self):
        pack = sold_pack(certificate={"valid_until": day_of(START) - timedelta(days=1)})
        assert refusals(draft(goods=[pack.parent])) == {}

    def test_nothing_selected_is_nothing_to_reduce(self):
        with pytest.raises(NothingToReduce):
            campaign_schedule(campaign=draft(), confirm_rule=True, at=BEFORE)


@pytest.mark.django_db
class TestLaw:
    def test_half_of_the_price_before_is_the_most(self):
        pack = sold_pack(price=100_000)
        assert refusals(draft(goods=[pack.parent], percent=50)) == {pack.pk: None}
        assert refusals(draft(goods=[pack.parent], percent=51)) == {pack.pk: Refusal.ABOVE_CAP}
        assert refusals(draft(goods=[pack.parent], price=49_999)) == {pack.pk: Refusal.ABOVE_CAP}
        assert refusals(draft(goods=[pack.parent], price=50_000)) == {pack.pk: None}

    def test_a_concentrated_programme_may_go_further(self):
        pack = sold_pack(price=100_000)
        campaign = draft(goods=[pack.parent], percent=80, concentrated_decision="1234/QĐ-UBND")
        assert refusals(campaign) == {pack.pk: None}

    def test_fresh_food_is_outside_the_cap(self):
        pack = sold_pack(price=100_000, product_set=ProductSet.objects.get(number=1))
        assert refusals(draft(goods=[pack.parent], percent=70)) == {pack.pk: None}

    @pytest.mark.parametrize(
        ("strength", "refusal"),
        [("14.9", None), ("15", Refusal.STRONG_ALCOHOL), (None, Refusal.STRONG_ALCOHOL)],
    )
    def test_strong_alcohol_is_not_promoted(self, strength, refusal):
        pack = sold_pack(
            product_set=ProductSet.objects.get(number=15),
            alcohol=Product.Alcohol.ALCOHOL,
            alcohol_strength=strength and Decimal(strength),
        )
        assert refusals(draft(goods=[pack.parent])) == {pack.pk: refusal}

    def test_a_price_must_go_down_and_be_there(self):
        cheap, unpriced = sold_pack(price=5_000), sold_pack(price=None)
        campaign = draft(goods=[cheap.parent, unpriced.parent], price=5_000)
        assert refusals(campaign) == {cheap.pk: Refusal.NOT_LOWER, unpriced.pk: Refusal.NO_PRICE}

    def test_the_cap_in_force_at_the_start_counts(self):
        DiscountRule.objects.create(
            in_force_from=day_of(START),
            legal_source="Nghị định mới",
            largest_percent=30,
            concentrated_percent=60,
        )
        pack = sold_pack(price=100_000)
        assert refusals(draft(goods=[pack.parent], percent=31)) == {pack.pk: Refusal.ABOVE_CAP}

    def test_a_cap_that_nobody_confirmed_refuses_until_somebody_does(self):
        campaign = draft(goods=[sold_pack().parent])
        with pytest.raises(CapNotConfirmed, match="81/2018"):
            campaign_schedule(campaign=campaign, at=BEFORE)
        assert not DatedPrice.objects.exists()

        campaign_schedule(campaign=campaign, confirm_rule=True, at=BEFORE)

        assert DiscountRule.objects.get().confirmed_at == BEFORE

    @given(before=st.integers(1, 10_000_000), percent=st.integers(1, 50))
    def test_a_percentage_within_the_cap_never_breaks_it_by_rounding(self, before, percent):
        price = reduced_price(before, percent=percent)
        assert not above_cap(price=price, before=before, cap=50)
        assert price <= before
        assert price % 100 == 0 or price == before


@pytest.mark.django_db
class TestAgreement:
    """Listing, search, product page, blocks, basket and order read the price from one of these; all must agree."""

    def test_at_the_second_of_start_and_end(self):
        pack = sold_pack(price=125_500)
        scheduled(goods=[pack.parent], percent=15)

        assert witnesses(pack, START - SECOND) == {125_500}
        assert witnesses(pack, START) == {106_700}
        assert witnesses(pack, END - SECOND) == {106_700}
        assert witnesses(pack, END) == {125_500}

    def test_the_price_before_is_struck_through_and_the_badge_rounds_down(self):
        pack = sold_pack(price=125_500)
        scheduled(goods=[pack.parent], percent=15)

        [card] = cards_for([pack.parent_id], language="vi", at=START, adult=False)

        assert (card.price, card.struck, card.badge_percent) == (106_700, 125_500, 14)
        assert card.until == END

    def test_the_goods_are_found_as_reduced_and_still_sold(self):
        pack, other = sold_pack(price=100_000), sold_pack()
        campaign = scheduled(goods=[pack.parent])

        assert discounted_products(START, limit=10) == [pack.parent_id]
        assert discounted_products(START, limit=10, source=campaign.source) == [pack.parent_id]
        assert discounted_products(END, limit=10) == []
        sold = Product.objects.filter(sellable_q(day_of(START), at=START))
        assert set(sold) == {pack, other}

    def test_of_two_campaigns_the_lower_price_wins(self):
        pack = sold_pack(price=100_000)
        scheduled(goods=[pack.parent], percent=10)
        scheduled(goods=[pack.parent], percent=30)
        assert witnesses(pack, START) == {70_000}

    def test_the_change_record_hears_of_it(self):
        pack = sold_pack()
        campaign = scheduled(goods=[pack.parent])
        version = ProductChange.objects.get(pk=pack.parent_id).version

        campaign_stop(campaign=campaign, at=START + SECOND)

        assert ProductChange.objects.get(pk=pack.parent_id).version == version + 1


@pytest.mark.django_db
class TestStopping:
    def test_a_running_campaign_ends_at_that_second(self):
        pack = sold_pack(price=100_000)
        campaign = scheduled(goods=[pack.parent])
        stop = START + timedelta(days=3)

        stopped = campaign_stop(campaign=campaign, at=stop)

        assert (stopped.state, stopped.stopped_at) == (Campaign.State.STOPPED, stop)
        assert witnesses(pack, stop - SECOND) == {80_000}
        assert witnesses(pack, stop) == {100_000}

    def test_a_coming_campaign_never_begins(self):
        pack = sold_pack(price=100_000)
        campaign_stop(campaign=scheduled(goods=[pack.parent]), at=BEFORE)
        assert witnesses(pack, START) == {100_000}
        assert not DatedPrice.objects.exists()

    def test_twice_or_too_late_changes_nothing(self):
        campaign = scheduled(goods=[sold_pack().parent])
        assert campaign_stop(campaign=campaign, at=END).state == Campaign.State.SCHEDULED
        campaign_stop(campaign=campaign, at=START)
        assert campaign_stop(campaign=campaign, at=START + SECOND).stopped_at == START


@pytest.mark.django_db
class TestScheduling:
    def test_one_that_should_run_already_begins_now(self):
        pack = sold_pack(price=100_000)
        now = START + timedelta(days=1)
        campaign = scheduled(goods=[pack.parent], at=now)
        assert campaign.starts_at == now
        assert witnesses(pack, now - SECOND) == {100_000}
        assert witnesses(pack, now) == {80_000}

    def test_one_that_would_be_over_is_refused(self):
        with pytest.raises(CampaignInThePast):
            campaign_schedule(campaign=draft(goods=[sold_pack().parent]), confirm_rule=True, at=END)

    def test_phases_pass_without_a_write(self):
        campaign = scheduled(goods=[sold_pack().parent])
        moments = [START - SECOND, START, END - SECOND, END]
        assert [campaign.phase(at) for at in moments] == ["coming", "running", "running", "ended"]
        assert campaigns_with_counts().get().packs == 1

    def test_a_normal_price_that_changes_before_the_start_is_judged_anew(self):
        raised, kept = sold_pack(price=100_000), sold_pack(price=100_000)
        campaign = scheduled(goods=[raised.parent, kept.parent], price=60_000)
        assert campaigns_refresh_due(at=BEFORE) == 0

        normal_price_set(pack=raised, amount=130_000, source="producer")

        assert campaigns_refresh_due(at=BEFORE) == 1
        assert campaigns_refresh_due(at=BEFORE) == 0
        assert witnesses(raised, START) == {130_000}, "60.000 would be more than half off"
        assert witnesses(kept, START) == {60_000}
        assert campaign.items.count() == 1
