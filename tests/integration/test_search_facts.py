"""What search filters by beside words: season, form, region, reduction, delivery, what is bought together."""

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

import search.forms
from catalogue.models import BoughtTogether, Product, ProductChange
from catalogue.pricing.models import DatedPrice
from catalogue.producers.models import DeliveryReach
from catalogue.seasons import season_months, season_words
from checkout.order.models import Line, Order
from checkout.order.together import goods_together_refresh
from checkout.shipping.models import DeliveryRate, DeliveryTariff, Zone
from checkout.shipping.reach import reach_record
from marketplace.clock import VIETNAM, start_of_day
from search.forms import form_choices, forms_of
from search.query import EVERYWHERE
from search.sources import build_documents
from tests.factories.catalogue import NOW, TODAY, shown_good, sold_pack
from tests.factories.orders import placed_order

pytestmark = pytest.mark.django_db


def documents_of(good: Product, now: datetime = NOW):
    _version, documents = build_documents([good.pk], now=now)[good.pk]
    return documents


def delivery_on(good: Product, day: date) -> tuple[str, ...]:
    moment = int(start_of_day(day).timestamp()) + 3600
    return next(
        document.delivery
        for document in documents_of(good)
        if document.true_from <= moment < document.true_until
    )


class TestSeasons:
    @pytest.mark.parametrize(
        ("first", "last", "months"),
        [
            (3, 5, (3, 4, 5)),
            (11, 2, (11, 12, 1, 2)),
            (6, 6, (6,)),
            (1, 12, tuple(range(1, 13))),
            (None, None, ()),
        ],
    )
    def test_months(self, first, last, months):
        assert season_months(first, last) == months

    def test_words(self):
        with translation.override("vi"):
            assert season_words(3, 5) == "Có từ tháng 3 đến tháng 5"
            assert season_words(6, 6) == "Có vào tháng 6"
            assert season_words(2, 1) == "Có quanh năm"
            assert season_words(None, None) == ""
        with translation.override("en"):
            assert season_words(11, 2) == "From November to February"

    @pytest.mark.parametrize(("first", "last"), [(3, None), (None, 3), (0, 3), (3, 13)])
    def test_the_database_refuses_half_a_season(self, first, last):
        good = shown_good()
        with pytest.raises(IntegrityError), transaction.atomic():
            Product.objects.filter(pk=good.pk).update(season_first=first, season_last=last)

    def test_the_document_holds_the_months_so_that_no_month_needs_a_write(self):
        good = shown_good(season_first=11, season_last=1)
        assert {document.season for document in documents_of(good)} == {(11, 12, 1)}


class TestForms:
    @pytest.mark.parametrize(
        ("name", "forms"),
        [
            ("Trà Atiso túi lọc", {"teabag"}),
            ("Dâu tây sấy dẻo", {"dried", "softdried"}),
            ("Thực phẩm cao cấp", set()),
            ("Nước mắm Phan Thiết", set()),
        ],
    )
    def test_a_name_tells_the_form(self, name, forms):
        assert set(forms_of([name])) & set(form_choices("vi")) == forms

    def test_every_choice_is_a_form_that_goods_can_have(self):
        file = Path(search.forms.__file__).parent / "data" / "forms.toml"
        known = {form["key"] for form in tomllib.loads(file.read_text(encoding="utf-8"))["form"]}
        assert set(form_choices("vi")) <= known
        assert all(form_choices("en")[key] != name for key, name in form_choices("vi").items())


class TestReductions:
    def test_goods_are_reduced_while_a_struck_price_stands_beside(self):
        pack = sold_pack(price=100_000)
        DatedPrice.objects.create(
            pack=pack,
            amount=80_000,
            starts_at=NOW + timedelta(days=1),
            ends_at=NOW + timedelta(days=2),
            source="campaign:1",
        )

        documents = documents_of(pack.parent)

        assert [(document.price, document.reduced) for document in documents[:3]] == [
            (100_000, False),
            (80_000, True),
            (100_000, False),
        ]
        assert documents[1].true_from == int((NOW + timedelta(days=1)).timestamp())


