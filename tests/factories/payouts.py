"""Money that producers have earned, accounts that it can go to, and people of finance."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from catalogue.producers.models import Membership, Partner
from checkout.order.models import Consignment
from checkout.payment.models import BuyerBankAccount, Refund
from checkout.payment.refunds import refund_request
from checkout.settlement.payouts.bank_file import file_digest
from checkout.settlement.payouts.batches import batch_approve, batch_make, batch_send, payouts_to_send
from checkout.settlement.payouts.holds import payouts_hold
from checkout.settlement.payouts.models import BankAccount, Payout, PayoutBatch, ResultFile
from checkout.settlement.payouts.results import result_apply, result_read
from marketplace.accounts.models import StaffRole, User
from tests.factories.producers import MembershipFactory, ProducerFactory
from tests.factories.settlement import deliver, paid_order, payment_of

VIETCOMBANK = "970436"
_numbers = count(1)


def earned(producer: Partner | None = None, amount: int = 500_000, *, days_ago: float = 10) -> Consignment:
    """Return a parcel that was paid online and delivered `days_ago`; without a commission the producer has earned `amount`."""
    order = paid_order((1, amount, 0), number=f"TEST-{next(_numbers):04d}")
    consignment = order.consignments.get()
    if producer:
        order.lines.update(partner=producer)
        order.consignments.update(producer=producer)
        consignment.producer.delete()  # the one that was made along with the order
        consignment.refresh_from_db()
    order.lines.update(stars=4)
    deliver(consignment)
    order.consignments.update(delivered_at=timezone.now() - timedelta(days=days_ago))
    consignment.refresh_from_db()
    return consignment


def send_back(consignment: Consignment, key: str = "again") -> Refund:
    """Decide to give a delivered parcel's money back."""
    return refund_request(
        payment=payment_of(consignment.order), consignment=consignment, reason="Hàng hỏng", key=key
    )


def account_of(producer: Partner, *, days_ago: float = 10, **fields: Any) -> BankAccount:
    """Return the account that a producer gave `days_ago`; money may go there from two days later on."""
    given_at = timezone.now() - timedelta(days=days_ago)
    values: dict[str, Any] = {
        "bank_bin": VIETCOMBANK,
        "number": "0071000123456",
        "holder": "HOP TAC XA THU NGHIEM",
        "holder_fits": True,
        "given_at": given_at,
        "usable_from": given_at + timedelta(hours=48),
        "given_by": owner_of(producer),
        **fields,
    }
    return BankAccount.objects.create(producer=producer, **values)


def owner_of(producer: Partner) -> User:
    """Return an owner of a producer, made where there is none."""
    membership = producer.memberships.filter(role=Membership.Role.OWNER).select_related("user").first()
    if membership is None:
        user = User.objects.create_user(f"chu-{producer.pk}@example.vn", phone=f"+8490{producer.pk:07d}")
        membership = MembershipFactory(user=user, producer=producer)
    return membership.user


def payable(amount: int = 500_000, **fields: Any) -> Partner:
    """Return a producer to whom `amount` can be paid out now."""
    producer: Partner = ProducerFactory(**fields)
    earned(producer, amount)
    account_of(producer)
    return producer


def finance(name: str = "ke-toan") -> User:
    """Return a person of finance."""
    user = User.objects.filter(email=f"{name}@example.vn").first()
    if user is None:
        user = User.objects.create_user(f"{name}@example.vn", full_name=f"Người {name}")
        StaffRole.objects.create(user=user, role=StaffRole.Role.FINANCE)
    return user


def batch_of(*producers: Partner, refunds: list[Refund] | None = None) -> PayoutBatch:
    """Return a batch that waits for its approval."""
    batch, left_out = batch_make(
        producers={producer.pk for producer in producers},
        refunds={refund.pk for refund in refunds or ()},
        by=finance("nguoi-lap"),
    )
    assert left_out == []
    return batch


