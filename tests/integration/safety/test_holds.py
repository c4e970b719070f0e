"""Orders about which something is unusual wait for a person: nothing is refused, and nothing waits for ever."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from checkout.errors import ChangeNotAllowed
from checkout.order.links import order_path
from checkout.order.models import Consignment, Order, PaymentState
from checkout.payment.models import Payment
from checkout.payment.services import webhook_events_process_due
from checkout.placement import Buyer
from checkout.safety.models import HoldRule, OrderHold, OrderTrace, Signal
from checkout.safety.services import holds_end_due, order_release
from checkout.safety.traces import Origin, traces_forget_old
from checkout.services import order_cancel
from marketplace.accounts.models import StaffRole, User
from marketplace.audit.models import AuditEvent
from marketplace.notices.models import Notice
from tests.factories.catalogue import sold_pack
from tests.factories.orders import BUYER, address_values, placed_order
from tests.factories.payments import call_webhook, make_payment, webhook_body
from tests.factories.places import ProvinceFactory
from tests.factories.producers import MembershipFactory

pytestmark = pytest.mark.django_db

PHONE = BUYER.phone


@pytest.fixture(autouse=True)
def _no_rule_but_the_tests_own() -> None:
    HoldRule.objects.all().delete()


def rule(signal: str, threshold: int, *, minutes: int = 60, **more: Any) -> HoldRule:
    return HoldRule.objects.create(
        signal=signal, threshold=threshold, window_minutes=minutes, valid_from="2026-01-01", **more
    )


def buyer(phone: str = PHONE, **origin: str) -> Buyer:
    return Buyer(name="Nguyễn Thị Lan", phone=phone, origin=Origin(**origin))


def is_held(order: Order) -> bool:
    order.refresh_from_db()
    return order.held_at is not None and order.confirmed_at is None


def held_order(**how: Any) -> Order:
    rule(Signal.LARGE_CASH, 1, minutes=0)
    order = placed_order(sold_pack(price=150_000), **how)
    assert is_held(order)
    return order


def support(*provinces: str) -> User:
    user = User.objects.create_user("ho-tro@example.vn", full_name="Lê Hỗ Trợ")
    StaffRole.objects.create(user=user, role=StaffRole.Role.SUPPORT).provinces.set(
        [ProvinceFactory(code=code) for code in provinces]
    )
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


# --- What strikes -------------------------------------------------------------------------------------------


def test_an_ordinary_order_is_confirmed_at_once() -> None:
    for signal in Signal.values:
        rule(signal, 2 if "large" not in signal else 10_000_000)

    order = placed_order(sold_pack(price=150_000))

    assert order.confirmed_at is not None
    assert not OrderHold.objects.exists()


@pytest.mark.parametrize(
    ("signal", "origin"),
    [
        (Signal.PHONES_OF_DEVICE, {"device": "mot-may"}),
        (Signal.PHONES_OF_NETWORK, {"network": "203.0.113.0/24"}),
    ],
)
def test_many_phones_from_one_place_put_the_next_order_aside(signal: str, origin: dict[str, str]) -> None:
    rule(signal, 3)
    pack = sold_pack(stock={"num_in_stock": 20})

    orders = [
        placed_order(
            pack,
            buyer=buyer(f"+8491234560{number}", **origin),
            address=address_values(street=f"{number} Trần Phú"),
        )
        for number in range(3)
    ]

    assert [is_held(order) for order in orders] == [False, False, True]
    assert orders[-1].hold_reason == signal


def test_one_phone_may_order_often_from_one_device() -> None:
    rule(Signal.PHONES_OF_DEVICE, 2)
    pack = sold_pack(stock={"num_in_stock": 20})

    orders = [placed_order(pack, buyer=buyer(device="mot-may")) for _number in range(3)]

    assert not any(is_held(order) for order in orders)


def test_many_phones_for_one_address_strike_however_it_is_spelt() -> None:
    rule(Signal.PHONES_OF_ADDRESS, 2)
    pack = sold_pack(stock={"num_in_stock": 20})

    first = placed_order(pack, buyer=buyer("+84912345601"), address=address_values(street="12 Trần Phú"))
    second = placed_order(pack, buyer=buyer("+84912345602"), address=address_values(street="12 TRAN PHU"))

    assert (is_held(first), is_held(second)) == (False, True)


def test_what_came_long_ago_does_not_count() -> None:
    rule(Signal.PHONES_OF_DEVICE, 2)
    pack = sold_pack(stock={"num_in_stock": 20})
    placed_order(pack, buyer=buyer("+84912345601", device="mot-may"))
    OrderTrace.objects.update(at=timezone.now() - timedelta(minutes=61))

    order = placed_order(pack, buyer=buyer("+84912345602", device="mot-may"))

    assert not is_held(order)


def test_whoever_refused_parcels_before_is_looked_at_when_paying_in_cash() -> None:
    rule(Signal.CASH_REFUSED, 1, minutes=180 * 24 * 60)
    pack = sold_pack(stock={"num_in_stock": 20})
    placed_order(pack)
    Consignment.objects.update(state="returned", return_cause="refused")

    by_card, in_cash = placed_order(pack, payment_method="sandbox"), placed_order(pack)

    assert (is_held(by_card), is_held(in_cash)) == (False, True)


def test_a_parcel_that_was_lost_on_the_way_is_not_held_against_its_buyer() -> None:
    rule(Signal.CASH_REFUSED, 1, minutes=180 * 24 * 60)
    pack = sold_pack(stock={"num_in_stock": 20})
    placed_order(pack)
    Consignment.objects.update(state="returned", return_cause="damaged")

    assert not is_held(placed_order(pack))


def test_large_sums_in_cash_and_of_any_kind() -> None:
    rule(Signal.LARGE_CASH, 300_000, minutes=0)
    rule(Signal.LARGE_SUM, 900_000, minutes=0)
    pack = sold_pack(price=150_000, stock={"num_in_stock": 30})

    small, large = placed_order(pack), placed_order(pack, quantity=2)

    assert (is_held(small), is_held(large)) == (False, True)
    assert large.hold.signals == [{"signal": "large_cash", "found": int(large.total_incl_tax)}]


def test_a_card_that_failed_often_is_looked_at_once_it_pays() -> None:
    rule(Signal.PAYMENT_FAILURES, 2)
    order = placed_order(sold_pack(), payment_method="sandbox")
    for attempt in range(2):
        make_payment(order, state=Payment.State.FAILED, reference=f"hong-{attempt}")
    payment = make_payment(order)

    call_webhook(webhook_body(payment, event_id="e1"))
    webhook_events_process_due()

    assert is_held(order)
    assert order.payment_state == PaymentState.PAID, "the money is booked, the order waits"


def test_a_rule_holds_on_its_days_and_the_latest_holds() -> None:
    rule(Signal.LARGE_CASH, 1, minutes=0)
    HoldRule.objects.create(
        signal=Signal.LARGE_CASH, threshold=9_000_000, window_minutes=0, valid_from="2026-06-01"
    )
    rule(Signal.LARGE_SUM, 1, minutes=0, valid_until="2026-02-01")

    assert placed_order(sold_pack()).confirmed_at is not None


# --- While it waits -----------------------------------------------------------------------------------------


def test_nobody_but_the_programme_sees_a_held_order() -> None:
    order = held_order()
    producer = order.consignments.get().producer
    owner = MembershipFactory(user=User.objects.create_user("chu@example.vn"), producer=producer).user

    page = signed_in(owner).get(reverse("dashboard:consignments", kwargs={"producer_pk": producer.pk}))

    assert order.number not in page.content.decode()
    assert not Notice.objects.filter(template__in=["producer_consignment_new", "order_confirmed"]).exists()


def test_the_buyer_is_told_that_somebody_looks_and_not_why() -> None:
    order = held_order()

    page = Client().get(order_path(order)).content.decode()

    assert "Chúng tôi đang xem đơn hàng của bạn" in page
    assert str(Signal.LARGE_CASH.label) not in page
    assert Notice.objects.filter(template="order_held", recipient=PHONE).count() == 1


def test_those_who_may_look_are_told() -> None:
    support()
    order = held_order()

    notice = Notice.objects.get(template="staff_order_held")
    assert (notice.recipient, notice.context["order_number"]) == ("ho-tro@example.vn", order.number)


def test_the_queue_shows_why_and_how_long(rf: Any) -> None:
    client = signed_in(support())
    assert "Không có đơn nào tạm giữ" in client.get(reverse("dashboard:held")).content.decode()
    order = held_order()

    page = client.get(reverse("dashboard:held")).content.decode()

    assert order.number in page
    assert "Số tiền mặt lớn" in page
    assert "Còn 23 giờ 59 phút" in page


def test_the_queue_of_another_province_is_empty() -> None:
    order = held_order()

    page = signed_in(support("01")).get(reverse("dashboard:held")).content.decode()

    assert order.number not in page


# --- How it ends --------------------------------------------------------------------------------------------


def test_a_person_lets_it_go_on_and_all_goes_as_ever() -> None:
    person = support()
    order = held_order()

    response = signed_in(person).post(
        reverse("dashboard:order-release", kwargs={"number": order.number}), {"reason": "Đã gọi người mua"}
    )

    order.refresh_from_db()
    assert response.status_code == 302
    assert order.held_at is None
    assert order.confirmed_at is not None
    hold = OrderHold.objects.get()
    assert (hold.outcome, hold.ended_by) == ("released", person)
    event = AuditEvent.objects.get(action="order.released")
    assert (event.object_key, event.reason, event.actor) == (order.number, "Đã gọi người mua", person)
    assert Notice.objects.filter(template="order_confirmed").exists()
    assert Notice.objects.filter(template="producer_consignment_new").exists()


def test_letting_it_go_twice_tells_once() -> None:
    order = held_order()

    for _time in range(2):
        order_release(order_id=order.pk, by=None)

    assert AuditEvent.objects.filter(action="order.released").count() == 1


def test_an_order_that_was_let_go_is_not_held_again() -> None:
    order = held_order()
    order_release(order_id=order.pk, by=None)
    Order.objects.filter(pk=order.pk).update(confirmed_at=None)
    order.refresh_from_db()

    from checkout.order.confirmation import order_confirmed

    order_confirmed(order, order.consignments.all())

    assert not is_held(order)


def test_it_may_be_cancelled_and_then_never_goes_on() -> None:
    order = held_order()

    order_cancel(order_id=order.pk, actor_kind="admin", reason="Không gọi được")
    OrderHold.objects.update(until=timezone.now(), held_at=timezone.now() - timedelta(days=1))

    assert holds_end_due() == 0
    with pytest.raises(ChangeNotAllowed):
        order_release(order_id=order.pk, by=None)
    order.refresh_from_db()
    assert order.confirmed_at is None
    assert not Notice.objects.filter(template="producer_consignment_cancelled").exists(), "it never knew"


def test_an_order_that_is_not_held_cannot_be_let_go() -> None:
    with pytest.raises(ChangeNotAllowed):
        order_release(order_id=placed_order(sold_pack()).pk, by=None)


def test_nobody_looked_in_time_so_it_goes_on_by_itself() -> None:
    order = held_order()
    assert holds_end_due() == 0
    OrderHold.objects.update(until=timezone.now(), held_at=timezone.now() - timedelta(days=1))

    assert [holds_end_due(), holds_end_due()] == [1, 0]

    order.refresh_from_db()
    assert order.confirmed_at is not None
    assert OrderHold.objects.get().outcome == "lapsed"
    assert AuditEvent.objects.get().action == "order.lapsed"


def test_traces_are_digests_and_are_forgotten_after_a_month() -> None:
    placed_order(sold_pack(), buyer=buyer(device="mot-may", network="203.0.113.0/24"))
    trace = OrderTrace.objects.get()
    assert "mot-may" not in (trace.device, trace.network, trace.address)
    assert all((trace.device, trace.network, trace.address))
    assert traces_forget_old() == 0

    OrderTrace.objects.update(at=timezone.now() - timedelta(days=31))

    assert traces_forget_old() == 1


def test_a_device_is_known_again_by_its_cookie(client: Client) -> None:
    from tests.integration.checkout.test_pages import checkout, put

    pack = sold_pack(stock={"num_in_stock": 9})
    for _number in range(2):
        put(client, pack)
        form, _page = checkout(client)
        client.post(reverse("checkout:checkout"), form)

    assert len(set(OrderTrace.objects.values_list("device", flat=True))) == 1
    assert client.cookies["ocop_device"]["httponly"]


# --- Rules --------------------------------------------------------------------------------------------------


def test_an_administrator_writes_a_rule_that_holds_from_a_day_on() -> None:
    admin = User.objects.create_user("quan-tri@example.vn")
    StaffRole.objects.create(user=admin, role=StaffRole.Role.ADMIN)
    client = signed_in(admin)
    values = {"signal": "large_cash", "threshold": 7_000_000, "window_minutes": 0, "hours": 12}

    early = client.post(reverse("dashboard:hold-rule-new"), {**values, "valid_from": "2026-01-02"})
    done = client.post(
        reverse("dashboard:hold-rule-new"), {**values, "valid_from": timezone.localdate().isoformat()}
    )

    assert (early.status_code, done.status_code) == (200, 302)
    assert HoldRule.objects.get().written_by == admin
    assert AuditEvent.objects.get().action == "hold_rule.changed"
    assert "7.000.000" in client.get(reverse("dashboard:hold-rules")).content.decode()