class TestDelivery:
    def test_nothing_is_known_before_any_table_was_handed_down(self):
        assert delivery_on(sold_pack().parent, TODAY) == ()

    def test_the_shops_table_reaches_everywhere_and_a_sellers_own_goes_before_it(self):
        there, near = sold_pack().parent, sold_pack().parent
        own = DeliveryTariff.objects.create(producer=near.producer, name="Riêng", valid_from=date(2026, 1, 1))
        DeliveryRate.objects.create(
            tariff=own, zone=Zone.SAME_PROVINCE, first_charge=1, step_charge=1, days_min=1, days_max=1
        )

        reach_record()

        assert delivery_on(there, TODAY) == (EVERYWHERE,)
        assert delivery_on(near, TODAY) == (near.producer.commune.province_id,)

    def test_a_table_that_begins_and_ends_needs_no_write_at_midnight(self):
        good = sold_pack().parent
        own = DeliveryTariff.objects.create(
            producer=good.producer,
            name="Tết",
            valid_from=TODAY + timedelta(days=2),
            valid_until=TODAY + timedelta(days=4),
        )
        DeliveryRate.objects.create(
            tariff=own, zone=Zone.SAME_REGION, first_charge=1, step_charge=1, days_min=1, days_max=1
        )
        reach_record()

        days = {day: delivery_on(good, TODAY + timedelta(days=day)) for day in (1, 2, 4, 5)}

        assert days[1] == days[5] == (EVERYWHERE,)
        assert days[2] == days[4] != (EVERYWHERE,)
        assert good.producer.commune.province_id not in days[2]

    def test_goods_that_are_not_sold_are_delivered_nowhere(self):
        good = shown_good()
        reach_record()
        assert delivery_on(good, TODAY) == ()

    def test_recording_twice_changes_nothing_and_marks_only_whose_reach_changed(self):
        own, _other = sold_pack().parent, sold_pack().parent
        reach_record()
        tariff = DeliveryTariff.objects.create(
            producer=own.producer, name="Riêng", valid_from=date(2026, 1, 1)
        )
        before = dict(ProductChange.objects.values_list("pk", "version"))

        assert reach_record() == 1
        assert reach_record() == 0

        after = dict(ProductChange.objects.values_list("pk", "version"))
        assert {pk for pk in after if after[pk] != before.get(pk)} == {own.pk}
        tariff.delete()
        assert reach_record() == 1
        assert not DeliveryReach.objects.filter(producer__isnull=False).exists()


class TestBoughtTogether:
    def orders(self, *baskets: tuple[str, list[Product]]) -> None:
        for phone, packs in baskets:
            order = placed_order(packs[0])
            template = order.lines.get()
            for pack in packs[1:]:
                Line.objects.create(
                    **{
                        field.attname: getattr(template, field.attname)
                        for field in Line._meta.concrete_fields
                        if field.attname not in {"id", "product_id"}
                    },
                    product=pack,
                )
            Order.objects.filter(pk=order.pk).update(phone=phone, confirmed_at=datetime.now(VIETNAM))

    def test_a_pair_stands_once_three_buyers_had_both(self):
        tea, honey = sold_pack(), sold_pack()
        self.orders(("+84900000001", [tea, honey]), ("+84900000002", [tea, honey]))
        assert goods_together_refresh() == 0

        self.orders(("+84900000003", [honey, tea]))

        assert goods_together_refresh() == 2
        assert set(BoughtTogether.objects.values_list("good", "other", "buyers")) == {
            (tea.parent_id, honey.parent_id, 3),
            (honey.parent_id, tea.parent_id, 3),
        }
        _version, [document] = build_documents([honey.parent_id])[honey.parent_id]
        assert document.bought_with == (tea.parent_id,)

    def test_one_buyer_who_comes_back_makes_no_pair(self):
        tea, honey = sold_pack(), sold_pack()
        self.orders(*[("+84900000001", [tea, honey])] * 3)
        assert goods_together_refresh() == 0

    def test_counting_again_marks_nothing_and_what_is_gone_goes(self):
        tea, honey = sold_pack(), sold_pack()
        self.orders(*((f"+8490000000{number}", [tea, honey]) for number in range(3)))
        goods_together_refresh()
        before = dict(ProductChange.objects.values_list("pk", "version"))

        goods_together_refresh()
        assert dict(ProductChange.objects.values_list("pk", "version")) == before

        Order.objects.update(cancelled_at=datetime.now(VIETNAM))
        assert goods_together_refresh() == 0
        assert not BoughtTogether.objects.exists()
