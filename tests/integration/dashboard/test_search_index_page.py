"""The search index in the back office: what an operator sees and may do."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django_tasks import default_task_backend

from catalogue.changes import mark_changed
from marketplace.accounts.models import StaffRole, User
from search import indexing
from search.circuit import FAILURES, asking_engine
from search.engines.base import SearchEngine
from search.errors import SearchUnavailable
from search.models import IndexCheck, IndexedVersion
from search.rebuilding import rebuild_index
from tests.factories.catalogue import shown_good
from tests.factories.places import ProvinceFactory

pytestmark = pytest.mark.django_db


def signed_in(*, everywhere: bool = True) -> Client:
    user = User.objects.create_user("quan-tri@example.vn", full_name="Lê Văn Quản")
    role = StaffRole.objects.create(user=user, role=StaffRole.Role.ADMIN)
    if not everywhere:
        role.provinces.add(ProvinceFactory())
    client = Client()
    client.force_login(user)
    return client


def page(client: Client) -> str:
    response = client.get(reverse("dashboard:search-index"))
    assert response.status_code == 200
    return response.content.decode()


def test_state_size_rebuilds_and_failures_are_shown(search_index: SearchEngine) -> None:
    good = shown_good(title="Trà lạ")
    mark_changed([good.pk])
    rebuild_index()
    IndexedVersion.objects.filter(product_id=good.pk).update(
        version=0, failures=3, failed_version=1, failure="ValueError: odd", next_try_at=timezone.now()
    )

    with translation.override("en"):
        text = page(signed_in())

    assert search_index.index_name() in text
    assert "1 documents" in text
    assert "Trà lạ" in text
    assert "ValueError: odd" in text
    assert "the oldest for" in text
    assert "in use" in text


def test_an_engine_that_is_left_alone_is_said_with_its_reason(search_index: SearchEngine) -> None:
    for _ in range(FAILURES):
        with pytest.raises(SearchUnavailable), asking_engine():
            raise SearchUnavailable("Connection refused")

    with translation.override("en"):
        text = page(signed_in())

    assert "they browse the database" in text
    assert "Connection refused" in text


def test_without_an_engine_the_page_says_so(
    search_index: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent() -> str:
        raise SearchUnavailable("down")

    monkeypatch.setattr(search_index, "index_name", silent)

    with translation.override("en"):
        assert "The engine does not answer" in page(signed_in())


@pytest.mark.parametrize("button", [{}, {"mend": "1"}])
def test_a_check_is_given_to_the_worker(search_index: SearchEngine, button: dict[str, str]) -> None:
    default_task_backend.clear()  # type: ignore[attr-defined]

    response = signed_in().post(reverse("dashboard:search-index-check"), button)

    assert response.status_code == 302
    (result,) = default_task_backend.results  # type: ignore[attr-defined]
    assert result.task.func(**result.kwargs) == 0
    assert result.kwargs == {"mend": bool(button)}
    assert IndexCheck.objects.get().differences == 0


def test_failing_goods_can_be_tried_at_once(search_index: SearchEngine) -> None:
    good = shown_good()
    mark_changed([good.pk])
    index = search_index.index_name()
    in_an_hour = timezone.now() + timedelta(hours=1)
    IndexedVersion.objects.create(
        index_name=index, product_id=good.pk, version=-1, failures=4, failed_version=1, next_try_at=in_an_hour
    )
    indexing.sweep_again()
    assert indexing.index_pending() == 0

    signed_in().post(reverse("dashboard:search-index-retry"))

    indexing.sweep_again()
    assert indexing.index_pending() == 1


def test_who_has_one_province_does_not_see_it(search_index: SearchEngine) -> None:
    client = signed_in(everywhere=False)

    assert client.get(reverse("dashboard:search-index")).status_code == 403
    assert client.post(reverse("dashboard:search-index-check")).status_code == 403
