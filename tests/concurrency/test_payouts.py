"""Money that leaves while others do something at the same moment, on PostgreSQL: nothing is paid twice, and the books agree."""

from collections import Counter

import pytest

from catalogue.producers.models import Partner
from checkout.payment.models import Refund
from checkout.settlement.payouts.accounts import account_give
from checkout.settlement.payouts.bank_file import file_digest
from checkout.settlement.payouts.batches import batch_approve, batch_make, batch_send, payouts_to_send
from checkout.settlement.payouts.due import due_to
from checkout.settlement.payouts.errors import NothingToPay, WrongBatchState
from checkout.settlement.payouts.holds import payouts_hold
from checkout.settlement.payouts.models import BankAccount, Payout, PayoutBatch
from checkout.settlement.payouts.results import result_apply, result_read
from checkout.settlement.selectors import producer_balance
from tests.concurrency.together import at_once
from tests.factories.payouts import (
    VIETCOMBANK,
    account_of,
    answer,
    approved,
    batch_of,
    earned,
    finance,
    owner_of,
    payable,
    refund_to_transfer,
    send_back,
    sent,
)
from tests.factories.producers import ProducerFactory
from tests.factories.settlement import balances
from tests.integration.payouts.conftest import no_commission

__all__ = ["no_commission"]

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_four_makers_at_once_pay_each_producer_once() -> None:
    producers = [payable(100_000 * number) for number in (1, 2, 3)]
    pks = [producer.pk for producer in producers]
    makers = [finance(f"lap-{number}") for number in range(4)]

    asked = at_once(
        *[
            lambda maker=maker, order=order: batch_make(producers=order, by=maker)
            for maker, order in zip(makers, (pks, pks[::-1], pks[1:], pks[:2]), strict=True)
        ]
    )

    assert all(isinstance(one, tuple | NothingToPay) for one in asked)
    paid = Counter(Payout.objects.values_list("producer", flat=True))
    assert paid == dict.fromkeys(pks, 1)
    assert [producer_balance(producer) for producer in producers] == [0, 0, 0]
    assert balances()["payouts_transit"] == -600_000


def test_the_same_refund_in_four_batches_at_once_goes_out_once() -> None:
    refund = refund_to_transfer()
    makers = [finance(f"lap-{number}") for number in range(4)]

    at_once(
        *[lambda maker=maker: batch_make(producers=(), refunds=[refund.pk], by=maker) for maker in makers]
    )

    assert Payout.objects.get().refund == refund
    assert PayoutBatch.objects.count() == 1


@pytest.mark.parametrize("round_", range(4))
def test_a_payout_while_a_refund_comes_leaves_books_that_agree(round_: int) -> None:
    producer: Partner = ProducerFactory()
    account_of(producer)
    returned, _kept = earned(producer, 300_000), earned(producer, 500_000)
    maker = finance("lap")

    made, refund = at_once(lambda: batch_make(producers=[producer.pk], by=maker), lambda: send_back(returned))

    assert isinstance(refund, Refund)
    batch, _left_out = made
    payout = batch.payouts.get()
    assert payout.amount == sum(part.amount for part in payout.parts.all())
    assert payout.amount + producer_balance(producer) == 500_000
    taken_out = batch_approve(batch=batch, digest=file_digest(payouts_to_send(batch)), by=finance("duyet"))
    assert bool(taken_out) is (payout.amount == 800_000)
    assert due_to(producer).available == (500_000 if taken_out else 0)


def test_two_checkers_at_once_approve_once() -> None:
    batch = batch_of(payable())
    digest = file_digest(payouts_to_send(batch))

    done = at_once(
        *[
            lambda checker=checker: batch_approve(batch=batch, digest=digest, by=checker)
            for checker in (finance("duyet-1"), finance("duyet-2"))
        ]
    )

    assert sorted(map(str, map(type, done))) == sorted(map(str, [list, WrongBatchState]))


def test_a_hold_and_the_file_at_once_never_end_in_a_hold_that_was_overlooked() -> None:
    producer = payable()
    batch = approved(batch_of(producer))

    content, _hold = at_once(
        lambda: batch_send(batch=batch, by=finance("lap")),
        lambda: payouts_hold(producer=producer, reason="Tranh chấp", by=finance("giu")),
    )

    batch.refresh_from_db()
    assert (content is None) == (batch.state == PayoutBatch.State.DRAFT)
    assert producer_balance(producer) == (500_000 if content is None else 0)


def test_an_answer_that_is_applied_four_times_at_once_counts_once() -> None:
    producer = payable()
    batch = sent(batch_of(producer))
    result = result_read(
        batch=batch,
        name="ket-qua.csv",
        content=answer((batch.payouts.get(), "Thành công", "")),
        by=finance(),
    )

    done = at_once(*[lambda: result_apply(result=result, by=finance())] * 4)

    assert sorted(type(one).__name__ for one in done) == ["Counter", *["WrongBatchState"] * 3]
    assert balances()["bank"] == -500_000
    assert "payouts_transit" not in balances()


def test_the_same_account_given_four_times_at_once_is_one() -> None:
    producer = ProducerFactory()
    owner = owner_of(producer)

    given = at_once(
        *[
            lambda: account_give(
                producer=producer, bank_bin=VIETCOMBANK, number="123456789", holder=producer.name, by=owner
            )
        ]
        * 4
    )

    assert sorted(type(one).__name__ for one in given) == ["AccountRefused"] * 3 + ["BankAccount"]
    assert BankAccount.objects.count() == 1
