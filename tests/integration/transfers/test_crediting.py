"""What becomes of money that comes in by transfer: exact, short, over, twice, late, for nobody."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from catalogue.models import Product
from checkout.order.models import Order, PaymentState
from checkout.order.numbers import new_order_number
from checkout.payment.models import Payment, Refund
from checkout.payment.services import payment_start
from checkout.payment.transfers.crediting import kept_transfers_return_due
from checkout.payment.transfers.errors import TransferError
from checkout.payment.transfers.memos import memo_of
from checkout.payment.transfers.models import BankTransfer
from checkout.payment.transfers.services import (
    transfer_is_same,
    transfer_match,
    transfer_return,
    transfer_returned,
    transfers_match_due,
    transfers_record,
)
from checkout.services import order_cancel, orders_expire_due
from checkout.settlement.models import Posting
from checkout.settlement.reconciliation.checking import ledger_differences
from marketplace.notices.models import Notice
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order
from tests.factories.payments import URLS
from tests.factories.settlement import deliver
from tests.factories.transfers import account_in_use, incoming, money_comes

pytestmark = pytest.mark.django_db

State = BankTransfer.State


@pytest.fixture(autouse=True)
def _the_ledger_agrees() -> Iterator[None]:
    """Whatever happened in a test, shop, payments and ledger say the same at its end."""
    account_in_use()
    yield
    assert list(ledger_differences()) == []
    waiting = BankTransfer.objects.filter(state__in=[State.UNKNOWN, State.KEPT])
    assert balance("unmatched") == -sum(transfer.amount for transfer in waiting)


def order_by_transfer(pack: Product | None = None, **how: object) -> Order:
    return placed_order(pack or sold_pack(), payment_method="transfer", **how)  # type: ignore[arg-type]


def total(order: Order) -> int:
    return int(order.total_incl_tax)


def expire(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(payment_deadline=timezone.now() - timedelta(seconds=1))
    assert orders_expire_due() == 1


def told() -> list[str]:
    return list(Notice.objects.filter(channel="sms").order_by("pk").values_list("template", flat=True))


def balance(kind: str) -> int:
    """Return what stands on a ledger's account, in đồng: debit positive."""
    return int(
        Posting.objects.filter(account__kind=kind).aggregate(amount=Sum("amount", default=0))["amount"]
    )


def back() -> list[int]:
    return list(Refund.objects.order_by("pk").values_list("amount", flat=True))


def test_the_exact_sum_pays_the_order_and_confirms_it() -> None:
    order = order_by_transfer()
    payment = payment_start(order_id=order.pk, urls=URLS)

    transfer = money_comes(order)

    order.refresh_from_db()
    payment.refresh_from_db()
    assert (order.payment_state, order.settled_by, order.paid_amount) == (
        PaymentState.PAID,
        payment,
        total(order),
    )
    assert (payment.state, payment.capture_reference) == (Payment.State.PAID, transfer.reference)
    assert (transfer.state, transfer.order, transfer.payment) == (State.SETTLED, order, payment)
    assert (transfer.applied_amount, transfer.returned_amount) == (total(order), 0)
    assert (balance("bank"), balance("unmatched"), balance("buyers")) == (total(order), 0, -total(order))
    assert told() == ["order_awaiting_payment", "order_confirmed", "producer_consignment_new"]
    assert back() == []


def test_money_pays_an_order_that_was_never_led_to_its_payment_page() -> None:
    order = order_by_transfer()

    money_comes(order)

    assert Payment.objects.get().order == order


def test_too_little_is_kept_and_a_second_transfer_completes_it() -> None:
    order = order_by_transfer()

    first = money_comes(order, amount=total(order) - 40_000)
    assert (first.state, first.order) == (State.KEPT, order)
    order.refresh_from_db()
    assert order.payment_state == PaymentState.AWAITING
    assert not Payment.objects.exists()

    second = money_comes(order, amount=40_000)

    order.refresh_from_db()
    first.refresh_from_db()
    assert (order.payment_state, order.paid_amount) == (PaymentState.PAID, total(order))
    assert first.payment == second.payment == order.settled_by
    assert (first.applied_amount, second.applied_amount) == (total(order) - 40_000, 40_000)
    assert told()[1] == "transfer_short"
    assert back() == []


def test_the_buyer_is_told_what_is_missing() -> None:
    order = order_by_transfer()

    money_comes(order, amount=total(order) - 40_000)

    notice = Notice.objects.get(template="transfer_short", channel="sms")
    assert notice.context["missing"] == 40_000


