"""Home page, three regions and five producers' stories in both languages; honest about being samples."""

from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from wagtail.models import Locale, Page, Site

from catalogue.producers.models import Partner
from checkout.campaigns.models import Campaign
from cms.home.models import HomePage
from cms.regions.models import RegionIndexPage, RegionPage
from cms.stories.models import ProducerStoryPage, StoryIndexPage
from marketplace.demo.season import NAME, SLUG, TEXT
from marketplace.places.models import Province

LAM_DONG: Final = "68"


@dataclass(frozen=True, slots=True)
class Region:
    """One region's page, Vietnamese and English."""

    slug: tuple[str, str]
    title: tuple[str, str]
    introduction: tuple[str, str]
    text: tuple[str, str]
    former_province: str
    former_districts: str
    landscape: str
    brand_name: str = ""
    brand_statement: tuple[str, str] = ("", "")


REGIONS: Final = (
    Region(
        slug=("da-lat", "da-lat"),
        title=("Đà Lạt và vùng phụ cận", "Đà Lạt and around"),
        introduction=(
            "Cao nguyên hơn nghìn mét, sương sớm và nắng muộn: xứ của atiso, hồng treo gió, cà phê Arabica và rau.",
            "A plateau above a thousand metres, early mist and late sun: home of artichoke, hanging-dried persimmon, Arabica and vegetables.",
        ),
        text=(
            "<p>Bài viết mẫu. Nơi này dành cho câu chuyện của vùng: đất, khí hậu, mùa vụ, những người giữ nghề. Biên tập viên sẽ viết cùng bà con.</p>",
            "<p>Sample text. This place is for the region's own story: soil, climate, seasons, the people who keep the craft. Editors will write it together with them.</p>",
        ),
        former_province="Tỉnh Lâm Đồng",
        former_districts="Thành phố Đà Lạt, Huyện Lạc Dương, Huyện Đơn Dương, Huyện Đức Trọng",
        landscape="hills",
        brand_name="Đà Lạt – Kết tinh kỳ diệu từ đất lành",
        brand_statement=(
            "Nhãn hiệu vùng. Điều kiện sử dụng do cơ quan quản lý nhãn hiệu quy định; trang này chưa có danh sách được phép sử dụng.",
            "A regional brand. Its owner says who may use it; this page has no list of users yet.",
        ),
    ),
    Region(
        slug=("bien-binh-thuan", "binh-thuan-coast"),
        title=("Biển Bình Thuận", "The Bình Thuận coast"),
        introduction=(
            "Nắng, gió và cá cơm: từ Phan Thiết đến Tánh Linh, làng chài làm nước mắm, đồng bãi trồng lúa và rong nho.",
            "Sun, wind and anchovies: from Phan Thiết to Tánh Linh, fishing villages make fish sauce, the plains grow rice and sea grapes.",
        ),
        text=(
            "<p>Bài viết mẫu. Từ tháng 7/2025, Bình Thuận là một phần của tỉnh Lâm Đồng; tên cũ vẫn tìm được.</p>",
            "<p>Sample text. Since July 2025 Bình Thuận has been a part of Lâm Đồng; its old name still finds it.</p>",
        ),
        former_province="Tỉnh Bình Thuận",
        former_districts="",
        landscape="coast",
    ),
    Region(
        slug=("cao-nguyen-dak-nong", "dak-nong-plateau"),
        title=("Cao nguyên Đắk Nông", "The Đắk Nông plateau"),
        introduction=(
            "Đất đỏ bazan, trụ tiêu thẳng hàng, vườn mắc ca và cà phê trên những triền đồi thoải.",
            "Red basalt soil, pepper poles in rows, macadamia and coffee on gentle slopes.",
        ),
        text=(
            "<p>Bài viết mẫu. Từ tháng 7/2025, Đắk Nông là một phần của tỉnh Lâm Đồng.</p>",
            "<p>Sample text. Since July 2025 Đắk Nông has been a part of Lâm Đồng.</p>",
        ),
        former_province="Tỉnh Đắk Nông",
        former_districts="",
        landscape="plateau",
    ),
)

