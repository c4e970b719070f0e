"""From a placed order to paid, cancelled, expired, shipped, delivered, returned."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from catalogue.certification.models import Certificate
from catalogue.models import Product, ProductChange
from catalogue.producers.models import StockRecord
from checkout.basket.models import Basket
from checkout.basket.services import basket_merge
from checkout.errors import ChangeNotAllowed
from checkout.order.consignments import fulfilment_state, may_become
from checkout.order.models import Consignment, FulfilmentState, Order, PaymentState
from checkout.order.services import (
    consignment_accept,
    consignment_cancel,
    consignment_deliver,
    consignment_pack,
    consignment_return,
    consignment_ship,
)
from checkout.payment.models import Payment, Refund
from checkout.placement import Buyer
from checkout.reservations.models import Reservation
from checkout.services import order_cancel, order_mark_paid, orders_expire_due
from marketplace.accounts.models import User
from marketplace.money import format_dong
from marketplace.notices.models import Notice
from marketplace.notices.rendering import notice_render
from tests.factories.catalogue import sold_pack
from tests.factories.orders import basket_with, placed_order, shown_for
from tests.factories.producers import MembershipFactory

pytestmark = pytest.mark.django_db
State = Consignment.State


def stock() -> list[tuple[int, int]]:
    return list(StockRecord.objects.order_by("pk").values_list("num_in_stock", "num_allocated"))


def paid(order: Order, reference: str = "pay-1") -> Payment:
    """Say what the payment room says when money has come in."""
    payment = Payment.objects.create(
        order=order,
        gateway="sandbox",
        reference=reference,
        amount=int(order.total_incl_tax),
        state=Payment.State.PAID,
        paid_at=timezone.now(),
    )
    order_mark_paid(order_id=order.pk, payment_id=payment.pk, amount=payment.amount)
    order.refresh_from_db()
    return payment


def expired(order: Order) -> Order:
    Order.objects.filter(pk=order.pk).update(payment_deadline=timezone.now() - timedelta(seconds=1))
    assert orders_expire_due() == 1
    order.refresh_from_db()
    return order


def shipped(order: Order) -> Consignment:
    """Take the order's one consignment as far as the carrier."""
    consignment = order.consignments.get()
    consignment_accept(consignment_id=consignment.pk)
    consignment_pack(consignment_id=consignment.pk)
    return consignment_ship(consignment_id=consignment.pk)


def told() -> list[str]:
    return list(Notice.objects.order_by("pk").values_list("template", flat=True).distinct())


# --- Paying -------------------------------------------------------------------------------------


def test_money_in_time_confirms_the_order_once() -> None:
    order = placed_order(sold_pack(), payment_method="sandbox")

    payment = paid(order)
    confirmed_at = order.confirmed_at
    order_mark_paid(order_id=order.pk, payment_id=payment.pk, amount=payment.amount)
    order.refresh_from_db()

    assert order.payment_state == PaymentState.PAID
    assert (order.settled_by, order.paid_amount) == (payment, payment.amount)
    assert order.confirmed_at == confirmed_at is not None
    assert Refund.objects.count() == 0
    assert "producer_consignment_new" in told()


def test_money_that_comes_twice_goes_back_once() -> None:
    order = placed_order(sold_pack(), payment_method="sandbox")
    first = paid(order)

    second = paid(order, "pay-2")
    order_mark_paid(order_id=order.pk, payment_id=second.pk, amount=second.amount)

    assert order.settled_by == first
    assert list(Refund.objects.values_list("payment", "amount")) == [(second.pk, second.amount)]


def test_an_unpaid_order_expires_and_gives_everything_back() -> None:
    order = expired(placed_order(sold_pack(), quantity=4, payment_method="sandbox"))

    assert order.payment_state == PaymentState.EXPIRED
    assert stock() == [(10, 0)]
    assert order.basket.status == Basket.OPEN
    assert Reservation.objects.get().state == Reservation.State.RELEASED
    assert "order_expired" in told()
    assert orders_expire_due() == 0
    assert stock() == [(10, 0)]


