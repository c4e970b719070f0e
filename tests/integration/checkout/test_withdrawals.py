"""Parcels taken back here of which their carrier doesn't know: told again, or by phone."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from checkout.shipping.carriers.errors import CarrierRefused, CarrierUnavailable, ShipmentRefused
from checkout.shipping.carriers.models import Shipment
from checkout.shipping.carriers.rest import RestCarrier
from checkout.shipping.carriers.services import shipments_withdraw_due
from checkout.shipping.carriers.withdrawing import (
    shipment_withdraw_again,
    shipment_withdrawn_by_phone,
    shipments_not_withdrawn,
)
from marketplace.accounts.models import StaffRole, User
from marketplace.audit.models import AuditEvent
from marketplace.duties import next_try
from tests.factories.carriers import make_carrier, not_withdrawn
from tests.factories.payouts import finance

pytestmark = pytest.mark.django_db

NOTE = "Chị Hoa ở kho, 9 giờ sáng"


@pytest.fixture
def shipment() -> Shipment:
    return not_withdrawn()


@pytest.fixture
def admin() -> User:
    user = User.objects.create_user("quan-tri@example.vn")
    StaffRole.objects.create(user=user, role=StaffRole.Role.ADMIN)
    return user


@pytest.fixture
def client(admin: User) -> Client:
    client = Client()
    client.force_login(admin)
    return client


def listed(client: Client) -> str:
    return client.get(reverse("dashboard:carriers")).content.decode()


def send(client: Client, screen: str, shipment: Shipment, **data: Any) -> Any:
    return client.post(reverse(f"dashboard:{screen}", args=[shipment.pk]), data)


def answers(monkeypatch: pytest.MonkeyPatch, error: Exception | None) -> list[str]:
    """Let the carrier's interface answer so, and return the numbers that it is told."""
    told: list[str] = []

    def cancel(self: RestCarrier, carrier: Any, number: str) -> None:
        told.append(number)
        if error:
            raise error

    monkeypatch.setattr(RestCarrier, "cancel", cancel)
    return told


@pytest.mark.parametrize("error", [CarrierUnavailable("HTTP 503"), CarrierRefused("HTTP 422 đã lấy hàng")])
def test_what_a_carrier_could_not_be_told_waits_for_a_person(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    shipment = not_withdrawn(error="withdrawing")
    answers(monkeypatch, error)
    type(shipment.carrier).objects.update(adapter="rest", base_url="https://carrier.example")
    assert not shipments_not_withdrawn().exists(), "it is still tried"

    while next_try(Shipment.objects.get().attempts + 1) and Shipment.objects.get().error == "withdrawing":
        Shipment.objects.update(next_try_at=timezone.now())
        shipments_withdraw_due()
    Shipment.objects.update(next_try_at=timezone.now())
    shipments_withdraw_due()

    (waiting,) = shipments_not_withdrawn()
    is_refused = isinstance(error, CarrierRefused)
    assert waiting.why_not_withdrawn == (
        "HTTP 422 đã lấy hàng" if is_refused else "Không liên lạc được với đơn vị vận chuyển."
    )


def test_it_is_told_again_as_often_as_the_first_time(
    monkeypatch: pytest.MonkeyPatch, shipment: Shipment, admin: User
) -> None:
    told = answers(monkeypatch, None)
    type(shipment.carrier).objects.update(adapter="rest", base_url="https://carrier.example")
    Shipment.objects.update(attempts=9)

    again = shipment_withdraw_again(shipment_id=shipment.pk, by=admin)
    assert (again.attempts, again.error) == (0, "withdrawing")
    assert shipments_withdraw_due() == 1

    assert told == [shipment.number]
    assert not shipments_not_withdrawn().exists()
    assert AuditEvent.objects.filter(action="shipment.withdraw_retried").count() == 1


def test_what_was_told_by_phone_is_noted_and_tried_no_more(shipment: Shipment, admin: User) -> None:
    shipment_withdrawn_by_phone(shipment_id=shipment.pk, note=NOTE, by=admin)

    assert not shipments_not_withdrawn().exists()
    assert shipments_withdraw_due() == 0
    assert AuditEvent.objects.get(action="shipment.withdrawn_by_phone").reason == NOTE


def test_nobody_is_told_of_what_needs_no_telling(shipment: Shipment, admin: User) -> None:
    with pytest.raises(ShipmentRefused):
        shipment_withdrawn_by_phone(shipment_id=shipment.pk, note=" ", by=admin)
    Shipment.objects.update(error="")

    for step in (
        lambda: shipment_withdraw_again(shipment_id=shipment.pk, by=admin),
        lambda: shipment_withdrawn_by_phone(shipment_id=shipment.pk, note=NOTE, by=admin),
    ):
        with pytest.raises(ShipmentRefused):
            step()


# --- The screen ---------------------------------------------------------------------------------------------


def test_the_carriers_page_and_the_first_screen_name_it_until_it_is_done(
    client: Client, shipment: Shipment
) -> None:
    words = "kiện đã huỷ cần báo đơn vị vận chuyển"
    assert shipment.consignment.number in listed(client)
    assert words in client.get(reverse("dashboard:programme")).content.decode()

    assert send(client, "withdraw-again", shipment).status_code == 302
    assert shipment.number not in listed(client)
    Shipment.objects.update(error="HTTP 422")
    assert send(client, "withdrawn-by-phone", shipment, note="").status_code == 200
    assert send(client, "withdrawn-by-phone", shipment, note=NOTE).status_code == 302

    assert shipment.number not in listed(client)
    assert words not in client.get(reverse("dashboard:programme")).content.decode()
    assert client.get(reverse("dashboard:withdrawn-by-phone", args=[shipment.pk])).status_code == 404


def test_the_list_costs_as_many_queries_for_five_as_for_one(
    client: Client, shipment: Shipment, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        listed(client)
    for number in range(4):
        not_withdrawn(make_carrier(code=f"xe-{number}"))

    with django_assert_num_queries(len(few)):
        listed(client)


def test_finance_has_no_part_in_it(shipment: Shipment) -> None:
    client = Client()
    client.force_login(finance())

    assert send(client, "withdraw-again", shipment).status_code == 403
    assert send(client, "withdrawn-by-phone", shipment, note=NOTE).status_code == 403
    assert shipments_not_withdrawn().exists()
