"""A shop in which every kind of public page has something to show, and the addresses of all of them.

Goods in each state of the one rule, producers, regions and stories, certificates in force, ended and proposed.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from wagtail.models import Page as StoryPage

from catalogue.certification.models import Certificate
from catalogue.models import Product
from catalogue.pricing.models import DatedPrice
from catalogue.reviews.services import review_pictures_clean_due, review_reply, review_write
from cms.regions.models import RegionIndexPage, RegionPage
from cms.stories.models import ProducerStoryPage, StoryIndexPage
from marketplace.demo.stories import STORIES, stories_load
from search.rebuilding import rebuild_index
from tests.factories.catalogue import (
    CertificateFactory,
    DecisionFactory,
    NormalPriceFactory,
    PackFactory,
    ProductSetFactory,
    SectorFactory,
    StockFactory,
    shown_good,
    sold_pack,
)
from tests.factories.pictures import picture_upload
from tests.factories.producers import ProducerFactory
from tests.factories.questions import answered

#: Two goods are named in it.
DECISION = "3981/QĐ-UBND"


@dataclass(frozen=True)
class StockedShop:
    """What lies on the shelves; packs where something is sold, goods where not."""

    coffee: Product
    tea: Product
    sold_out: Product
    only_shown: Product
    ended: Product
    spirits: Product


def stock_shop() -> StockedShop:
    """Fill the database and the index."""
    cache.clear()
    decision = DecisionFactory(number=DECISION)
    coffee = sold_pack(
        title="Cà phê Arabica Cầu Đất rang mộc",
        title_en="Arabica coffee of Cầu Đất",
        description="Hái chín, phơi trên giàn, rang mộc.",
        price=189_000,
        certificate={"stars": 4, "decision": decision},
        pack={"title": "gói 250 g"},
    )
    larger = PackFactory(parent=coffee.parent, title="gói 1 kg")
    StockFactory(product=larger, num_in_stock=3)
    NormalPriceFactory(pack=larger, amount=690_000)
    now = timezone.now()
    DatedPrice.objects.create(
        pack=coffee,
        amount=160_700,
        starts_at=now - timedelta(days=1),
        ends_at=now + timedelta(days=9),
        source="campaign:0",
    )
    tea = sold_pack(
        title="Trà Atiso thượng hạng túi lọc",
        price=150_000,
        certificate={"stars": 3, "decision": decision},
        producer={"pickup_offered": True, "street": "12 Trần Phú"},
        product_set=ProductSetFactory(number=12),
    )
    sold_out = sold_pack(title="Hồng treo gió", price=235_000, stock={"num_in_stock": 0})
    only_shown = shown_good(
        title="Gạo ST25", certificate={"stars": 3}, product_set=ProductSetFactory(number=3)
    )
    review = review_write(
        good=coffee.parent,
        purchase_key="bought",
        stars=4,
        text="Thơm, rang vừa.",
        author_name="Lan N.",
        pictures=[picture_upload()],
    )
    review_reply(review=review, text="Cảm ơn bạn.")
    review_pictures_clean_due()
    for number in range(5):
        answered(coffee.parent, text=f"Rang ngày nào, câu {number}?", answer="Rang mỗi thứ Hai.")
    ended = shown_good(
        title="Trà ô long",
        certificate={"valid_from": date(2023, 1, 1), "valid_until": date(2026, 1, 1)},
    )
    CertificateFactory(
        product=only_shown,
        stars=5,
        state=Certificate.State.PROPOSED,
        unverified=True,
    )
    spirits = sold_pack(
        title="Rượu gạo ủ chum",
        price=310_000,
        product_set=ProductSetFactory(number=14, sector=SectorFactory(code="drink", name="Đồ uống")),
        alcohol=Product.Alcohol.ALCOHOL,
        alcohol_strength=29,
        producer={"with_licence": True},
    )
    for name, _titles, _landscape in STORIES:
        ProducerFactory(name=name)
    stories_load()
    rebuild_index()
    cache.clear()
    return StockedShop(coffee, tea, sold_out, only_shown, ended, spirits)


def good_address(good: Product) -> str:
    """Return the address of a good, or of a pack's good, in the active language."""
    parent = good.parent or good
    return reverse("catalogue:detail", kwargs={"slug": parent.slug, "pk": parent.pk})


def main_addresses(shop: StockedShop, language: str) -> list[str]:
    """Return one address for each kind of page that most people see."""
    with translation.override(language):
        return [
            reverse("home"),
            reverse("catalogue:index"),
            reverse("search:search") + "?q=tra+atiso",
            good_address(shop.coffee),
            _certificate(shop.coffee.parent),
            reverse("basket:summary"),
            reverse("account_login"),
            reverse("account_request_login_code"),
            reverse("account_signup"),
            _story(RegionPage, language),
            _story(ProducerStoryPage, language),
        ]


def _reviews(good: Product) -> str:
    return reverse("reviews:of-good", kwargs={"slug": good.slug, "pk": good.pk})


def _questions(good: Product) -> str:
    return reverse("questions:of-good", kwargs={"slug": good.slug, "pk": good.pk})


def every_address(shop: StockedShop) -> list[str]:
    """Return one address for each kind and state of a page that anybody may open, in Vietnamese, beside the main ones."""
    with translation.override("vi"):
        search, listing = reverse("search:search"), reverse("catalogue:index")
        return [
            f"{listing}?stars=4&sold=1",
            f"{listing}?price_min=999999999",
            reverse("catalogue:category", kwargs={"sector": "food"}),
            reverse("catalogue:set", kwargs={"number": 13}),
            f"{search}?q=ca+phe+arabika+duoi+200k",
            f"{search}?q=zzzz",
            good_address(shop.tea),
            good_address(shop.sold_out),
            good_address(shop.only_shown),
            good_address(shop.ended),
            reverse("search:ranking-criteria"),
            reverse("reviews:rules"),
            _reviews(shop.coffee.parent),
            _reviews(shop.tea.parent),
            reverse("questions:rules"),
            _questions(shop.coffee.parent),
            _questions(shop.tea.parent),
            reverse("producers:index"),
            reverse("producers:detail", kwargs={"code": shop.coffee.parent.producer.code}),
            reverse("producers:detail", kwargs={"code": shop.ended.producer.code}),
            _story(RegionIndexPage, "vi"),
            _story(StoryIndexPage, "vi"),
            reverse("certificates:check"),
            reverse("certificates:check") + "?q=khong-co",
            f"{reverse('certificates:check')}?{urlencode({'q': DECISION})}",
            _certificate(shop.ended),
            _certificate(shop.only_shown, state=Certificate.State.PROPOSED),
            reverse("certificates:detail", kwargs={"public_code": "aaaaaaaaaaaa"}),
            f"{reverse('delivery:estimate')}?pack={shop.tea.pk}&province=68",
            reverse("orders:lookup"),
            reverse("account_reset_password"),
            reverse("age-declare"),
            "/vi/khong-co-trang-nay/",
            "/vi/loi/400/",
            "/vi/loi/403/",
            "/vi/loi/403-csrf/",
            "/vi/loi/429/",
            "/vi/loi/500/",
            "/vi/kieu-dang/",
        ]


def _certificate(good: Product, **which: str) -> str:
    code = good.certificates.filter(**which).order_by("pk")[0].public_code
    return reverse("certificates:detail", kwargs={"public_code": code})


def _story(kind: type[StoryPage], language: str) -> str:
    page = kind.objects.live().filter(locale__language_code=language).order_by("path")[0]
    return page.get_url()