def test_a_reopened_basket_can_be_ordered_again() -> None:
    order = expired(placed_order(sold_pack(), payment_method="sandbox"))

    again = placed_order(basket=order.basket)

    assert again != order
    assert stock() == [(10, 1)]


def test_late_money_finds_its_goods_again() -> None:
    order = expired(placed_order(sold_pack(), quantity=4, payment_method="sandbox"))
    basket = order.basket

    paid(order)

    assert order.payment_state == PaymentState.PAID
    assert order.confirmed_at is not None
    assert stock() == [(10, 4)]
    assert Reservation.objects.get().state == Reservation.State.HELD
    assert not basket.lines.exists()
    assert Refund.objects.count() == 0


def test_late_money_goes_back_where_the_goods_are_gone() -> None:
    order = expired(placed_order(sold_pack(), quantity=4, payment_method="sandbox"))
    StockRecord.objects.update(num_in_stock=3)

    payment = paid(order)

    assert order.payment_state == PaymentState.EXPIRED
    assert stock() == [(3, 0)]
    assert Refund.objects.get().amount == payment.amount
    assert "payment_returned" in told()


def test_late_money_goes_back_where_the_certificate_was_withdrawn() -> None:
    order = expired(placed_order(sold_pack(), payment_method="sandbox"))
    yesterday = timezone.localdate() - timedelta(days=1)
    Certificate.objects.update(state=Certificate.State.WITHDRAWN, in_force_until=yesterday)

    paid(order)

    assert order.payment_state == PaymentState.EXPIRED
    assert Refund.objects.count() == 1


def test_late_money_goes_back_where_the_basket_was_ordered_again() -> None:
    order = expired(placed_order(sold_pack(), payment_method="sandbox"))
    placed_order(basket=order.basket)

    paid(order)

    assert order.payment_state == PaymentState.EXPIRED
    assert stock() == [(10, 1)]
    assert Refund.objects.count() == 1


def merged(order: Order, *packs: Product) -> Basket:
    """Merge the order's reopened basket into the one of an account, as a sign-in does."""
    own = basket_with(*packs, owner=User.objects.create_user("lan@example.vn"))
    basket_merge(into=own, other=order.basket)
    return own


def test_late_money_finds_its_goods_after_the_basket_went_into_an_accounts() -> None:
    pack = sold_pack()
    order = expired(placed_order(pack, quantity=4, payment_method="sandbox"))
    own = merged(order, pack)

    paid(order)

    assert order.payment_state == PaymentState.PAID
    assert stock() == [(10, 4)]
    assert own.lines.get().quantity == 1
    assert Refund.objects.count() == 0


def test_late_money_goes_back_where_the_accounts_basket_was_ordered() -> None:
    order = expired(placed_order(sold_pack(), payment_method="sandbox"))
    placed_order(basket=merged(order))

    paid(order)

    assert order.payment_state == PaymentState.EXPIRED
    assert stock() == [(10, 1)]
    assert Refund.objects.count() == 1


def test_money_for_a_cancelled_order_goes_back() -> None:
    order = placed_order(sold_pack(), payment_method="sandbox")
    order_cancel(order_id=order.pk)

    paid(order)

    assert order.payment_state == PaymentState.AWAITING
    assert order.cancelled_at is not None
    assert Refund.objects.count() == 1


# --- Cancelling ---------------------------------------------------------------------------------


def test_a_buyer_may_cancel_until_something_is_packed() -> None:
    order = placed_order(sold_pack(), sold_pack(), payment_method="cash")
    first, second = order.consignments.all()
    consignment_accept(consignment_id=first.pk)

    order = order_cancel(order_id=order.pk, reason="Đổi ý")

    assert order.cancelled_at is not None
    assert order.fulfilment_state == FulfilmentState.CANCELLED
    assert stock() == [(10, 0), (10, 0)]
    assert first.events.last().note == "Đổi ý"
    assert {"order_cancelled", "producer_consignment_cancelled"} <= set(told())
    assert order_cancel(order_id=order.pk).cancelled_at == order.cancelled_at
    assert second.events.count() == 2


