"""What the programme does to an order: cancels it or a part of it, notes a return, sends money back."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from catalogue.producers.models import StockRecord
from checkout.order.models import Consignment, FulfilmentState, Order
from checkout.payment.models import Refund
from checkout.payment.services import webhook_events_process_due
from marketplace.accounts.models import StaffRole, User
from marketplace.money import format_dong
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order
from tests.factories.payments import call_webhook, make_payment, webhook_body
from tests.factories.places import CommuneFactory, ProvinceFactory

pytestmark = pytest.mark.django_db


def staff(*provinces: str) -> Client:
    user = User.objects.create_user("quan-tri@example.vn", full_name="Lê Văn Quản")
    role = StaffRole.objects.create(user=user, role=StaffRole.Role.ADMIN)
    role.provinces.set(ProvinceFactory(code=code) for code in provinces)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def order() -> Order:
    """Two consignments, of Lâm Đồng and of Hà Nội, paid online."""
    ours = sold_pack()
    capital = CommuneFactory(
        code="00004", name="Phường Ba Đình", province=ProvinceFactory(code="01", name="Hà Nội")
    )
    theirs = sold_pack(producer={"commune": capital})
    order = placed_order(ours, theirs, payment_method="sandbox")
    call_webhook(webhook_body(make_payment(order), event_id="evt_1"))
    webhook_events_process_due()
    order.refresh_from_db()
    assert (order.payment_state, order.confirmed_at is not None) == ("paid", True)
    return order


def address(name: str, order: Order, pk: int | None = None) -> str:
    return reverse(f"dashboard:{name}", kwargs={"number": order.number, **({"pk": pk} if pk else {})})


def consignment_of(order: Order, province: str) -> Consignment:
    return order.consignments.get(producer__commune__province=province)


def test_an_admin_cancels_a_whole_order_with_a_reason(order: Order) -> None:
    client, path = staff(), address("order-cancel", order)
    assert path in client.get(address("order", order)).content.decode()
    assert client.get(path).status_code == 200
    assert "id_reason-error" in client.post(path, {"reason": ""}).content.decode()

    text = client.post(path, {"reason": "Người mua nhờ huỷ"}, follow=True).content.decode()

    assert {item.state for item in order.consignments.all()} == {"cancelled"}
    assert set(StockRecord.objects.values_list("num_allocated", flat=True)) == {0}
    assert Refund.objects.get().amount == order.total_incl_tax
    assert "Người mua nhờ huỷ" in text
    assert "Lê Văn Quản" in text, "the history says who"
    assert path not in text, "nothing is left to cancel"


def test_one_consignment_is_cancelled_and_refunded_alone(order: Order) -> None:
    client, ours = staff("68"), consignment_of(order, "68")
    path = address("order-consignment-cancel", order, ours.pk)
    assert client.get(path).status_code == 200

    client.post(path, {"reason": "Nhà xưởng ngập"})

    assert [consignment_of(order, code).state for code in ("68", "01")] == ["cancelled", "placed"]
    assert Refund.objects.get().amount == ours.total


def test_what_is_packed_is_no_longer_cancelled_whole(order: Order) -> None:
    client = staff()
    order.consignments.update(state="packed")
    assert address("order-cancel", order) not in client.get(address("order", order)).content.decode()

    response = client.post(address("order-cancel", order), {"reason": "Muộn rồi"})

    assert response.status_code == 200
    assert "error-summary" in response.content.decode()
    assert "Muộn rồi" in response.content.decode(), "what was typed stays"
    assert {item.state for item in order.consignments.all()} == {"packed"}


def test_a_return_is_noted(order: Order) -> None:
    client, ours = staff("68"), consignment_of(order, "68")
    order.consignments.update(state="shipped")
    path = address("order-consignment-return", order, ours.pk)
    assert path in client.get(address("order", order)).content.decode()
    assert client.get(path).status_code == 200

    client.post(path, {"reason": "Không ai nhận"})

    ours.refresh_from_db()
    assert (ours.state, Refund.objects.get().amount) == ("returned", ours.total)


def test_the_rest_of_a_payment_goes_back_once(order: Order) -> None:
    client, payment = staff(), order.payments.get()
    path = address("order-payment-refund", order, payment.pk)
    assert client.get(path).status_code == 200
    shown = client.get(address("order", order)).content.decode()
    assert "Thanh toán thử" in shown
    assert ">sandbox<" not in shown, "a person reads words, not our codes"

    client.post(path, {"reason": "Khiếu nại 7"})
    again = client.post(path, {"reason": "Khiếu nại 7"})

    assert Refund.objects.get().amount == payment.amount
    assert "error-summary" in again.content.decode(), "nothing is left"
    assert path not in client.get(address("order", order)).content.decode()


def test_a_refused_refund_is_tried_again(order: Order) -> None:
    client, payment = staff(), order.payments.get()
    refund = Refund.objects.create(
        payment=payment, amount=1_000, state="failed", idempotency_key="k", error="Thẻ đã đóng"
    )
    path = address("order-refund-retry", order, refund.pk)
    text = client.get(address("order", order)).content.decode()
    assert "Thẻ đã đóng" in text
    assert path in text

    client.post(path)

    refund.refresh_from_db()
    assert refund.state in ("pending", "done")


@pytest.mark.parametrize("name", ["order-cancel", "order-payment-refund", "order-refund-retry"])
def test_nobody_changes_an_order_whole_of_which_a_part_is_another_province_s(name: str, order: Order) -> None:
    client, payment = staff("68"), order.payments.get()
    refund = Refund.objects.create(payment=payment, amount=1_000, state="failed", idempotency_key="k")
    pk = {"order-payment-refund": payment.pk, "order-refund-retry": refund.pk}.get(name)
    path = address(name, order, pk)
    assert path not in client.get(address("order", order)).content.decode()

    assert client.post(path, {"reason": "Vì thế"}).status_code == 403

    refund.refresh_from_db()
    assert (refund.state, Refund.objects.count()) == ("failed", 1)
    assert {item.state for item in order.consignments.all()} == {"placed"}


def test_another_province_s_consignment_is_not_found(order: Order) -> None:
    client, theirs = staff("68"), consignment_of(order, "01")

    assert (
        client.post(address("order-consignment-cancel", order, theirs.pk), {"reason": "x"}).status_code == 404
    )
    assert theirs.number not in client.get(address("order", order)).content.decode()


@pytest.mark.parametrize("count", [1, 4])
def test_an_order_s_page_costs_a_constant_number_of_queries(count: int, django_assert_num_queries) -> None:
    client = staff()
    order = placed_order(*[sold_pack() for _number in range(count)])
    client.get(address("order", order))

    with django_assert_num_queries(11):
        assert client.get(address("order", order)).status_code == 200


# --- An order of several provinces
@pytest.mark.parametrize("language", ["vi", "en"])
def test_of_an_order_of_two_provinces_each_sees_its_part_alone(order: Order, language: str) -> None:
    ours, theirs = consignment_of(order, "68"), consignment_of(order, "01")
    Consignment.objects.filter(pk=theirs.pk).update(goods_total=777_000)
    client = staff("68")

    with translation.override(language):
        pages = [
            client.get(reverse("dashboard:orders")).content.decode(),
            client.get(address("order", order)).content.decode(),
        ]

    for text in pages:
        assert format_dong(ours.total) in text
        assert theirs.producer.name not in text
        assert theirs.number not in text
        for amount in (777_000, int(order.total_incl_tax), order.paid_amount):
            assert format_dong(amount) not in text


def test_whoever_has_all_provinces_sees_the_whole(order: Order) -> None:
    client = staff()

    for path in (reverse("dashboard:orders"), address("order", order)):
        assert format_dong(int(order.total_incl_tax)) in client.get(path).content.decode()


def test_how_far_an_order_is_follows_from_the_part_that_is_seen(order: Order) -> None:
    theirs = consignment_of(order, "01")
    Consignment.objects.filter(pk=theirs.pk).update(state="shipped")
    Order.objects.update(fulfilment_state="partly_shipped")
    client = staff("68")

    for path in (reverse("dashboard:orders"), address("order", order)):
        text = client.get(path).content.decode()
        assert str(FulfilmentState.OPEN.label) in text
        assert str(FulfilmentState.PARTLY_SHIPPED.label) not in text


def test_a_part_shows_its_own_refunds_and_no_others(order: Order) -> None:
    admin = staff()
    for province, reason in (("68", "Hết hàng nhà mình"), ("01", "Hết hàng nhà khác")):
        path = address("order-consignment-cancel", order, consignment_of(order, province).pk)
        admin.post(path, {"reason": reason})
    user = User.objects.create_user("lam-dong@example.vn")
    StaffRole.objects.create(user=user, role=StaffRole.Role.ADMIN).provinces.add(ProvinceFactory())
    client = Client()
    client.force_login(user)

    text = client.get(address("order", order)).content.decode()

    assert "Hết hàng nhà mình" in text
    assert "Hết hàng nhà khác" not in text


@pytest.mark.parametrize("spelt", [lambda number: number.replace("-", " ").lower(), lambda number: number])
def test_an_order_is_found_as_people_write_its_number(order: Order, spelt) -> None:
    client = staff("68")

    link = address("order", order)
    for words in (spelt(order.number), consignment_of(order, "68").number):
        assert link in client.get(reverse("dashboard:orders"), {"q": words}).content.decode()
    for words in ("0", "00", consignment_of(order, "01").number):
        assert link not in client.get(reverse("dashboard:orders"), {"q": words}).content.decode()


def test_the_list_of_orders_asks_no_more_for_many(django_assert_max_num_queries) -> None:
    client, counts = staff("68"), []
    for size in (2, 8):
        for _number in range(size):
            placed_order(sold_pack())
        client.get(reverse("dashboard:orders"))
        with django_assert_max_num_queries(12) as asked:
            client.get(reverse("dashboard:orders"))
        counts.append(len(asked))

    assert counts[0] == counts[1]
