"""A producer makes its goods ready for sale: packs, prices, texts, pictures, each on a screen that says what to do next."""

import re
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from catalogue.models import Product, ProductImage
from catalogue.pictures.making import MOST_ATTEMPTS, picture_make_ready
from catalogue.pictures.services import picture_add
from catalogue.pricing.models import NormalPrice
from catalogue.pricing.selectors import price_at
from catalogue.pricing.services import normal_price_end
from catalogue.producers.models import Membership, Partner, StockRecord
from catalogue.services import listing_suspend, pack_create
from marketplace.accounts.models import User
from tests.factories.catalogue import GoodFactory, shown_good, sold_pack
from tests.factories.orders import placed_order
from tests.factories.pictures import picture_upload
from tests.factories.producers import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["vi", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


@pytest.fixture(autouse=True)
def no_kept_pages():
    yield
    cache.clear()  # a good of the next test may have the same address


@pytest.fixture
def good() -> Product:
    return shown_good(title="Trà Atiso Đà Lạt")


@pytest.fixture
def client(good: Product) -> Client:
    return client_of(good)


def client_of(good: Product, role: str = Membership.Role.OWNER) -> Client:
    user = User.objects.create_user(f"{role}@example.vn", full_name="Trần Thị Chủ")
    MembershipFactory(user=user, producer=good.producer, role=role)
    client = Client()
    client.force_login(user)
    return client


def address(name: str, good: Product, pk: int) -> str:
    return reverse(f"dashboard:{name}", kwargs={"producer_pk": good.producer_id, "pk": pk})


def page(client: Client, good: Product) -> str:
    response = client.get(address("own-good", good, good.pk))
    assert response.status_code == 200
    return response.content.decode()


def send(client: Client, name: str, good: Product, pk: int, **typed: Any) -> HttpResponse:
    return client.post(address(name, good, pk), typed, follow=True)


def send_pictures(client: Client, good: Product, *files: SimpleUploadedFile) -> HttpResponse:
    return send(client, "pictures", good, good.pk, pictures=list(files))


NEW_PACK = {"title_vi": "Hộp 20 túi lọc", "weight": "120", "price": "85.000", "stock": "40"}


class TestThePageOfAGood:
    def test_says_what_keeps_it_from_being_sold_and_leads_on(self, client, good, language) -> None:
        text = page(client, good)

        assert translation.gettext("In the shop, but not on sale") in text
        assert translation.gettext("Add a pack with its price and stock.") in text
        assert address("pack-new", good, good.pk) in text
        assert good.get_absolute_url() in text, "the public page"
        listed = client.get(reverse("dashboard:goods", args=[good.producer_id])).content.decode()
        assert address("pack-new", good, good.pk) in listed, "“No pack yet” leads to adding one"

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (lambda good: Partner.objects.update(seller_state="pending"), "Send the programme what is missing: %(what)s."),
            (lambda good: good.certificates.update(verified_at=None), "The programme compares the certificate with the paper."),
            (lambda good: StockRecord.objects.update(num_in_stock=0), "Count what is on the shelf and write it at the pack below."),
            (lambda good: normal_price_end(pack=good.children.get()), "Write a price at one of the packs below."),
        ],
    )  # fmt: skip
    def test_says_what_to_do_for_each_reason(self, client, good, change, words) -> None:
        pack_create(good=good, label="hộp", stock=5, weight=100, price=50_000)
        change(good)

        with translation.override("en"):
            text = client.get(address("own-good", good, good.pk)).content.decode()

        assert words.split("%")[0] in text

    def test_says_why_the_programme_suspended_it(self, client, good) -> None:
        listing_suspend(good=good, reason="Sai nhãn")

        text = page(client, good)

        assert "Lý do: Sai nhãn." in text
        assert good.get_absolute_url() not in text, "the shop has no page of it"

    def test_says_who_changes_name_stars_and_certificate(self, client, good, settings) -> None:
        settings.OPERATOR_NAME, settings.OPERATOR_PHONE = "Trung tâm Xúc tiến", "0263 123 456"

        for text in (page(client, good), client.get(address("texts", good, good.pk)).content.decode()):
            assert "Trung tâm Xúc tiến" in text
            assert "0263 123 456" in text

    def test_a_packer_looks_and_finds_no_form(self, good) -> None:
        pack_create(good=good, label="hộp 20 túi", stock=5, weight=100, price=50_000)

        text = page(client_of(good, Membership.Role.PACKER), good)

        assert "hộp 20 túi" in text
        assert "50.000" in text
        assert "<form" not in text
        assert address("pack-new", good, good.pk) not in text

    @pytest.mark.parametrize("count", [1, 6])
    def test_costs_a_constant_number_of_queries(self, client, good, count, django_assert_num_queries) -> None:
        for number in range(count):
            pack_create(good=good, label=f"hộp {number}", stock=5, weight=100, price=50_000)
            picture_add(good=good, upload=picture_upload())
        normal_price_end(pack=pack_create(good=good, label="hết", weight=100, price=50_000))
        page(client, good)  # reads the rules

        with django_assert_num_queries(12):
            page(client, good)


