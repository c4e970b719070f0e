"""The screen that says why a search finds goods, at which rank, or what keeps them out."""

import re
from datetime import date
from html import unescape

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from catalogue.models import Product
from catalogue.popularity import popularity_set
from catalogue.services import listing_suspend
from marketplace.accounts.models import StaffRole, User
from search.engines.base import SearchEngine
from search.errors import SearchUnavailable
from search.insights.redirects import redirect_save
from search.insights.services import read_note, search_record, write_note
from search.models import SearchRedirect
from search.rebuilding import rebuild_index
from search.vocabulary import forget_vocabulary
from tests.factories.catalogue import GoodFactory, ProductSetFactory, shown_good, sold_pack
from tests.factories.lists import HEADER, csv_file, imported, row
from tests.factories.places import ProvinceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("search_index")]

NOT_FOUND = "Câu tìm này không thấy"
NOT_IN_SHOP = "Không có trên chợ nên không câu tìm nào thấy"


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()
    forget_vocabulary()


@pytest.fixture
def admin() -> Client:
    user = User.objects.create_user("quan-tri@example.vn")
    StaffRole.objects.create(user=user, role=StaffRole.Role.ADMIN)
    client = Client()
    client.force_login(user)
    return client


def indexed() -> None:
    rebuild_index()
    forget_vocabulary()


def asked(client: Client, language: str = "vi", **parameters: object) -> HttpResponse:
    with translation.override(language):
        return client.get(reverse("dashboard:search-explain"), parameters)


def text_of(response: HttpResponse) -> str:
    """Return the page's words without tags, spaces made one."""
    main = re.sub(r"(?s)^.*?<main|<footer.*$", "", response.content.decode())
    return " ".join(unescape(re.sub(r"(?s)<(script|svg).*?</\1>|<[^>]+>", " ", main)).split())


def rows_of(response: HttpResponse) -> list[str]:
    """Return the lines of the table of points, each as one text."""
    table = response.content.decode().partition('id="parts"')[2].partition("</table>")[0]
    body = table.partition("<tbody>")[2]
    lines = re.findall(r"(?s)<tr>(.*?)</tr>", body)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", line)).split()) for line in lines]


def honey() -> Product:
    """Honey of Lâm Đồng with four stars at 120.000 đồng, and tea beside it."""
    good = sold_pack(title="Mật ong rừng", price=120_000, certificate={"stars": 4}).parent
    sold_pack(title="Trà atiso", price=90_000)
    return good


# -- found -----------------------------------------------------------------------------------------


def test_goods_that_are_found_show_rank_score_and_its_parts_in_words(admin: Client) -> None:
    good = honey()
    popularity_set({good.pk: 3})
    indexed()

    page = asked(admin, q="mat ong lam dong", pk=good.pk)

    assert "Tìm thấy: đứng thứ 1 trong 1 sản phẩm" in text_of(page)
    rows = rows_of(page)
    assert any(line.startswith("“mat ong” trong tên") for line in rows), rows
    assert any(line.startswith("Nơi làm ra: lam dong làm ra ở đó") for line in rows), rows
    assert "Bán trực tuyến, còn hàng 0,60" in rows
    assert "Số sao được công nhận: 4 0,60" in rows
    assert "Lượng bán 90 ngày gần đây 0,30" in rows
    points = sum(float(line.rsplit(" ", 1)[1].replace(",", ".")) for line in rows)
    score = re.search(r"Tổng ([\d,]+) điểm", text_of(page))
    assert score is not None
    assert points == pytest.approx(float(score[1].replace(",", ".")), abs=0.06)
    assert "1key" not in text_of(page)
    assert "1honey" not in text_of(page), "tokens are for engines"


def test_another_word_for_the_same_thing_is_named_as_such(admin: Client) -> None:
    good = honey()
    indexed()

    rows = rows_of(asked(admin, q="honey", pk=good.pk))

    assert "“honey” trong tên, bằng một từ khác cùng nghĩa" in rows[0]


def test_the_page_is_written_in_both_languages(admin: Client) -> None:
    good = honey()
    indexed()

    text = text_of(asked(admin, "en", q="mat ong 5 sao", pk=good.pk))

    assert "Not found by this search" in text
    assert "Other stars: the search asks for 5 stars, these goods have 4 stars today." in text


