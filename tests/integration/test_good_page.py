"""The page of a good: what it says, to whom, and what it costs."""

import json
import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.certification.models import StandardCertificate
from catalogue.models import Product, ProductImage, ProductSet
from catalogue.pictures.making import picture_make_ready
from catalogue.pictures.services import picture_add
from catalogue.pricing.models import DatedPrice
from catalogue.pricing.services import dated_prices_write
from catalogue.producers.models import Partner
from marketplace.adult import ADULT_COOKIE, ADULT_SALT
from marketplace.clock import start_of_day
from tests.factories.catalogue import (
    NormalPriceFactory,
    PackFactory,
    StockFactory,
    shown_good,
    sold_pack,
)
from tests.factories.pictures import picture_upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


def address_of(good, language="vi"):
    words = {"vi": "san-pham", "en": "products"}
    return f"/{language}/{words[language]}/{good.slug}-{good.pk}/"


def text_of(response):
    """Return the words of the page's main part."""
    main = re.sub(r"(?s)^.*?<main|<footer.*$", "", response.content.decode())
    return " ".join(unescape(re.sub(r"(?s)<(script|svg).*?</\1>|<[^>]+>", " ", main)).split())


def json_ld_of(response):
    block = re.search(r'(?s)<script type="application/ld\+json">(.*?)</script>', response.content.decode())
    return json.loads(block[1])


def adult_client():
    client = Client()
    client.cookies[ADULT_COOKIE] = signed_adult()
    return client


def signed_adult():
    from django.core.signing import get_cookie_signer

    return get_cookie_signer(salt=ADULT_COOKIE + ADULT_SALT).sign("18")


def another_pack(good, *, label, price, stock=10):
    pack = PackFactory(parent=good, title=label)
    StockFactory(product=pack, num_in_stock=stock)
    if price:
        NormalPriceFactory(pack=pack, amount=price)
    return pack


class TestWhatItSays:
    def test_the_good_its_certificate_producer_and_price(self, client):
        pack = sold_pack(
            price=150_000, title="Trà atisô", pack={"title": "hộp 100 túi"}, ingredients="Hoa atisô 100 %"
        )
        good = pack.parent

        response = client.get(address_of(good))

        page = text_of(response)
        decision = good.certificates.get().decision
        assert response.status_code == 200
        for words in (
            "Trà atisô",
            "OCOP 4 sao",
            "150.000\u00a0₫".replace("\u00a0", " "),
            "hộp 100 túi",
            decision.number,
            decision.authority,
            "05/08/2026 – 05/08/2029",
            good.producer.name,
            good.producer.registration_number,
            "Hoa atisô 100 %",
        ):
            assert words in page, words
        assert 'action="/vi/' in response.content.decode()

    def test_what_is_not_known_is_said(self, client):
        page = text_of(client.get(address_of(sold_pack().parent)))
        assert "Chưa có thông tin" in page

    def test_in_english_with_vietnamese_as_fallback(self, client):
        good = sold_pack(title_vi="Trà atisô", title_en="Artichoke tea", origin_vi="Đà Lạt").parent
        page = text_of(client.get(address_of(good, "en")))
        assert "Artichoke tea" in page
        assert "Đà Lạt" in page

    def test_the_packs_are_links_and_the_chosen_one_is_bought(self, client):
        small = sold_pack(price=80_000, pack={"title": "hộp 50 túi"})
        large = another_pack(small.parent, label="hộp 100 túi", price=150_000)

        lead = client.get(address_of(small.parent)).content.decode()
        chosen = client.get(address_of(small.parent), {"pack": large.pk}).content.decode()
        nonsense = client.get(address_of(small.parent), {"pack": "99999999999999999999"}).content.decode()

        assert re.findall(r'<a class="choice" href="\?pack=(\d+)"', lead) == [str(small.pk), str(large.pk)]
        assert f"/{small.pk}/" in re.search(r'class="buy"[^>]*action="([^"]*)"', lead)[1]
        assert f"/{large.pk}/" in re.search(r'class="buy"[^>]*action="([^"]*)"', chosen)[1]
        assert f"/{small.pk}/" in re.search(r'class="buy"[^>]*action="([^"]*)"', nonsense)[1]

    def test_the_price_before_is_struck_through(self, client):
        pack = sold_pack(price=100_000)
        now = timezone.now()
        dated_prices_write(
            source="campaign:1",
            prices={pack.pk: 80_000},
            starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(hours=1),
        )
        html = client.get(address_of(pack.parent)).content.decode()
        assert "100.000\u00a0₫</s>" in html
        assert "−20 %" in html

    def test_certified_but_not_sold_is_shown_with_its_producer_and_no_button(self, client):
        good = sold_pack(
            producer={"seller_state": Partner.SellerState.UNVERIFIED},
            other_channels="Siêu thị Co.opmart Đà Lạt",
        ).parent
        response = client.get(address_of(good))
        assert 'class="buy"' not in response.content.decode()
        assert "Siêu thị Co.opmart Đà Lạt" in text_of(response)

    def test_a_good_without_packs_is_shown(self, client):
        response = client.get(address_of(shown_good()))
        assert response.status_code == 200
        assert 'class="buy"' not in response.content.decode()

    def test_only_standards_that_hold_today(self, client):
        good = sold_pack().parent
        common = {"valid_from": date(2025, 1, 1), "issuer": "Tổ chức chứng nhận"}
        StandardCertificate.objects.create(
            standard="vietgap",
            product=good,
            valid_until=date(2030, 1, 1),
            verified_at=timezone.now(),
            **common,
        )
        StandardCertificate.objects.create(
            standard="halal", producer=good.producer, valid_until=date(2030, 1, 1), **common
        )
        StandardCertificate.objects.create(
            standard="4c", product=good, valid_until=date(2025, 6, 1), verified_at=timezone.now(), **common
        )
        page = text_of(client.get(address_of(good)))
        assert "VietGAP" in page
        assert "Halal" not in page, "not verified"
        assert "4C" not in page, "expired"