class TestPacks:
    def test_a_new_pack_is_on_sale_at_once(self, client, good, language) -> None:
        response = send(client, "pack-new", good, good.pk, **NEW_PACK, title_en="Box of 20 bags")

        pack = good.children.get()
        assert response.redirect_chain[-1][0] == address("own-good", good, good.pk)
        assert (pack.title_vi, pack.title_en, pack.weight) == ("Hộp 20 túi lọc", "Box of 20 bags", 120)
        record = pack.stockrecords.get()
        assert (record.num_in_stock, record.partner_sku) == (40, f"{good.pk}-{pack.pk}")
        price = NormalPrice.objects.get(pack=pack)
        assert (price.amount, price.source, price.changed_by.full_name) == (
            85_000,
            "producer",
            "Trần Thị Chủ",
        )
        text = response.content.decode()
        assert translation.gettext("Buyers find it and can order it.") in text
        assert 'value="85.000"' in text

    def test_without_a_price_it_waits(self, client, good) -> None:
        send(client, "pack-new", good, good.pk, **{**NEW_PACK, "price": ""})

        assert price_at(good.children.get().pk) is None

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"title_vi": " "}, "title_vi"),
            ({"weight": ""}, "weight"),
            ({"weight": "1,5"}, "weight"),
            ({"price": "85.5"}, "price"),
            ({"price": "85.050"}, "price"),
            ({"stock": "-1"}, "stock"),
            ({"length": "200"}, "width"),
            ({"sku": "TRA-1"}, "sku"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
        self, client, good, changed, field
    ) -> None:
        pack_create(good=GoodFactory(producer=good.producer), label="hộp", sku="TRA-1")

        response = send(client, "pack-new", good, good.pk, **{**NEW_PACK, "title_en": "Box", **changed})

        text = response.content.decode()
        assert response.status_code == 422
        assert f'id="id_{field}-error"' in text
        assert 'value="Box"' in text
        assert not good.children.exists()

    def test_a_pack_gets_another_name_weight_code_and_size(self, client, good) -> None:
        pack = pack_create(good=good, label="hộp", stock=5, weight=100, price=50_000, sku="A")
        filled_in = client.get(address("pack-edit", good, pack.pk)).content.decode()

        send(client, "pack-edit", good, pack.pk, title_vi="Hộp lớn", title_en="", weight="1.200", sku="B", length="300", width="200", height="100")  # fmt: skip

        assert 'value="A"' in filled_in
        pack.refresh_from_db()
        assert (pack.title_vi, pack.title_en, pack.weight) == ("Hộp lớn", None, 1_200)
        assert (pack.length, pack.width, pack.height) == (300, 200, 100)
        assert pack.stockrecords.get().partner_sku == "B"
        assert price_at(pack.pk).now == 50_000, "price and stock have a form of their own"

    def test_a_pack_is_taken_off_sale_and_put_back(self, client, good) -> None:
        pack = pack_create(good=good, label="hộp 20 túi", stock=5, weight=100, price=50_000)

        off = send(client, "pack-off", good, pack.pk).content.decode()
        assert price_at(pack.pk) is None
        assert "Giá trước đó là 50.000" in off
        assert 'name="price" value=' not in off, "a price that doesn't hold isn't in the field"

        send(client, "pack-on", good, pack.pk)
        assert price_at(pack.pk).now == 50_000
        assert NormalPrice.objects.filter(pack=pack).count() == 2, "the history says for how long it was off"

    def test_stock_is_counted_while_it_is_off_sale(self, client, good) -> None:
        pack = pack_create(good=good, label="hộp", stock=5, weight=100, price=50_000)
        send(client, "pack-off", good, pack.pk)

        send(client, "pack", good, pack.pk, price="", stock="9")

        assert (price_at(pack.pk), pack.stockrecords.get().num_in_stock) == (None, 9)

    def test_an_empty_price_says_how_to_take_it_off_sale(self, client, good) -> None:
        pack = pack_create(good=good, label="hộp", stock=5, weight=100, price=50_000)

        response = send(client, "pack", good, pack.pk, price="", stock="9")

        assert response.status_code == 422
        assert "“Ngừng bán”" in response.content.decode()
        assert (price_at(pack.pk).now, pack.stockrecords.get().num_in_stock) == (50_000, 5)

    def test_parcels_that_went_out_meanwhile_stay_gone(self, client, good) -> None:
        pack = pack_create(good=good, label="hộp", stock=50, weight=100, price=50_000)
        assert 'name="stock_before" value="50"' in page(client, good)
        StockRecord.objects.update(num_in_stock=45)  # five were shipped while the page stood open

        send(client, "pack", good, pack.pk, price="60.000", stock="50", stock_before="50")
        assert (price_at(pack.pk).now, pack.stockrecords.get().num_in_stock) == (60_000, 45)
        send(client, "pack", good, pack.pk, price="60.000", stock="70", stock_before="50")
        assert pack.stockrecords.get().num_in_stock == 70, "somebody counted"

    def test_a_pack_that_never_had_a_price_needs_one(self, client, good) -> None:
        pack = pack_create(good=good, label="hộp", stock=5, weight=100)

        assert "hãy ghi giá" in send(client, "pack-on", good, pack.pk).content.decode()
        assert price_at(pack.pk) is None

    def test_a_pack_is_shown_on_the_card_until_the_cheapest_is_again(self, client, good) -> None:
        small, large = (
            pack_create(good=good, label=label, stock=5, weight=100, price=price)
            for label, price in (("nhỏ", 50_000), ("lớn", 90_000))
        )

        send(client, "pack-lead", good, large.pk)
        good.refresh_from_db()
        assert good.lead_pack == large
        send(client, "pack-lead", good, large.pk)
        good.refresh_from_db()
        assert good.lead_pack is None
        assert small.pk != large.pk

    def test_what_is_typed_in_the_list_leads_back_to_the_list(self, client, good) -> None:
        pack = pack_create(good=good, label="hộp", stock=5, weight=100, price=50_000)

        from_list = send(client, "pack", good, pack.pk, price="60.000", stock="5", back="goods")
        from_page = send(client, "pack", good, pack.pk, price="60.000", stock="6")

        assert from_list.redirect_chain[-1][0] == reverse("dashboard:goods", args=[good.producer_id])
        assert from_page.redirect_chain[-1][0] == address("own-good", good, good.pk)