def test_a_packed_order_is_no_longer_the_buyers_to_cancel() -> None:
    order = placed_order(sold_pack())
    consignment = order.consignments.get()
    consignment_accept(consignment_id=consignment.pk)
    consignment_pack(consignment_id=consignment.pk)

    with pytest.raises(ChangeNotAllowed):
        order_cancel(order_id=order.pk)

    assert stock() == [(10, 1)]


def test_cancelling_a_paid_order_sends_the_money_back() -> None:
    order = placed_order(sold_pack(), payment_method="sandbox")
    payment = paid(order)

    order = order_cancel(order_id=order.pk)

    assert Refund.objects.get().amount == payment.amount
    assert order.payment_state == PaymentState.REFUNDED


def test_cancelling_before_paying_reopens_the_basket() -> None:
    order = placed_order(sold_pack(), payment_method="sandbox")

    order_cancel(order_id=order.pk)

    assert Basket.objects.get(pk=order.basket_id).status == Basket.OPEN
    assert stock() == [(10, 0)]


def test_a_producer_cancels_its_part_and_only_its_money_goes_back() -> None:
    order = placed_order(sold_pack(price=100_000), sold_pack(price=200_000), payment_method="sandbox")
    paid(order)
    first, _second = order.consignments.all()

    consignment_cancel(consignment_id=first.pk, reason="Hết hàng")

    order.refresh_from_db()
    assert Refund.objects.get().amount == first.goods_total + first.delivery_charge
    assert order.payment_state == PaymentState.PARTLY_REFUNDED
    assert order.cancelled_at is None
    assert stock() == [(10, 0), (10, 1)]
    assert "consignment_cancelled" in told()


# --- Consignments -------------------------------------------------------------------------------


def test_a_parcel_goes_its_way_and_each_step_is_written_down() -> None:
    order = placed_order(sold_pack(), quantity=3)
    consignment = order.consignments.get()

    consignment_accept(consignment_id=consignment.pk)
    consignment_pack(consignment_id=consignment.pk)
    assert stock() == [(10, 3)]
    consignment_ship(consignment_id=consignment.pk, carrier="VNPost", tracking_number="EB123")
    assert stock() == [(7, 0)]
    order.refresh_from_db()
    assert order.fulfilment_state == FulfilmentState.SHIPPED
    consignment_deliver(consignment_id=consignment.pk)

    order.refresh_from_db()
    consignment.refresh_from_db()
    assert [event.to_state for event in consignment.events.all()] == [
        "placed",
        "accepted",
        "packed",
        "shipped",
        "delivered",
    ]
    assert (consignment.carrier, consignment.tracking_number) == ("VNPost", "EB123")
    assert order.fulfilment_state == FulfilmentState.DELIVERED
    assert order.payment_state == PaymentState.PAID
    assert order.paid_amount == order.total_incl_tax
    assert Reservation.objects.get().state == Reservation.State.CONSUMED
    assert {"consignment_shipped", "consignment_delivered"} <= set(told())


def test_cash_is_all_in_once_the_last_parcel_has_come() -> None:
    order = placed_order(sold_pack(), sold_pack())
    for place, consignment in enumerate(order.consignments.all()):
        consignment_accept(consignment_id=consignment.pk)
        consignment_pack(consignment_id=consignment.pk)
        consignment_ship(consignment_id=consignment.pk)
        order.refresh_from_db()
        assert order.fulfilment_state == (FulfilmentState.PARTLY_SHIPPED, FulfilmentState.SHIPPED)[place]
    for consignment in order.consignments.all():
        assert order.payment_state == PaymentState.DUE_ON_DELIVERY
        consignment_deliver(consignment_id=consignment.pk)
        order.refresh_from_db()

    assert order.payment_state == PaymentState.PAID


