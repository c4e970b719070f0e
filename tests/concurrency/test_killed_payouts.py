"""A process may be killed at any step of a payout: nothing is half done, nothing goes out twice, and doing it again ends as if nothing had been."""

from pathlib import Path

import pytest

from checkout.settlement.payouts.batches import batch_make, batch_send
from checkout.settlement.payouts.models import BankAccount, Payout, PayoutBatch, PayoutPart
from checkout.settlement.payouts.results import result_apply, result_read
from checkout.settlement.selectors import producer_balance
from marketplace.audit.models import AuditEvent
from marketplace.notices.models import Notice
from tests.concurrency.test_killed_processes import killed
from tests.factories.payouts import answer, approved, batch_of, finance, owner_of, payable, sent
from tests.factories.producers import ProducerFactory
from tests.factories.settlement import balances
from tests.integration.payouts.conftest import no_commission

__all__ = ["no_commission"]

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

BATCHES = "checkout.settlement.payouts.batches"
SETTLING = "checkout.settlement.payouts.settling"
RESULTS = "checkout.settlement.payouts.results"
MAKING = [f"{BATCHES}:_payout_make", f"{BATCHES}:book_payout_created", f"{BATCHES}:audit_record"]
SENDING = [f"{BATCHES}:file_bytes", f"{BATCHES}:audit_record"]
DOING = [
    f"{SETTLING}:book_payout_done",
    f"{SETTLING}:tell_paid_out",
    f"{SETTLING}:book_payout_failed",
    f"{RESULTS}:_close_if_settled",
]
BOTH = pytest.mark.parametrize("when", ["before", "after"])


@BOTH
@pytest.mark.parametrize("target", MAKING)
def test_killed_while_making_a_batch(target: str, when: str, tmp_path: Path) -> None:
    producer = payable()
    finance()

    killed("make-batch", target, when, producer.pk, tmp_path)

    assert not PayoutBatch.objects.exists()
    assert not PayoutPart.objects.exists()
    assert producer_balance(producer) == 500_000
    batch, left_out = batch_make(producers=[producer.pk], by=finance())
    assert (batch.payouts.get().amount, left_out) == (500_000, [])
    assert (producer_balance(producer), balances()["payouts_transit"]) == (0, -500_000)


@BOTH
def test_killed_while_approving(when: str, tmp_path: Path) -> None:
    batch = batch_of(payable())
    finance()

    killed("approve-batch", f"{BATCHES}:audit_record", when, batch.pk, tmp_path)

    batch.refresh_from_db()
    assert (batch.state, batch.approved_by, batch.digest) == (PayoutBatch.State.DRAFT, None, "")
    assert approved(batch).state == PayoutBatch.State.APPROVED


@BOTH
@pytest.mark.parametrize("target", SENDING)
def test_killed_while_giving_the_file_out(target: str, when: str, tmp_path: Path) -> None:
    batch = approved(batch_of(payable()))
    finance()

    killed("send-batch", target, when, batch.pk, tmp_path)

    batch.refresh_from_db()
    assert batch.state == PayoutBatch.State.APPROVED, "nobody has the file, so nothing is with the bank"
    first = batch_send(batch=batch, by=finance())
    assert first is not None
    assert batch_send(batch=batch, by=finance()) == first
    assert AuditEvent.objects.filter(action="payout_batch.taken").count() == 2


@BOTH
@pytest.mark.parametrize("target", DOING)
def test_killed_while_doing_what_the_bank_says(target: str, when: str, tmp_path: Path) -> None:
    good, bad = payable(500_000), payable(300_000)
    owner_of(good)
    batch = sent(batch_of(good, bad))
    first, second = batch.payouts.order_by("pk")
    result = result_read(
        batch=batch,
        name="ket-qua.csv",
        content=answer((first, "Thành công", ""), (second, "Thất bại", "Sai số")),
        by=finance(),
    )

    killed("apply-result", target, when, result.pk, tmp_path)

    assert set(Payout.objects.values_list("state", flat=True)) == {"pending"}
    assert not Notice.objects.filter(template__in=["payout_done", "payout_failed"]).exists()
    assert result_apply(result=result, by=finance()) == {"done": 1, "failed": 1}
    batch.refresh_from_db()
    assert batch.state == PayoutBatch.State.CLOSED
    assert (balances()["bank"], producer_balance(good), producer_balance(bad)) == (-500_000, 0, 300_000)
    assert "payouts_transit" not in balances()
    told = Notice.objects.filter(template="payout_done")
    assert told.count() == len(set(told.values_list("recipient", flat=True)))


@BOTH
def test_killed_while_an_account_is_given(when: str, tmp_path: Path) -> None:
    producer = ProducerFactory()
    owner_of(producer)

    killed(
        "give-account",
        "checkout.settlement.payouts.accounts:tell_account_changed",
        when,
        producer.pk,
        tmp_path,
    )

    assert not BankAccount.objects.exists(), "no account of which nobody was told"
    assert not Notice.objects.exists()