class TestTexts:
    def test_texts_are_written_in_both_languages(self, client, good) -> None:
        good.title_en, good.storage_en = "Artichoke tea", "Keep dry"
        good.save()

        response = send(client, "texts", good, good.pk, description_vi="Hái tay <b>sáng sớm</b>", ingredients_vi="Atiso 100 %", ingredients_en="Artichoke 100 %", title_vi="Tên khác")  # fmt: skip

        assert response.status_code == 200
        good.refresh_from_db()
        assert (good.description_vi, good.ingredients_en) == ("Hái tay <b>sáng sớm</b>", "Artichoke 100 %")
        assert (good.storage_vi, good.storage_en) == ("", None), "what is emptied is none"
        assert (good.title_vi, good.title_en) == ("Trà Atiso Đà Lạt", "Artichoke tea"), (
            "the name isn't theirs to change"
        )
        public = client.get(good.get_absolute_url()).content.decode()
        assert "Atiso 100 %" in public
        assert "&lt;b&gt;sáng sớm" in public

    def test_a_text_that_is_too_long_stays_typed(self, client, good) -> None:
        response = send(client, "texts", good, good.pk, shelf_life_vi="x" * 121, origin_vi="Đà Lạt")

        text = response.content.decode()
        assert response.status_code == 422
        assert 'id="id_shelf_life_vi-error"' in text
        assert 'value="Đà Lạt"' in text
        good.refresh_from_db()
        assert not good.origin_vi


