"""Pages of stories: a home page, a region's page and a producer's story, each with the blocks that a test gives."""

from typing import Any

from wagtail.models import Locale, Page, Site

from catalogue.producers.models import Partner
from cms.home.models import HomePage
from cms.regions.models import RegionIndexPage, RegionPage
from cms.stories.models import ProducerStoryPage, StoryIndexPage
from marketplace.places.models import Province


def home_page(*blocks: tuple[str, Any], language: str = "vi") -> HomePage:
    """Return the live home page of a language, the site's own for Vietnamese."""
    locale, _made = Locale.objects.get_or_create(language_code=language)
    root = Page.get_first_root_node()
    if language == "vi":
        for page in Page.objects.filter(depth=2):
            page.delete()
        root.refresh_from_db()
    home = HomePage(title="Chợ OCOP", slug=f"home-{language}", locale=locale, body=list(blocks))
    root.add_child(instance=home)
    if language == "vi":
        Site.objects.update_or_create(
            is_default_site=True, defaults={"hostname": "localhost", "root_page": home}
        )
    return home


def goods_block(**rule: Any) -> tuple[str, dict[str, Any]]:
    """Return a block of goods by rule; without one, of all goods."""
    blank = {
        "heading": "Hàng mới",
        "product_set": "",
        "province": "",
        "producer": "",
        "stars": "",
        "on_promotion": False,
        "by_hand": [],
        "limit": 12,
    }
    return "goods", {**blank, **rule}


def banner_block(**given: Any) -> tuple[str, dict[str, Any]]:
    """Return a banner; without a campaign it always stands."""
    blank = {
        "campaign": "",
        "eyebrow": "",
        "heading": "Mùa này",
        "text": "",
        "picture": None,
        "landscape": "hills",
        "link_text": "",
        "link_page": None,
        "link_search": "",
    }
    return "banner", {**blank, **given}


def producers_block(*by_hand: Partner, **rule: Any) -> tuple[str, dict[str, Any]]:
    """Return a block of producers by rule, or of those given."""
    chosen = [str(producer.pk) for producer in by_hand]
    return "producers", {"heading": "Nhà sản xuất", "by_hand": chosen, "province": "", "limit": 6, **rule}


def region_page(home: HomePage, *blocks: tuple[str, Any], **fields: Any) -> RegionPage:
    """Return the live page of a region of Lâm Đồng."""
    index = RegionIndexPage(title="Vùng đất", slug="vung-dat", locale=home.locale)
    home.add_child(instance=index)
    given = {"title": "Lâm Đồng", "slug": "lam-dong", "introduction": "Cao nguyên và biển.", **fields}
    page = RegionPage(province=Province.objects.get(pk="68"), locale=home.locale, body=list(blocks), **given)
    index.add_child(instance=page)
    return page


def story_page(home: HomePage, producer: Partner, *blocks: tuple[str, Any]) -> ProducerStoryPage:
    """Return the live story of a producer."""
    index = StoryIndexPage(title="Câu chuyện", slug="cau-chuyen", locale=home.locale)
    home.add_child(instance=index)
    page = ProducerStoryPage(
        title="Chuyện của chúng tôi",
        slug="chuyen",
        introduction="Bắt đầu từ một vườn chè.",
        producer=producer,
        locale=home.locale,
        body=list(blocks),
    )
    index.add_child(instance=page)
    return page