# -- not found -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("search", "reason"),
    [
        ("mật ong 5 sao", "Khác số sao: câu tìm hỏi 5 sao, sản phẩm này hôm nay có 4 sao."),
        ("mật ong dưới 100k", "Khác giá: câu tìm hỏi"),
        ("mật ong hà nội", "Khác nơi: câu tìm hỏi hà nội, sản phẩm này ở Lâm Đồng."),
        ("cà phê", "Thiếu từ: tên, chủ thể, giấy tờ và mô tả đều không có “cà phê”"),
        ("sắp lên 5 sao", "Sản phẩm này không được đề nghị số sao được nêu (sắp lên 5 sao)."),
        ("quyết định số 9876/QĐ-UBND", "Khác mã: không mã số nào của sản phẩm này là"),
        ("trà không rừng", "Thiếu từ"),
        ("không rừng", "Câu tìm muốn sản phẩm không có một thứ"),
    ],
)
def test_what_keeps_goods_out_is_said(admin: Client, search: str, reason: str) -> None:
    good = honey()
    sold_pack(title="Mật ong nhãn", price=50_000, certificate={"stars": 3})
    sold_pack(title="Cà phê Cầu Đất")
    indexed()

    text = text_of(asked(admin, q=search, pk=good.pk))

    assert NOT_FOUND in text
    assert reason in text


def test_every_reason_is_named_not_only_the_first(admin: Client) -> None:
    good = honey()
    indexed()

    text = text_of(asked(admin, q="cà phê hà nội 5 sao", pk=good.pk))

    assert [words in text for words in ("Khác số sao", "Khác nơi", "Thiếu từ")] == [True] * 3


def test_words_that_are_missing_lead_to_the_words_of_the_search(admin: Client) -> None:
    good = honey()
    indexed()

    page = asked(admin, q="quéo", pk=good.pk).content.decode()

    assert reverse("dashboard:lexicon-new") + "?phrase=qu%C3%A9o" in page


def test_goods_whose_last_change_is_not_indexed_yet_are_told_so(admin: Client) -> None:
    indexed()
    good = honey()

    text = text_of(asked(admin, q="mật ong rừng", pk=good.pk))

    assert "thay đổi mới nhất chưa vào tới chỉ mục" in text


def _suspended(good: Product) -> None:
    listing_suspend(good=good, reason="Sai nhãn")


def _expired(good: Product) -> None:
    ended = date(2026, 1, 1)
    good.certificates.update(valid_from=date(2023, 1, 1), valid_until=ended, in_force_until=ended)


def _uncertified(good: Product) -> None:
    good.certificates.all().delete()


@pytest.mark.parametrize(
    ("happened", "clause"),
    [
        (_suspended, "This listing is suspended."),
        (_expired, "The OCOP certificate of this product has expired."),
        (_uncertified, "This product has no OCOP certificate."),
    ],
)
def test_goods_that_the_rule_hides_name_its_clause(admin: Client, happened: object, clause: str) -> None:
    good = honey()
    happened(good)
    indexed()

    text = text_of(asked(admin, "en", q="mật ong", pk=good.pk))

    assert "Not in the shop, so no search finds it" in text
    assert clause in text


def test_alcohol_is_found_by_adults_only(admin: Client) -> None:
    spirits = sold_pack(
        title="Rượu nếp", product_set=ProductSetFactory(number=14), alcohol=Product.Alcohol.ALCOHOL
    ).parent
    indexed()

    adult, minor = (
        text_of(asked(admin, q="rượu nếp", pk=spirits.pk, **how)) for how in ({}, {"minor": "on"})
    )

    assert "Tìm thấy: đứng thứ 1" in adult
    assert NOT_IN_SHOP in minor


def test_a_search_that_leads_to_a_page_says_so(admin: Client) -> None:
    good = honey()
    redirect_save(SearchRedirect(text="mật ong", path_vi="/vi/san-pham/?stars=5"))
    indexed()

    page = asked(admin, q="mat ong", pk=good.pk)

    assert "Ai gõ đúng như vậy sẽ tới thẳng một trang" in text_of(page)
    assert 'href="/vi/san-pham/?stars=5"' in page.content.decode()


# -- naming goods ----------------------------------------------------------------------------------


def test_goods_are_named_by_name_code_or_number_in_a_list(admin: Client) -> None:
    rows = [["R1", *row(product="Mật ong rừng", producer="HTX Sương Mai", address="xã Đức Trọng, tỉnh Lâm Đồng")[1:]]]  # fmt: skip
    imported(csv_file([["record id", *HEADER[1:]], *rows]), source="list")
    good = Product.objects.get(title_vi="Mật ong rừng")
    Product.objects.filter(pk=good.pk).update(ocop_code="68-24848-1-2026")
    indexed()

    for named in ("Mật ong rừng", "68-24848-1-2026", "R1", "ong rừng", "mat ong rung", "wild honey"):
        assert (
            '<h2 id="outcome">Mật ong rừng</h2>' in asked(admin, q="mật ong", good=named).content.decode()
        ), named


def test_a_name_that_fits_several_offers_them(admin: Client) -> None:
    first, second = shown_good(title="Mật ong rừng"), GoodFactory(title="Mật ong vườn")
    indexed()

    page = asked(admin, q="mật", good="Mật ong", minor="on").content.decode()

    ways = [unescape(way) for way in re.findall(r'href="(\?q=[^"]*pk=[^"]*)"', page)]
    assert ways == [f"?q=m%E1%BA%ADt&pk={good.pk}&minor=on#answer" for good in (first, second)]