def approved(batch: PayoutBatch) -> PayoutBatch:
    """Return the batch, approved by a second person."""
    assert (
        batch_approve(batch=batch, digest=file_digest(payouts_to_send(batch)), by=finance("nguoi-duyet"))
        == []
    )
    batch.refresh_from_db()
    return batch


def sent(batch: PayoutBatch) -> PayoutBatch:
    """Return the batch, its file taken to the bank."""
    assert batch_send(batch=approved(batch), by=finance("nguoi-lap"))
    batch.refresh_from_db()
    return batch


def refund_to_transfer(amount: int = 120_000, producer: Partner | None = None) -> Refund:
    """Return a refund of cash that waits for a transfer, its buyer's account named."""
    consignment = earned(producer, amount)
    refund = send_back(consignment, key=f"transfer-{consignment.pk}")
    Refund.objects.filter(pk=refund.pk).update(state=Refund.State.TO_TRANSFER)
    BuyerBankAccount.objects.create(
        order=consignment.order, bank_bin=VIETCOMBANK, number="0123456789", holder="Nguyễn Thị Lan"
    )
    refund.refresh_from_db()
    return refund


def answer(*rows: tuple[Payout, str, str], amount: int | None = None) -> bytes:
    """Return the bank's file: a payout, the state and the reason of each row."""
    lines = ["STT;Nội dung;Số tiền;Trạng thái;Lý do;Mã giao dịch"]
    for number, (payout, state, reason) in enumerate(rows, start=1):
        lines.append(f"{number};{payout.memo};{amount or payout.amount};{state};{reason};FT{number:05d}")
    return "\r\n".join(lines).encode()


def fill_money(producer: Partner) -> dict[str, int]:
    """Let every screen of money show something, and return the rows by the name under which addresses ask for them.

    The producer has been paid once, waits for money, and can be paid; others are in batches, held, or have an account of another name.
    """
    earned(producer, 1_234_567, days_ago=30)
    account_of(producer, days_ago=60)
    settled = sent(batch_of(producer))
    first = settled.payouts.get()
    done = read_and_applied(settled, answer((first, "Thành công", "")))
    earned(producer, 350_000, days_ago=2)
    earned(producer, 800_000)
    drafted = batch_of(refunds=[refund_to_transfer(producer=producer)])
    ready = approved(batch_of(refunds=[refund_to_transfer(producer=producer)]))
    held, unfit = payable(), ProducerFactory()
    with_bank = sent(batch_of(held, refunds=[refund_to_transfer(producer=producer)]))
    of_producer, of_buyer = with_bank.payouts.order_by("pk")
    preview = result_read(
        batch=with_bank,
        name="ket-qua-4-12.csv",
        content=answer(
            (of_producer, "Thất bại", "Tài khoản đã đóng"),
            (of_buyer, "Thành công", ""),
            (first, "Thành công", ""),
        ),
        by=finance("nguoi-lap"),
    )
    payouts_hold(producer=held, reason="Người mua khiếu nại hai kiện", by=finance())
    earned(unfit)
    account_of(unfit, holder="NGUYEN VAN B", holder_fits=False)
    refund_to_transfer(producer=producer)
    return {
        "payout": first.pk,
        "paid_batch": settled.pk,
        "drafted_batch": drafted.pk,
        "approved_batch": ready.pk,
        "batch_with_bank": with_bank.pk,
        "drafted_payout": drafted.payouts.order_by("pk")[0].pk,
        "payout_with_bank": of_producer.pk,
        "result": preview.pk,
        "applied_result": done.pk,
        "held": held.pk,
        "unfit": unfit.pk,
    }


def read_and_applied(batch: PayoutBatch, content: bytes) -> ResultFile:
    """Return the bank's answer, done."""
    result = result_read(batch=batch, name="ket-qua.csv", content=content, by=finance("nguoi-lap"))
    result_apply(result=result, by=finance("nguoi-lap"))
    result.refresh_from_db()
    return result