def test_goods_that_are_fetched_skip_the_carrier() -> None:
    pack = sold_pack(producer={"pickup_offered": True})
    order = placed_order(pack, pickups=frozenset({pack.parent.producer_id}), address=None)
    consignment = order.consignments.get()
    consignment_accept(consignment_id=consignment.pk)
    consignment_pack(consignment_id=consignment.pk)

    with pytest.raises(ChangeNotAllowed):
        consignment_ship(consignment_id=consignment.pk)
    consignment_deliver(consignment_id=consignment.pk)

    assert stock() == [(9, 0)]
    assert "consignment_ready_for_pickup" in told()


def test_a_parcel_that_comes_back_is_refunded_and_waits_for_somebody_to_look_at_it() -> None:
    order = placed_order(sold_pack(), payment_method="sandbox")
    payment = paid(order)
    consignment = order.consignments.get()
    consignment_accept(consignment_id=consignment.pk)
    consignment_pack(consignment_id=consignment.pk)
    consignment_ship(consignment_id=consignment.pk)

    consignment_return(consignment_id=consignment.pk, reason="Không liên lạc được")

    order.refresh_from_db()
    assert order.fulfilment_state == FulfilmentState.RETURNED
    assert Refund.objects.get().amount == payment.amount
    assert stock() == [(9, 0)]


@pytest.mark.parametrize(
    ("language", "subjects", "sentence"),
    [
        (
            "vi",
            {"Kiện {number} đã quay về", "Kiện {number} đã quay về: xin kiểm tra hàng"},
            "{amount} bạn đã trả cho kiện này đang được hoàn lại.",
        ),
        (
            "en",
            {"Consignment {number} came back", "Consignment {number} came back: please look at the goods"},
            "{amount} that you paid for it is on its way back to you.",
        ),
    ],
)
def test_buyer_and_producer_are_told_of_a_return(language: str, subjects: set[str], sentence: str) -> None:
    order = placed_order(
        sold_pack(producer={"email": "htx@example.vn"}),
        payment_method="sandbox",
        buyer=Buyer(name="Lan", phone="+84912345678", email="lan@example.vn", language=language),
    )
    paid(order)
    consignment = shipped(order)
    owner = MembershipFactory(
        producer=consignment.producer,
        user=User.objects.create_user("chu@example.vn", preferred_language=language),
    ).user
    Notice.objects.all().delete()

    consignment_return(consignment_id=consignment.pk, reason="Không liên lạc được", actor_kind="admin")

    letters = {notice.recipient: notice_render(notice) for notice in Notice.objects.filter(channel="mail")}
    assert set(letters) == {"lan@example.vn", owner.email}
    assert {letter.subject for letter in letters.values()} == {
        subject.format(number=consignment.number) for subject in subjects
    }
    amount = format_dong(consignment.goods_total + consignment.delivery_charge)
    assert sentence.format(amount=amount) in letters["lan@example.vn"].text
    assert all("Không liên lạc được" in letter.text for letter in letters.values())


def letter(template: str) -> str:
    """Return what the buyer is told by mail."""
    return notice_render(Notice.objects.get(template=template, channel="mail")).text


ENGLISH = Buyer(name="Lan", phone="+84912345678", email="lan@example.vn", language="en")


def test_a_cancelled_order_promises_only_money_that_was_paid() -> None:
    cash = placed_order(sold_pack(), buyer=ENGLISH)
    awaiting = placed_order(sold_pack(), payment_method="sandbox", buyer=ENGLISH)
    settled = placed_order(sold_pack(), payment_method="sandbox", buyer=ENGLISH)
    payment = paid(settled)

    for order in (cash, awaiting):
        order_cancel(order_id=order.pk)
        assert "Your order is cancelled. You owe nothing for it." in letter("order_cancelled")
        Notice.objects.filter(template="order_cancelled").delete()
    order_cancel(order_id=settled.pk)

    back = f"{format_dong(payment.amount)} that you paid for it is on its way back to you."
    assert f"Your order is cancelled. {back}" in letter("order_cancelled")