class TestForMachines:
    def test_structured_data_names_product_offers_brand_and_certificate(self, client):
        pack = sold_pack(price=150_000, title="Trà <b>atisô</b> & mật ong</script>")
        response = client.get(address_of(pack.parent))
        data = json_ld_of(response)
        assert data["@type"] == "Product"
        assert data["name"] == "Trà <b>atisô</b> & mật ong</script>"
        assert data["brand"]["name"] == pack.parent.producer.name
        assert [(offer["price"], offer["priceCurrency"]) for offer in data["offers"]] == [("150000", "VND")]
        assert data["offers"][0]["availability"] == "https://schema.org/InStock"
        assert data["hasCertification"]["certificationRating"]["ratingValue"] == 4

    def test_goods_that_ran_out_are_offered_as_such(self, client):
        pack = sold_pack(price=150_000, stock={"num_in_stock": 0})
        offers = json_ld_of(client.get(address_of(pack.parent)))["offers"]
        assert [offer["availability"] for offer in offers] == ["https://schema.org/OutOfStock"]

    def test_a_price_without_a_verified_seller_is_no_offer(self, client):
        pack = sold_pack(price=150_000, producer={"seller_state": Partner.SellerState.PENDING})
        response = client.get(address_of(pack.parent))
        assert "offers" not in json_ld_of(response)
        assert "product:price:amount" not in response.content.decode()

    def test_a_price_for_some_days_is_valid_until_its_last_day_in_vietnam(self, client):
        pack = sold_pack(price=150_000)
        DatedPrice.objects.create(
            pack=pack,
            amount=99_000,
            starts_at=timezone.now() - timedelta(days=1),
            ends_at=start_of_day(date(2030, 2, 1)),
            source="campaign:1",
        )
        (offer,) = json_ld_of(client.get(address_of(pack.parent)))["offers"]
        assert (offer["price"], offer["priceValidUntil"]) == ("99000", "2030-01-31")

    def test_says_its_address_in_both_languages(self, client):
        good = sold_pack().parent
        html = client.get(address_of(good), {"pack": "1"}).content.decode()
        assert f'<link rel="canonical" href="http://localhost:8000{address_of(good)}">' in html
        assert f'hreflang="en" href="http://localhost:8000{address_of(good, "en")}"' in html
        assert 'hreflang="x-default"' in html
        assert '<meta property="og:type" content="product">' in html

    def test_a_wrong_slug_leads_to_the_right_address(self, client):
        good = sold_pack().parent
        response = client.get(f"/vi/san-pham/anything-{good.pk}/?pack=3")
        assert (response.status_code, response["Location"]) == (301, f"{address_of(good)}?pack=3")

    def test_the_page_is_the_same_for_everybody(self, client):
        response = client.get(address_of(sold_pack().parent))
        assert "Cookie" not in response.get("Vary", "")
        assert not response.cookies
        assert "csrfmiddlewaretoken" not in response.content.decode()


