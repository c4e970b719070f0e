"""What people searched for and opened: kept without a name, counted, turned into redirects."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from marketplace.accounts.models import StaffRole, User
from marketplace.clock import today
from search.insights.redirects import redirect_for, redirect_save
from search.insights.selectors import (
    COMMON_FROM,
    Narrowing,
    common_searches,
    common_searches_refresh,
    days_since,
    searches_since,
)
from search.insights.services import (
    KEPT,
    click_record,
    read_note,
    records_forget_old,
    search_record,
    write_note,
)
from search.models import SearchClick, SearchRecord, SearchRedirect
from search.rebuilding import rebuild_index
from tests.factories.catalogue import sold_pack

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("search_index")]

RECORD = "/vi/tim-kiem/ghi-nhan/"
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


def searched(text: str, *, results: int = 3, visit: str = "a", adult: bool = False) -> SearchRecord:
    note = read_note(write_note(text=text, language="vi", results=results, adult=adult))
    return search_record(note=note, visit=visit)


def admin_client() -> Client:
    user = User.objects.create_user("quan-tri@example.vn")
    StaffRole.objects.create(user=user, role=StaffRole.Role.ADMIN)
    client = Client()
    client.force_login(user)
    return client


# -- keeping ---------------------------------------------------------------------------------------


def test_a_page_of_results_carries_a_note_that_its_browser_sends_back(client: Client) -> None:
    sold_pack(title="Trà atiso", price=50_000)
    rebuild_index()

    page = client.get("/vi/tim-kiem/", {"q": "  Trà ATISO "}).content.decode()
    note = page.split('data-search-note="')[1].split('"')[0]
    answer = client.post(RECORD, {"note": note, "visit": "v1"}, headers=OWN_PAGE)

    assert answer.status_code == 204
    assert answer.content == b""
    assert not answer.cookies
    record = SearchRecord.objects.get()
    assert (record.text, record.language, record.results, record.clicks) == ("trà atiso", "vi", 1, 0)
    assert record.session != "v1"


def test_the_same_text_counts_once_a_visit(client: Client) -> None:
    first = searched("trà", visit="a")
    again = searched("trà", visit="a")
    other = searched("trà", visit="b")

    assert first == again != other
    assert SearchRecord.objects.count() == 2


def test_an_opened_good_counts_once_and_brings_its_search_along(client: Client) -> None:
    note = write_note(text="trà", language="vi", results=2, adult=False)
    for _time in range(2):
        answer = client.post(
            RECORD, {"note": note, "visit": "v", "good": "7", "position": "25"}, headers=OWN_PAGE
        )
        assert answer.status_code == 204

    assert SearchRecord.objects.get().clicks == 1
    assert SearchClick.objects.values_list("product_id", "position").get() == (7, 25)


@pytest.mark.parametrize(
    ("sent", "headers", "status"),
    [
        ({"note": "made:up", "visit": "v"}, OWN_PAGE, 400),
        ({"visit": "v"}, OWN_PAGE, 400),
        ({"note": "good"}, OWN_PAGE, 400),
        ({"note": "good", "visit": "v" * 65}, OWN_PAGE, 400),
        ({"note": "good", "visit": "v", "good": "-1", "position": "1"}, OWN_PAGE, 400),
        ({"note": "good", "visit": "v", "good": "1", "position": "99999999999"}, OWN_PAGE, 400),
        ({"note": "good", "visit": "v"}, {"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_what_no_page_of_ours_sends_changes_nothing(
    sent: dict[str, str], headers: dict[str, str], status: int, client: Client
) -> None:
    if sent.get("note") == "good":
        sent = {**sent, "note": write_note(text="trà", language="vi", results=2, adult=False)}

    assert client.post(RECORD, sent, headers=headers).status_code == status
    assert not SearchClick.objects.exists()


def test_an_old_note_is_refused(client: Client) -> None:
    note = write_note(text="trà", language="vi", results=2, adult=False)
    later = timezone.now() + timedelta(hours=7)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.core.signing.time.time", later.timestamp)
        answer = client.post(RECORD, {"note": note, "visit": "v"}, headers=OWN_PAGE)

    assert answer.status_code == 400
    assert not SearchRecord.objects.exists()


def test_one_address_sends_only_so_many_notes_a_minute(client: Client) -> None:
    note = write_note(text="trà", language="vi", results=2, adult=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("search.insights.views.time.time", lambda: 1_000_000.0)
        patch.setattr("search.insights.views._A_MINUTE", 2)
        answers = [
            client.post(RECORD, {"note": note, "visit": "v"}, headers=OWN_PAGE).status_code
            for _time in range(3)
        ]

    assert answers == [204, 204, 429]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0912 345 678 trà", "… trà"),
        ("lan@example.vn mật ong", "… mật ong"),
        ("thẻ 4242-4242-4242-4242", "thẻ …"),
        ("cà phê 500g dưới 200000", "cà phê 500g dưới 200000"),
    ],
)
def test_what_could_be_somebodys_is_masked(typed: str, kept: str) -> None:
    assert searched(typed).text == kept


def test_records_are_forgotten_after_90_days() -> None:
    searched("hôm nay")
    old = searched("ngày xưa")
    click_record(record=old, product_id=1, position=1)
    SearchRecord.objects.filter(pk=old.pk).update(day=today() - KEPT - timedelta(days=1))

    assert records_forget_old() == 1
    assert [record.text for record in SearchRecord.objects.all()] == ["hôm nay"]
    assert records_forget_old() == 0


# -- figures ---------------------------------------------------------------------------------------


def test_searches_are_counted_by_text_with_the_latest_results() -> None:
    searched("mắm ruốc", results=0, visit="a")
    searched("mắm ruốc", results=0, visit="b")
    searched("trà", results=4, visit="a")
    opened = searched("cà phê", results=9, visit="a")
    click_record(record=opened, product_id=1, position=1)

    def figures(narrowing: Narrowing) -> list[tuple[str, int, int, int]]:
        rows = searches_since(today(), narrowing)
        return [(row["text"], row["visits"], row["results"], row["visits_opened"]) for row in rows]

    assert figures(Narrowing.ALL) == [("mắm ruốc", 2, 0, 0), ("cà phê", 1, 9, 1), ("trà", 1, 4, 0)]
    assert figures(Narrowing.NOTHING) == [("mắm ruốc", 2, 0, 0)]
    assert figures(Narrowing.UNOPENED) == [("trà", 1, 4, 0)]

    searched("mắm ruốc", results=1, visit="c")
    assert figures(Narrowing.NOTHING) == []


def test_every_day_of_a_period_has_its_row() -> None:
    searched("trà", results=0)

    days = days_since(today() - timedelta(days=2))

    assert [(day["visits"], day["nothing"], day["visits_opened"]) for day in days] == [(0, 0, 0), (0, 0, 0), (1, 1, 0)]  # fmt: skip


def test_only_what_many_people_found_is_suggested_to_others(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(COMMON_FROM):
        searched("cà phê chồn", visit=str(number))
        searched("cà phê rượu", visit=str(number), adult=True)
        searched("cà phê không có", visit=str(number), results=0)
    searched("cà phê của riêng tôi")
    common_searches_refresh()

    with django_assert_num_queries(0):
        assert common_searches("ca ph", most=5) == ["cà phê chồn"]
        assert common_searches("cà phê chồn", most=5) == [], "what is typed already"


# -- redirects -------------------------------------------------------------------------------------


def test_a_text_leads_to_a_page_whatever_its_marks(client: Client) -> None:
    redirect_save(SearchRedirect(text="Quà Tết", path_vi="/vi/san-pham/?stars=5"))

    answer = client.get("/vi/tim-kiem/", {"q": "QUA  tết"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/vi/san-pham/?stars=5")
    assert client.get("/vi/tim-kiem/", {"q": "quà tết", "page": "2"}).status_code == 200
    assert client.get("/en/search/", {"q": "quà tết"}).status_code == 200, "no page in English"


def test_a_redirect_ends_after_its_last_day() -> None:
    redirect = SearchRedirect(text="tết", path_vi="/vi/san-pham/", ends_on=today())
    redirect_save(redirect)
    assert redirect_for("tet", language="vi") == "/vi/san-pham/"

    redirect.ends_on = today() - timedelta(days=1)
    redirect_save(redirect)
    cache.clear()

    assert redirect_for("tet", language="vi") is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": "…", "path_vi": "/vi/san-pham/"}, "text"),
        ({"text": "tet", "path_vi": "/vi/san-pham/"}, "text"),
        ({"text": "hè", "path_vi": "https://evil.example/vi/"}, "path_vi"),
        ({"text": "hè", "path_vi": "//evil.example/vi/"}, "path_vi"),
        ({"text": "hè", "path_vi": "/vi/\\evil.example"}, "path_vi"),
        ({"text": "hè", "path_vi": "/en/products/"}, "path_vi"),
        ({"text": "hè", "path_vi": "/vi/san-pham/", "path_en": "/vi/san-pham/"}, "path_en"),
    ],
)
def test_a_redirect_that_leads_nowhere_here_is_refused_at_its_field(
    values: dict[str, str], field: str
) -> None:
    redirect_save(SearchRedirect(text="Tết", path_vi="/vi/san-pham/"))

    with pytest.raises(ValidationError) as refused:
        redirect_save(SearchRedirect(**values))

    assert set(refused.value.message_dict) == {field}
    assert SearchRedirect.objects.count() == 1


# -- the back office -------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [3, 40])
def test_the_figures_cost_the_same_for_few_and_many(
    many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(many):
        searched(f"hàng {number}")
    client = admin_client()

    with django_assert_max_num_queries(10), translation.override("vi"):
        page = client.get(reverse("dashboard:searches"))

    assert page.status_code == 200
    assert len(re.findall(r"\bhàng \d", page.content.decode())) == many
    assert "hàng 1" in page.content.decode()


def test_from_a_search_without_results_it_is_one_click_to_the_words() -> None:
    searched("quà tết", results=0)
    client = admin_client()

    with translation.override("vi"):
        figures = client.get(reverse("dashboard:searches"), {"narrowing": "nothing"}).content.decode()
        way = reverse("dashboard:lexicon-new") + "?phrase=qu%C3%A0%20t%E1%BA%BFt"
        form = client.get(way).content.decode()

    assert f'href="{way}">Thêm vào từ ngữ' in figures
    assert "quà tết" in form


def test_from_a_search_without_results_it_is_one_click_to_a_redirect(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    searched("quà tết", results=0)
    client = admin_client()
    with translation.override("vi"):
        figures = client.get(reverse("dashboard:searches"), {"narrowing": "nothing"}).content.decode()
        way = reverse("dashboard:search-redirect-new") + "?text=qu%C3%A0%20t%E1%BA%BFt"
        assert way in figures
        form = client.get(way).content.decode()
        assert 'value="quà tết"' in form

        refused = client.post(
            reverse("dashboard:search-redirect-new"), {"text": "quà tết", "path_vi": "/vi-sai/"}
        )
        assert refused.status_code == 200
        assert "bắt đầu bằng /vi/" in refused.content.decode()
        assert 'value="quà tết"' in refused.content.decode()

        with django_capture_on_commit_callbacks(execute=True):
            client.post(
                reverse("dashboard:search-redirect-new"), {"text": "quà tết", "path_vi": "/vi/san-pham/"}
            )
        assert redirect_for("quà tết", language="vi") == "/vi/san-pham/"
        made = SearchRedirect.objects.get()
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse("dashboard:search-redirect-delete", kwargs={"pk": made.pk}))
        assert redirect_for("quà tết", language="vi") is None