@pytest.mark.parametrize("actor_kind", ["producer", "admin"])
def test_a_cancelled_consignment_says_by_whom_and_what_becomes_of_money_and_rest(actor_kind: str) -> None:
    cash = placed_order(sold_pack(), buyer=ENGLISH).consignments.get()
    settled = placed_order(sold_pack(), sold_pack(), payment_method="sandbox", buyer=ENGLISH)
    paid(settled)
    alone, rest = settled.consignments.all()

    def words_of(consignment: Consignment) -> str:
        Notice.objects.all().delete()
        consignment_cancel(consignment_id=consignment.pk, actor_kind=actor_kind)
        words = {
            "producer": f"{consignment.producer.name} cannot deliver consignment {consignment.number}.",
            "admin": f"Consignment {consignment.number} of {consignment.producer.name} is cancelled.",
        }
        text = letter("consignment_cancelled")
        assert [kind for kind, sentence in words.items() if sentence in text] == [actor_kind]
        return text

    of_cash, of_part, of_rest = words_of(cash), words_of(alone), words_of(rest)

    back, nothing = "on its way back to you", "You owe nothing for it."
    to_come = "The rest of your order comes as planned."
    assert [back in text for text in (of_cash, of_part, of_rest)] == [False, True, True]
    assert [nothing in text for text in (of_cash, of_part, of_rest)] == [True, False, False]
    assert [to_come in text for text in (of_cash, of_part, of_rest)] == [False, True, False]
    assert format_dong(alone.total) in of_part


def test_money_that_goes_back_says_why() -> None:
    twice, cancelled, late = (
        placed_order(sold_pack(), payment_method="sandbox", buyer=ENGLISH) for _ in range(3)
    )
    paid(twice, "pay-1")
    order_cancel(order_id=cancelled.pk)
    expired(late)
    StockRecord.objects.filter(reservations__line__order=late).update(num_in_stock=0)

    words = []
    for number, order in enumerate((twice, cancelled, late), start=2):
        Notice.objects.all().delete()
        paid(order, f"pay-{number}")
        words.append(letter("payment_returned"))

    assert "came in although the order was already paid." in words[0]
    assert "arrived after the order had been cancelled." in words[1]
    assert "arrived after the order had ended, and the order could not be taken up again." in words[2]
    assert all("We are sending the whole amount back the way it came." in text for text in words)


def test_who_got_the_goods_is_told_whom_to_call() -> None:
    for phone, is_told in (("+842633822222", True), ("", False)):
        Notice.objects.all().delete()
        consignment = shipped(placed_order(sold_pack(producer={"phone": phone}), buyer=ENGLISH))
        consignment_deliver(consignment_id=consignment.pk)
        text = letter("consignment_delivered")
        assert "write to us" not in text
        assert (f"call {consignment.producer.name}: 0263 3822 222." in text) is is_told


def test_who_fetches_the_goods_is_told_the_hours_where_there_are_any() -> None:
    for hours in ("8:00–17:00", ""):
        Notice.objects.all().delete()
        pack = sold_pack(producer={"pickup_offered": True, "pickup_hours": hours})
        order = placed_order(pack, pickups=frozenset({pack.parent.producer_id}), address=None, buyer=ENGLISH)
        consignment = order.consignments.get()
        consignment_accept(consignment_id=consignment.pk)
        consignment_pack(consignment_id=consignment.pk)
        assert ("Opening hours: 8:00–17:00." in letter("consignment_ready_for_pickup")) is bool(hours)
        assert ("Opening hours" in letter("consignment_ready_for_pickup")) is bool(hours)


@pytest.mark.parametrize(
    ("payment_method", "template"), [("sandbox", "order_awaiting_payment"), ("cash", "order_confirmed")]
)
def test_a_guest_without_mail_is_told_where_to_find_the_order(payment_method: str, template: str) -> None:
    buyer = Buyer(name="Lan", phone="+84912345678")
    placed_order(sold_pack(), payment_method=payment_method, buyer=buyer)

    text = notice_render(Notice.objects.get(template=template, channel="sms")).text

    assert reverse("orders:lookup") in text