class TestNotShown:
    def test_unknown(self, client):
        assert client.get("/vi/san-pham/khong-co-999999/").status_code == 404

    def test_a_pack_has_no_page_of_its_own(self, client):
        pack = sold_pack()
        assert client.get(f"/vi/san-pham/goi-{pack.pk}/").status_code == 404

    def test_an_ended_certificate_is_said_with_its_day(self, client):
        good = sold_pack(
            title="Trà atisô", certificate={"valid_from": date(2023, 1, 1), "valid_until": date(2026, 1, 1)}
        ).parent
        response = client.get(address_of(good))
        assert response.status_code == 404
        assert "01/01/2026" in text_of(response)
        assert "Trà atisô" in text_of(response)

    def test_other_reasons_stay_general(self, client):
        good = sold_pack(title="Trà atisô", listing=Product.Listing.SUSPENDED).parent
        response = client.get(address_of(good))
        assert response.status_code == 404
        assert "Trà atisô" not in text_of(response)

    def test_alcohol_asks_for_the_age_first(self, client):
        good = sold_pack(
            title="Rượu cần",
            product_set=ProductSet.objects.get(number=15),
            alcohol=Product.Alcohol.ALCOHOL,
            alcohol_strength="4.5",
        ).parent
        response = client.get(address_of(good))
        assert response.status_code == 302
        assert response["Location"].startswith("/vi/do-tuoi/?next=%2Fvi%2Fsan-pham%2F")

        response = adult_client().get(address_of(good))
        assert response.status_code == 200
        assert "4.5 % vol" in text_of(response)


def test_a_picture_is_shown_nowhere_before_it_is_ready_and_everywhere_then(
    client, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    good = sold_pack().parent
    image = picture_add(good=good, upload=picture_upload(size=(1600, 1300)))

    before = client.get(address_of(good))

    assert "/media/" not in before.content.decode()
    assert "image" not in json_ld_of(before)
    assert "og:image" not in before.content.decode()

    with django_capture_on_commit_callbacks(execute=True):
        picture_make_ready(image_id=image.pk)
    after = client.get(address_of(good))

    image.refresh_from_db()
    sizes = image.original.url.removesuffix(".jpg")
    assert json_ld_of(after)["image"] == [f"{settings.SITE_URL}{sizes}/1200w.jpeg"]
    assert f'<meta property="og:image" content="{settings.SITE_URL}{sizes}/' in after.content.decode()
    assert image.original.url not in after.content.decode(), "the full size is kept, not shown"


@pytest.mark.parametrize("size", [1, 12])
def test_ten_queries_whatever_the_size(client, size):
    first = sold_pack(price=100_000)
    good = first.parent
    for number in range(size):
        another_pack(good, label=f"gói {number}", price=1000 + number)
        sold_pack(producer=None)
        ProductImage.objects.bulk_create(
            [ProductImage(product=good, original=f"goods/a/{number}.jpg", width=1600, height=1200)]
        )
        related = sold_pack()
        Product.objects.filter(pk=related.parent_id).update(producer=good.producer)
    client.get(address_of(good))
    cache.clear()

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address_of(good)).status_code == 200

    assert len(queries) <= 10, [query["sql"][:120] for query in queries]