#: Producer, titles, landscape. The stories themselves are the producers' to tell: a title says nothing of a real company either.
STORIES: Final = (
    (
        "Hợp tác xã Nông sản Hữu cơ Bechamp Đắk Nông",
        ("Bechamp Đắk Nông kể chuyện (bài mẫu)", "Bechamp Đắk Nông tells (sample)"),
        "plateau",
    ),
    (
        "Công ty TNHH TM XNK Sachi Thịnh Phát",
        ("Sachi Thịnh Phát kể chuyện (bài mẫu)", "Sachi Thịnh Phát tells (sample)"),
        "plateau",
    ),
    (
        "Công ty TNHH Atiso Hoàng An Đà Lạt",
        ("Atiso Hoàng An kể chuyện (bài mẫu)", "Atiso Hoàng An tells (sample)"),
        "hills",
    ),
    (
        "Công ty Cổ phần Nước mắm Phan Thiết",
        ("Nước mắm Phan Thiết kể chuyện (bài mẫu)", "Nước mắm Phan Thiết tells (sample)"),
        "coast",
    ),
    (
        "Hợp tác xã Dịch vụ Nông nghiệp Bắc Ruộng 1",
        ("Bắc Ruộng 1 kể chuyện (bài mẫu)", "Bắc Ruộng 1 tells (sample)"),
        "coast",
    ),
)
STORY_TEXT: Final = (
    "<p>Bài viết mẫu, chưa do chủ thể cung cấp. Ở đây chủ thể kể về mình: bắt đầu từ đâu, làm ra sao, ai cùng làm, mùa nào có hàng.</p>",
    "<p>Sample text, not given by the producer. Here producers tell of themselves: how they began, how they work, with whom, and in which season.</p>",
)
STORY_INTRODUCTION: Final = (
    "Câu chuyện mẫu: chỗ này dành cho lời kể của chính người làm ra sản phẩm.",
    "A sample story: this place is for the words of those who make the goods.",
)


@transaction.atomic
def stories_load() -> bool:
    """Make the pages, all of them, unless there are some already; return whether they were made."""
    if HomePage.objects.exists():
        return False
    vietnamese, english = (Locale.objects.get_or_create(language_code=code)[0] for code in ("vi", "en"))
    home = _home(vietnamese)
    home_en = home.copy_for_translation(english)
    pages = [_tree(home, 0), _tree(home_en, 1)]
    for language, page in enumerate((home, home_en)):
        _fill_home(page, language, pages[language])
    return True


def _home(locale: Locale) -> HomePage:
    root = Page.get_first_root_node()
    for page in Page.objects.filter(depth=2):
        page.delete()
    root.refresh_from_db()
    home = HomePage(title="Chợ OCOP", slug="home", locale=locale)
    root.add_child(instance=home)
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "root_page": home, "site_name": "Chợ OCOP"}
    )
    return home


def _tree(home: HomePage, language: int) -> list[Page]:
    """Add the regions and stories below `home`; return the pages for its cards."""
    regions = _add(
        home,
        RegionIndexPage,
        slug=("vung-dat", "regions")[language],
        title=("Vùng đất", "Regions")[language],
        introduction=(
            "Mỗi vùng một mùa, một nghề, một vị.",
            "Each region has its season, its craft and its taste.",
        )[language],
    )
    stories = _add(
        home,
        StoryIndexPage,
        slug=("cau-chuyen", "stories")[language],
        title=("Câu chuyện", "Stories")[language],
        introduction=("Những người làm ra sản phẩm.", "The people who make the goods.")[language],
    )
    return [*(_region(regions, item, language) for item in REGIONS), *_stories(stories, language)]


def _region(parent: Page, item: Region, language: int) -> Page:
    return _add(
        parent,
        RegionPage,
        slug=item.slug[language],
        title=item.title[language],
        introduction=item.introduction[language],
        province=Province.objects.get(pk=LAM_DONG),
        former_province=item.former_province,
        former_districts=item.former_districts,
        brand_name=item.brand_name,
        brand_statement=item.brand_statement[language],
        landscape=item.landscape,
        is_sample=True,
        body=[("text", item.text[language])],
    )