def test_a_name_that_fits_nothing_is_an_error_at_its_field(admin: Client) -> None:
    honey()
    indexed()

    page = asked(admin, q="mật ong", good="xe máy điện")

    assert page.status_code == 200
    assert page.context["form"].errors.keys() == {"good"}
    assert 'value="xe máy điện"' in page.content.decode(), "what was typed is kept"


def test_another_name_typed_over_the_chosen_goods_counts(admin: Client) -> None:
    good = honey()
    indexed()

    page = asked(admin, q="trà", good="Trà atiso", pk=good.pk)

    assert page.context["good"].title == "Trà atiso"


@pytest.mark.parametrize(
    "parameters",
    [
        {}, {"q": "   "}, {"q": "\x00"}, {"q": "trà", "pk": "x"}, {"q": "trà", "pk": "9" * 40}, {"q": "trà", "pk": "-1"},
        {"q": "a" * 5000}, {"q": "trà", "good": "\x00"}, {"q": "trà", "good": "%"}, {"q": '"()[]*?:'},
    ],
)  # fmt: skip
def test_nonsense_in_the_address_is_no_error(admin: Client, parameters: dict[str, str]) -> None:
    honey()
    indexed()

    assert asked(admin, **parameters).status_code == 200


# -- without goods, without the engine -------------------------------------------------------------


def test_from_the_figures_one_click_shows_what_is_found_first(admin: Client) -> None:
    good = honey()
    indexed()
    search_record(
        note=read_note(write_note(text="mật ong", language="vi", results=1, adult=False)), visit="a"
    )
    with translation.override("vi"):
        figures = admin.get(reverse("dashboard:searches")).content.decode()
    way = reverse("dashboard:search-explain") + "?q=m%E1%BA%ADt%20ong"
    assert f'href="{way}"' in figures

    page = admin.get(way)

    assert f'href="?q=m%E1%BA%ADt%20ong&amp;pk={good.pk}#answer"' in page.content.decode()
    assert "Tất cả 1 sản phẩm" in text_of(page)


def test_a_silent_engine_is_said_and_what_the_rule_hides_is_still_known(
    admin: Client, search_index: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = honey()
    indexed()
    _suspended(good)

    def silent(*_arguments: object, **_named: object) -> None:
        raise SearchUnavailable("gone")

    monkeypatch.setattr(type(search_index), "search", silent)

    page = asked(admin, q="mật ong", pk=good.pk)

    assert page.status_code == 200
    assert "Máy tìm kiếm đang không trả lời" in text_of(page)
    assert "Không có trên chợ nên không câu tìm nào thấy:" in text_of(page)


# -- who -------------------------------------------------------------------------------------------


def test_another_provinces_admin_sees_no_hidden_goods_of_ours(admin: Client) -> None:
    hidden, shown = GoodFactory(title="Bí mật của ong"), honey()
    indexed()
    user = User.objects.create_user("tinh-khac@example.vn")
    StaffRole.objects.create(user=user, role=StaffRole.Role.ADMIN).provinces.add(
        ProvinceFactory(code="01", name="Thành phố Hà Nội")
    )
    client = Client()
    client.force_login(user)

    for parameters in ({"pk": hidden.pk}, {"good": "Bí mật của ong"}, {"good": "ong"}):
        assert "Bí mật của ong</" not in asked(client, q="ong", **parameters).content.decode()
    first = asked(client, q="mật ong").content.decode()
    assert "Mật ong rừng" in first, "what anybody finds"
    assert f"pk={shown.pk}" not in first


@pytest.mark.parametrize("many", [2, 15])
def test_an_explanation_costs_the_same_for_few_and_many(admin: Client, many: int) -> None:
    good = honey()
    for number in range(many):
        shown_good(title=f"Mật ong số {number}")
    indexed()
    asked(admin, q="mật ong", pk=good.pk)

    with CaptureQueriesContext(connection) as one:
        asked(admin, q="mật ong", pk=good.pk)
    with CaptureQueriesContext(connection) as first:
        asked(admin, q="mật ong")

    assert (len(one), len(first)) == (18, 5)


def test_the_way_to_all_searches_stands_only_where_it_leads_somewhere(admin: Client) -> None:
    user = User.objects.create_user("tham-dinh@example.vn")
    StaffRole.objects.create(user=user, role=StaffRole.Role.VERIFIER)
    verifier = Client()
    verifier.force_login(user)

    for client, leads_on in ((admin, True), (verifier, False)):
        page = asked(client)
        searches = reverse("dashboard:searches")
        assert page.status_code == 200
        assert (
            f'href="{searches}"' in page.content.decode().split("work__nav")[-1].split("</nav>")[1]
        ) is leads_on
        assert (client.get(searches).status_code == 200) is leads_on