class TestPictures:
    def test_several_are_uploaded_at_once_and_told_of_while_they_are_made_ready(
        self, client, good, language
    ) -> None:
        response = send_pictures(client, good, picture_upload("một.jpg"), picture_upload("hai.jpg"))

        text = response.content.decode()
        being_made = translation.gettext("Being made ready")
        assert good.images.count() == 2
        assert text.count(being_made) == 2
        assert page(client, good).count(being_made) == 2
        assert translation.gettext("On the product's card") in text
        for image in good.images.all():
            picture_make_ready(image_id=image.pk)
        assert being_made not in client.get(address("pictures", good, good.pk)).content.decode()
        assert being_made not in page(client, good)

    @pytest.mark.parametrize("name", ["pictures", "own-good"])
    def test_the_page_asks_until_all_are_ready_and_replaces_tiles_alone(
        self, client, good, name, language
    ) -> None:
        first, second = (picture_add(good=good, upload=picture_upload()) for _ in range(2))
        asks = re.compile(r'hx-get="([^"]*/waiting/[^"]*)"')

        def asked(text: str) -> str:
            return unescape(asks.search(text)[1])

        opened = client.get(address(name, good, good.pk)).content.decode()
        nothing_new = client.get(asked(opened)).content.decode()
        assert "hx-swap-oob" not in nothing_new
        assert asked(nothing_new) == asked(opened)

        picture_make_ready(image_id=second.pk)
        one_is_ready = client.get(asked(nothing_new)).content.decode()
        assert f'<div id="picture-{second.pk}" hx-swap-oob="true">' in one_is_ready
        assert translation.ngettext("%(count)s picture is ready.", "", 1) % {"count": 1} in one_is_ready
        assert f"picture-{first.pk}" not in one_is_ready
        assert "<button" not in one_is_ready, "whatever somebody is at stays"
        assert f"waiting={second.pk}&" not in asked(one_is_ready)

        ProductImage.objects.filter(pk=first.pk).update(sizes_attempts=MOST_ATTEMPTS)
        all_are_told = client.get(asked(one_is_ready)).content.decode()
        assert translation.gettext("Could not be made ready: upload it again") in all_are_told
        assert not asks.search(all_are_told), "nothing is left to ask for"
        assert not asks.search(client.get(address(name, good, good.pk)).content.decode())

    def test_asking_for_other_goods_pictures_or_for_nonsense_tells_nothing(self, client, good) -> None:
        other = picture_add(good=GoodFactory(producer=good.producer), upload=picture_upload())
        picture_make_ready(image_id=other.pk)

        response = client.get(
            f"{address('pictures-waiting', good, good.pk)}?waiting={other.pk}&waiting=x&waiting=99999999999999999999"
        )

        assert response.status_code == 200
        assert response.content.decode().strip() == ""

    def test_the_page_asks_in_one_query_whatever_the_number(self, client, good) -> None:
        def queries() -> int:
            address_of_all = "&".join(f"waiting={pk}" for pk in good.images.values_list("pk", flat=True))
            with CaptureQueriesContext(connection) as captured:
                client.get(f"{address('pictures-waiting', good, good.pk)}?{address_of_all}")
            return len(captured)

        picture_add(good=good, upload=picture_upload())
        few = queries()
        for _ in range(4):
            picture_add(good=good, upload=picture_upload())
        assert queries() == few

    def test_a_file_that_is_no_picture_is_refused_by_name_and_the_others_are_taken(
        self, client, good
    ) -> None:
        response = send_pictures(
            client,
            good,
            picture_upload("tốt.jpg"),
            SimpleUploadedFile("bảng giá.pdf", b"%PDF-1.7"),
            picture_upload("nhỏ.jpg", size=(100, 100)),
        )

        text = response.content.decode()
        assert response.status_code == 422
        assert good.images.count() == 1
        assert "<strong>bảng giá.pdf</strong>: Không đọc được tệp ảnh này" in text
        assert "<strong>nhỏ.jpg</strong>: Ảnh quá nhỏ" in text
        assert "<strong>tốt.jpg</strong>" not in text

    def test_too_many_at_once_are_refused_before_any_is_read(self, client, good) -> None:
        response = send_pictures(client, good, *(picture_upload(f"{number}.jpg") for number in range(11)))

        assert response.status_code == 422
        assert not good.images.exists()

    def test_nothing_chosen_is_said(self, client, good) -> None:
        response = send_pictures(client, good)

        assert response.status_code == 422
        assert "Hãy chọn ít nhất một ảnh." in response.content.decode()

    def test_what_nothing_can_be_made_of_is_told(self, client, good) -> None:
        first = picture_add(good=good, upload=picture_upload())
        second = picture_add(good=good, upload=picture_upload())
        ProductImage.objects.filter(pk=first.pk).update(sizes_attempts=MOST_ATTEMPTS)

        text = client.get(address("pictures", good, good.pk)).content.decode()

        assert "hãy tải lên lại" in text
        assert text.index(f'id="picture-{second.pk}"') < text.index("Trên thẻ sản phẩm"), (
            "the next stands on the card"
        )
        assert client.get(address("picture", good, first.pk)).status_code == 200

    def test_they_are_put_in_order(self, client, good) -> None:
        first, second, third = (picture_add(good=good, upload=picture_upload()).pk for _ in range(3))

        send(client, "picture-move", good, third)
        assert list(good.images.values_list("pk", flat=True)) == [first, third, second]
        send(client, "picture-move", good, first, to="back")
        assert list(good.images.values_list("pk", flat=True)) == [third, first, second]
        send(client, "picture-move", good, third)
        assert list(good.images.values_list("pk", flat=True)) == [third, first, second]

    def test_they_are_described_in_both_languages(self, client, good) -> None:
        image = picture_add(good=good, upload=picture_upload())

        send(
            client, "picture", good, image.pk, alt_vi="Hộp trà trên bàn gỗ", alt_en="A box of tea on a table"
        )

        image.refresh_from_db()
        assert (image.alt_vi, image.alt_en) == ("Hộp trà trên bàn gỗ", "A box of tea on a table")
        too_long = send(client, "picture", good, image.pk, alt_vi="x" * 201, alt_en="Tea")
        assert too_long.status_code == 422
        assert 'value="Tea"' in too_long.content.decode()

    def test_one_is_removed(self, client, good) -> None:
        image = picture_add(good=good, upload=picture_upload())

        response = send(client, "picture-remove", good, image.pk)

        assert not good.images.exists()
        assert response.redirect_chain[-1][0] == address("pictures", good, good.pk)


def test_the_first_page_leads_to_goods_that_nobody_can_buy(client, good, language) -> None:
    first_page = reverse("dashboard:today", args=[good.producer_id])
    words = translation.gettext("goods without a pack")
    GoodFactory(producer=good.producer)  # without a certificate nobody sees it

    text = client.get(first_page).content.decode()
    assert words in text
    assert '<span class="todo__number">1</span>' in text

    pack = pack_create(good=good, label="hộp", stock=2, weight=100, price=50_000)
    text = client.get(first_page).content.decode()
    assert words not in text
    assert address("own-good", good, good.pk) in text, "two are left: where to count them"
    assert pack.title in text


def test_what_is_promised_can_still_be_sent_once_the_pack_is_off_sale() -> None:
    pack = sold_pack()
    order = placed_order(pack, quantity=2)
    client = client_of(pack.parent)

    send(client, "pack-off", pack.parent, pack.pk)

    assert order.lines.get().quantity == 2
    assert StockRecord.objects.get(product=pack).num_allocated == 2