def test_too_little_until_the_deadline_goes_back_whole() -> None:
    order = order_by_transfer()
    transfers = [money_comes(order, amount=50_000), money_comes(order, amount=20_000)]
    assert kept_transfers_return_due() == 0
    expire(order)

    assert kept_transfers_return_due() == 2
    assert kept_transfers_return_due() == 0

    order.refresh_from_db()
    for transfer in transfers:
        transfer.refresh_from_db()
        assert (transfer.state, transfer.returned_amount, transfer.cause) == (
            State.SETTLED,
            transfer.amount,
            "short",
        )
    assert order.payment_state == PaymentState.EXPIRED
    assert (order.paid_amount, order.refunded_amount) == (70_000, 70_000)
    assert back() == [70_000]
    assert told()[-2:] == ["refund_account_needed", "payment_returned"]
    assert (balance("unmatched"), balance("buyers"), balance("refunds_due")) == (0, 0, -70_000)


def test_what_was_kept_goes_back_when_the_order_is_cancelled() -> None:
    order = order_by_transfer()
    money_comes(order, amount=50_000)
    order_cancel(order_id=order.pk)

    assert kept_transfers_return_due() == 1

    assert back() == [50_000]
    assert BankTransfer.objects.get().cause == "cancelled"


def test_too_much_pays_the_order_and_the_rest_goes_back() -> None:
    order = order_by_transfer()

    transfer = money_comes(order, amount=total(order) + 11_000)

    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID
    assert order.paid_amount - order.refunded_amount == total(order)
    assert (transfer.applied_amount, transfer.returned_amount, transfer.cause) == (
        total(order),
        11_000,
        "over",
    )
    assert (balance("unmatched"), balance("refunds_due")) == (0, -11_000)
    assert back() == [11_000]
    assert order.lines.get().refunded_quantity == 0


def test_a_rest_that_completes_and_exceeds_gives_back_what_is_too_much() -> None:
    order = order_by_transfer()
    money_comes(order, amount=total(order) - 10_000)

    second = money_comes(order, amount=15_000)

    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID
    assert (second.applied_amount, second.returned_amount) == (10_000, 5_000)
    assert back() == [5_000]


def test_money_that_comes_twice_goes_back() -> None:
    order = order_by_transfer()
    money_comes(order)

    second = money_comes(order)

    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID
    assert (second.state, second.returned_amount, second.cause) == (State.SETTLED, second.amount, "twice")
    assert back() == [total(order)]


def test_late_money_brings_the_order_back_where_its_goods_are_still_there() -> None:
    order = order_by_transfer()
    expire(order)

    transfer = money_comes(order)

    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID
    assert transfer.applied_amount == total(order)
    assert back() == []


def test_the_rest_that_comes_right_after_the_deadline_still_completes_the_order() -> None:
    order = order_by_transfer()
    money_comes(order, amount=total(order) - 1_000)
    expire(order)

    money_comes(order, amount=1_000)

    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID
    assert back() == []


def test_late_money_goes_back_where_the_goods_are_gone() -> None:
    pack = sold_pack(stock={"num_in_stock": 1})
    order = order_by_transfer(pack)
    expire(order)
    placed_order(pack)

    transfer = money_comes(order)

    order.refresh_from_db()
    assert order.payment_state == PaymentState.EXPIRED
    assert (transfer.state, transfer.applied_amount, transfer.cause) == (State.SETTLED, 0, "late")
    assert back() == [total(order)]


def test_late_and_too_little_goes_back() -> None:
    order = order_by_transfer()
    expire(order)

    transfer = money_comes(order, amount=1_000)

    assert (transfer.returned_amount, transfer.cause) == (1_000, "late")
    assert back() == [1_000]


def test_money_for_a_cancelled_order_goes_back() -> None:
    order = order_by_transfer()
    order_cancel(order_id=order.pk)

    assert money_comes(order).cause == "cancelled"
    assert back() == [total(order)]


@pytest.mark.parametrize("is_delivered", [False, True])
def test_money_that_names_an_order_paid_at_the_door_goes_back_only_once_a_person_says_so(
    is_delivered: bool,
) -> None:
    order = placed_order(sold_pack())
    if is_delivered:
        deliver(order.consignments.get())

    transfer = money_comes(order)

    assert (transfer.state, transfer.order) == (State.UNKNOWN, None), "it may be the carrier's cash"
    assert back() == []
    transfer_match(transfer_id=transfer.pk, order_number=order.number, by=None)
    transfer.refresh_from_db()
    assert transfer.cause == ("twice" if is_delivered else "on_delivery")
    assert back() == [total(order)]


def test_the_number_among_other_words_with_the_exact_sum_pays_the_order() -> None:
    order = order_by_transfer()

    money_comes(order, memo=f"MBVCB.77.{memo_of(order.number)}.NGUYEN THI LAN chuyen tien")

    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID


def test_the_number_among_other_words_with_exactly_what_is_missing_completes_the_order() -> None:
    order = order_by_transfer()
    money_comes(order, amount=total(order) - 40_000)

    money_comes(order, amount=40_000, memo=f"chuyen not {memo_of(order.number)}")

    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID


@pytest.mark.parametrize(("difference", "state"), [(-10_000, State.KEPT), (10_000, State.SETTLED)])
def test_the_number_among_other_words_with_another_sum_is_the_order_s_that_waits_for_it(
    difference: int, state: str
) -> None:
    order = order_by_transfer()

    transfer = money_comes(
        order, amount=total(order) + difference, memo=f"MBVCB.77.{memo_of(order.number)}.CT tu 0123"
    )

    assert (transfer.state, transfer.order) == (state, order)


def test_the_number_among_other_words_of_an_order_that_is_paid_waits_for_a_person() -> None:
    order = order_by_transfer()
    money_comes(order)

    second = money_comes(order, memo=f"thu ho don {memo_of(order.number)}")

    assert second.state == State.UNKNOWN
    assert back() == []


def test_an_unknown_memo_waits_for_a_person_who_matches_it() -> None:
    order = order_by_transfer()
    transfer = money_comes(amount=total(order), memo="mua ca phe")
    assert (transfer.state, transfer.order) == (State.UNKNOWN, None)

    transfer_match(transfer_id=transfer.pk, order_number=order.number, by=None)

    order.refresh_from_db()
    transfer.refresh_from_db()
    assert order.payment_state == PaymentState.PAID
    assert (transfer.state, transfer.order) == (State.SETTLED, order)
    with pytest.raises(TransferError):
        transfer_match(transfer_id=transfer.pk, order_number=order.number, by=None)
    with pytest.raises(TransferError):
        transfer_return(transfer_id=transfer.pk, reason="", by=None)


def test_a_memo_with_two_orders_waits_for_a_person() -> None:
    orders = [order_by_transfer(), order_by_transfer()]

    transfer = money_comes(memo=" ".join(memo_of(order.number) for order in orders))

    assert transfer.state == State.UNKNOWN


def test_a_number_without_an_order_waits_for_a_person() -> None:
    assert money_comes(memo=new_order_number()).state == State.UNKNOWN


def test_money_of_nobody_is_sent_back_in_two_steps() -> None:
    transfer = money_comes()

    with pytest.raises(TransferError):
        transfer_returned(transfer_id=transfer.pk, reference="FT1", by=None)
    assert balance("unmatched") == -transfer.amount
    transfer_return(transfer_id=transfer.pk, reason="Khách chuyển nhầm", by=None)
    assert (balance("unmatched"), balance("refunds_due")) == (0, -transfer.amount)
    transfer_returned(transfer_id=transfer.pk, reference="FT1", by=None)

    transfer.refresh_from_db()
    assert (transfer.state, transfer.returned_amount, transfer.return_reference) == (
        State.RETURNED,
        transfer.amount,
        "FT1",
    )
    assert (balance("bank"), balance("refunds_due")) == (0, 0)


def test_the_same_booking_heard_of_again_changes_nothing() -> None:
    order = order_by_transfer()
    row = incoming(amount=total(order), memo=memo_of(order.number))

    counts = [
        transfers_record(account=account_in_use(), rows=[row], source=source)
        for source in ("statement", "webhook", "statement")
    ]
    transfers_match_due()
    transfers_match_due()

    assert counts == [1, 0, 0]
    assert BankTransfer.objects.get().applied_amount == total(order)
    assert back() == []


def test_a_booking_that_two_sources_name_differently_is_in_doubt_and_credits_nothing() -> None:
    order = order_by_transfer()
    first = money_comes(order, reference="FT1", source="webhook")

    second = money_comes(order, reference="0001-20261130", source="statement")

    assert (second.state, second.order) == (State.DOUBTFUL, order)
    assert back() == []
    transfer_is_same(transfer_id=second.pk, same_as_id=first.pk, by=None)
    second.refresh_from_db()
    assert (second.state, second.same_as) == (State.SAME, first)
    assert (second.applied_amount, second.returned_amount) == (0, 0)
    assert balance("bank") == total(order)


def test_two_equal_transfers_of_one_source_are_two() -> None:
    order = order_by_transfer()
    half = total(order) // 2

    money_comes(order, amount=half)
    money_comes(order, amount=total(order) - half)

    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID


def test_the_database_holds_that_money_is_settled_to_the_dong() -> None:
    order = order_by_transfer()
    transfer = money_comes(order)

    for wrong in ({"applied_amount": 1}, {"returned_amount": 1}, {"state": State.UNKNOWN}, {"amount": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BankTransfer.objects.filter(pk=transfer.pk).update(**wrong)


def test_an_error_leaves_the_money_to_be_dealt_with_again(monkeypatch: pytest.MonkeyPatch) -> None:
    order = order_by_transfer()
    with monkeypatch.context() as patch:
        patch.setattr("checkout.payment.transfers.services.transfer_credit", lambda **_given: 1 / 0)
        transfer = money_comes(order)
    assert (transfer.state, transfer.attempts) == (State.PENDING, 1)

    BankTransfer.objects.update(next_try_at=timezone.now())
    transfers_match_due()

    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID
