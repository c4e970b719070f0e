"""The audit log as administrators see it: narrowed, and taken out as a table."""

import io
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from marketplace.accounts.models import StaffRole, User
from marketplace.audit.models import AuditEvent
from marketplace.audit.services import audit_record
from marketplace.clock import VIETNAM
from tests.factories.places import ProvinceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    user = User.objects.create_user("quan-tri@example.vn", full_name="Trần Thị Quản")
    StaffRole.objects.create(user=user, role=StaffRole.Role.ADMIN)
    return user


@pytest.fixture
def client(admin: User) -> Client:
    client = Client()
    client.force_login(admin)
    return client


def page(client: Client, **narrowed: str) -> str:
    return client.get(reverse("dashboard:audit"), narrowed).content.decode()


def test_an_empty_log_says_so(client: Client) -> None:
    assert "Chưa có việc nào" in page(client)


def test_a_line_says_who_did_what_to_what(client: Client, admin: User) -> None:
    audit_record(
        action="pack.changed",
        words="Cà phê · Gói 500 g",
        changes={"price": [90_000, 95_000]},
        reason="Tăng giá",
        actor=admin,
    )

    shown = page(client)

    assert "Quản trị" in shown, "the role in words"
    for words in ("Trần Thị Quản", "Cà phê · Gói 500 g", "price: 90000 → 95000", "Tăng giá"):
        assert words in shown


@pytest.mark.parametrize(
    ("narrowed", "count"),
    [
        ({"action": "pack.off"}, 1),
        ({"actor": "trần thị"}, 1),
        ({"actor": "quan-tri@example.vn"}, 1),
        ({"words": "oc-7k3m"}, 1),
        ({"words": "lạ"}, 0),
        ({"first": "2026-11-20", "last": "2026-11-20"}, 2),
        ({"first": "2026-11-21"}, 0),
        ({"first": "hôm qua"}, 2),
    ],
)
def test_it_is_narrowed(narrowed: dict[str, str], count: int, client: Client, admin: User) -> None:
    rows = [
        audit_record(action="pack.off", words="Gói", actor=admin),
        audit_record(action="order.cancelled", words="OC-7K3M-9QXD"),
    ]
    moment = datetime(2026, 11, 20, 23, 30, tzinfo=VIETNAM)
    again = [
        AuditEvent(action=row.action, actor_id=row.actor_id, object_words=row.object_words) for row in rows
    ]
    from django.utils import timezone

    original = timezone.now
    timezone.now = lambda: moment  # type: ignore[assignment]
    try:
        AuditEvent.objects.bulk_create(again)
    finally:
        timezone.now = original
    shown = client.get(reverse("dashboard:audit"), narrowed).context["rows"]

    assert len([event for event, *_rest in shown if event.at == moment]) == count


def test_it_costs_the_same_for_many_lines(
    client: Client, admin: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        audit_record(action="pack.off", words=f"Gói {number}", actor=admin)

    with django_assert_max_num_queries(9):
        page(client)


def test_it_is_taken_out_as_csv_and_that_is_noted(client: Client, admin: User) -> None:
    audit_record(action="pack.off", words="=SUM(A1)", actor=admin)

    response = client.get(reverse("dashboard:audit-export", kwargs={"format": "csv"}), {"action": "pack.off"})

    text = b"".join(response).decode()
    assert text.startswith("\ufeff")
    assert "'=SUM(A1)" in text, "no formula"
    assert len(text.splitlines()) == 2
    noted = AuditEvent.objects.get(action="audit.exported")
    assert (noted.actor, noted.changes) == (admin, {"filter": {"action": "pack.off"}})


def test_it_is_taken_out_as_excel(client: Client, admin: User) -> None:
    audit_record(action="pack.off", words="Gói 500 g", actor=admin)

    response = client.get(reverse("dashboard:audit-export", kwargs={"format": "xlsx"}))

    rows = list(load_workbook(io.BytesIO(response.content)).active.values)
    assert [rows[1][1], rows[1][6]] == ["Trần Thị Quản", "Gói 500 g"]


def test_another_kind_of_file_is_not_there(client: Client) -> None:
    assert client.get(reverse("dashboard:audit-export", kwargs={"format": "exe"})).status_code == 404


def test_an_administrator_of_a_province_does_not_see_it(client: Client, admin: User) -> None:
    admin.staff_roles.get().provinces.add(ProvinceFactory())

    assert client.get(reverse("dashboard:audit")).status_code == 403
    assert client.get(reverse("dashboard:audit-export", kwargs={"format": "csv"})).status_code == 403