def _stories(parent: Page, language: int) -> list[Page]:
    made = []
    for place, (name, titles, landscape) in enumerate(STORIES):
        producer = Partner.objects.get(name=name)
        made.append(
            _add(
                parent,
                ProducerStoryPage,
                slug=f"{producer.code}-{place + 1}"[:80],
                title=titles[language],
                introduction=STORY_INTRODUCTION[language],
                producer=producer,
                landscape=landscape,
                is_sample=True,
                body=[
                    ("text", STORY_TEXT[language]),
                    (
                        "goods",
                        _goods(("Hàng của chúng tôi", "Our goods")[language], producer=str(producer.pk)),
                    ),
                ],
            )
        )
    return made


def _fill_home(home: HomePage, language: int, pages: list[Page]) -> None:
    regions, stories = pages[: len(REGIONS)], pages[len(REGIONS) :]
    home.title = ("Chợ OCOP", "Chợ OCOP – the OCOP market")[language]
    home.seo_title = ("Đặc sản Lâm Đồng đạt sao OCOP", "Certified goods of Lâm Đồng")[language]
    home.search_description = (
        "Sản phẩm OCOP 3 đến 5 sao của Lâm Đồng, mua thẳng từ người làm ra.",
        "OCOP goods of Lâm Đồng with 3 to 5 stars, straight from those who make them.",
    )[language]
    home.body = [
        (
            "banner",
            {
                "campaign": "",
                "eyebrow": ("Đặc sản Lâm Đồng", "Goods of Lâm Đồng")[language],
                "heading": ("Đà Lạt – Kết tinh kỳ diệu từ đất lành", "Đà Lạt – a marvel of good soil")[
                    language
                ],
                "text": (
                    "Cà phê, atiso, mắc ca, nước mắm. Mỗi món đều có giấy chứng nhận OCOP còn hiệu lực.",
                    "Coffee, artichoke, macadamia, fish sauce. Each with an OCOP certificate in force.",
                )[language],
                "picture": None,
                "landscape": "hills",
                "link_text": ("Xem vùng đất", "See the region")[language],
                "link_page": regions[0],
                "link_search": "",
            },
        ),
        ("sectors", {"heading": ""}),
        *_season_banner(language),
        ("goods", _goods(("Giá tốt theo mùa", "Seasonal prices")[language], on_promotion=True)),
        ("goods", _goods(("Trà thảo mộc", "Herbal teas")[language], product_set="12")),
        ("trust", {}),
        ("goods", _goods(("Hàng 4 sao", "Goods with 4 stars")[language], stars="4", limit=8)),
        ("cards", {"heading": ("Vùng đất", "Regions")[language], "pages": regions}),
        ("cards", {"heading": ("Chuyện người làm", "Those who make it")[language], "pages": stories[:3]}),
        (
            "producers",
            {
                "heading": ("Nhà sản xuất", "Producers")[language],
                "by_hand": [str(page.producer_id) for page in stories],
                "province": "",
                "limit": 6,
            },
        ),
    ]
    home.save_revision().publish()


def _season_banner(language: int) -> list[tuple[str, dict[str, Any]]]:
    """Return the banner of the sample campaign; it goes when the campaign ends."""
    campaign = Campaign.objects.filter(slug=SLUG).first()
    if campaign is None:
        return []
    banner = {
        "campaign": campaign.source,
        "eyebrow": ("Đợt khuyến mại mẫu", "A sample campaign")[language],
        "heading": NAME[language],
        "text": TEXT[language],
        "picture": None,
        "landscape": "plateau",
        "link_text": ("Xem cà phê", "See the coffee")[language],
        "link_page": None,
        "link_search": ("cà phê", "coffee")[language],
    }
    return [("banner", banner)]


def _goods(heading: str, **rule: Any) -> dict[str, Any]:
    blank = {
        "product_set": "",
        "province": "",
        "producer": "",
        "stars": "",
        "on_promotion": False,
        "by_hand": [],
        "limit": 4,
    }
    return {"heading": heading, **blank, **rule}


def _add(parent: Page, model: type[Page], **fields: Any) -> Page:
    page = model(locale=parent.locale, **fields)
    _pair(page)
    parent.add_child(instance=page)
    page.save_revision().publish()
    return page


def _pair(page: Page) -> None:
    """Let the English page be the twin of the Vietnamese one that was made at the same place before it."""
    if page.locale.language_code != "en":
        return
    twins = type(page).objects.filter(locale__language_code="vi").order_by("path")
    made = type(page).objects.filter(locale__language_code="en").count()
    page.translation_key = twins[made].translation_key