def test_who_hasnt_paid_in_cash_yet_owes_nothing_for_what_comes_back() -> None:
    consignment = shipped(placed_order(sold_pack()))

    consignment_return(consignment_id=consignment.pk)

    notice = Notice.objects.get(template="consignment_returned", channel="sms")
    assert (notice.context["amount"], notice.context["is_unpaid"]) == (0, True)


def test_cash_handed_over_goes_back_after_a_return() -> None:
    consignment = shipped(placed_order(sold_pack()))
    consignment_deliver(consignment_id=consignment.pk)

    consignment_return(consignment_id=consignment.pk)

    notice = Notice.objects.get(template="consignment_returned", channel="sms")
    assert (notice.context["amount"], notice.context["is_unpaid"]) == (consignment.total, False)
    assert Notice.objects.filter(template="refund_account_needed", channel="sms").count() == 1


@pytest.mark.parametrize(("actor_kind", "is_told"), [("producer", False), ("admin", True)])
def test_a_producer_is_told_of_what_others_cancel(actor_kind: str, is_told: bool) -> None:
    consignment = placed_order(sold_pack()).consignments.get()

    consignment_cancel(consignment_id=consignment.pk, actor_kind=actor_kind, reason="Khách đổi ý")

    assert ("producer_consignment_cancelled" in told()) is is_told


def test_nobody_touches_a_consignment_before_its_order_is_confirmed() -> None:
    consignment = placed_order(sold_pack(), payment_method="sandbox").consignments.get()

    for verb in (consignment_accept, consignment_cancel):
        with pytest.raises(ChangeNotAllowed):
            verb(consignment_id=consignment.pk)


#: Every change that there is, as people know it: what is sent, and what is fetched.
CHANGES = {
    "delivery": {
        ("placed", "accepted"),
        ("placed", "cancelled"),
        ("accepted", "packed"),
        ("accepted", "cancelled"),
        ("packed", "shipped"),
        ("packed", "cancelled"),
        ("shipped", "delivered"),
        ("shipped", "returned"),
        ("delivered", "returned"),
    },
    "pickup": {
        ("placed", "accepted"),
        ("placed", "cancelled"),
        ("accepted", "packed"),
        ("accepted", "cancelled"),
        ("packed", "delivered"),
        ("packed", "cancelled"),
        ("delivered", "returned"),
    },
}


@pytest.mark.parametrize("method", CHANGES)
def test_no_other_changes_are_possible(method: str) -> None:
    possible = {
        (start, target)
        for start in State.values
        for target in State.values
        if may_become(Consignment(state=start, method=method), target)
    }

    assert possible == CHANGES[method]


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["placed", "packed"], FulfilmentState.OPEN),
        (["placed", "shipped"], FulfilmentState.PARTLY_SHIPPED),
        (["shipped", "cancelled"], FulfilmentState.SHIPPED),
        (["shipped", "delivered"], FulfilmentState.SHIPPED),
        (["delivered", "returned"], FulfilmentState.DELIVERED),
        (["cancelled", "cancelled"], FulfilmentState.CANCELLED),
        (["returned", "cancelled"], FulfilmentState.RETURNED),
    ],
)
def test_an_orders_state_follows_from_its_consignments(states: list[str], expected: str) -> None:
    assert fulfilment_state(states) == expected


# --- What search hears --------------------------------------------------------------------------


def test_search_hears_of_the_last_pack_and_of_its_coming_back_and_of_nothing_between() -> None:
    pack = sold_pack(stock={"num_in_stock": 2})

    def version() -> int:
        return ProductChange.objects.filter(pk=pack.parent_id).values_list("version", flat=True).first() or 0

    before = version()
    placed_order(pack)
    assert version() == before
    last = placed_order(pack, payment_method="sandbox")
    assert version() == before + 1
    order_cancel(order_id=last.pk)
    assert version() == before + 2


def test_what_is_shown_names_each_line_with_its_price() -> None:
    basket = basket_with(sold_pack(price=99_000), quantity=2)
    assert f'"{basket.lines.get().pk}":[2,99000,0]' in shown_for(basket)
