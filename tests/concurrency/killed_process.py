"""Runs one step of a purchase and dies at a named place, as a process does that is killed. Only `test_killed_processes.py` starts it.

`python -m tests.concurrency.killed_process STEP TARGET before|after ARGUMENT`: the function TARGET (`module:name`, or `module:Class.name`)
is replaced by one that ends the process at once, before or after doing its work. Nothing in the shop knows of this.
"""

import os
import sys
from importlib import import_module
from typing import Any

DIED = 86


def die_at(target: str, when: str) -> None:
    """Let the process end when `target` is called, without a word to the database or to Python."""
    module_name, path = target.split(":")
    *owners, name = path.split(".")
    owner: Any = import_module(module_name)
    for step in owners:
        owner = getattr(owner, step)
    original = getattr(owner, name)

    def dies(*args: Any, **kwargs: Any) -> Any:
        if when == "after":
            original(*args, **kwargs)
        os._exit(DIED)

    setattr(owner, name, dies)


def place(argument: str, payment_method: str = "sandbox") -> None:
    from checkout.basket.models import Basket
    from tests.factories.orders import placed_order

    placed_order(basket=Basket.objects.get(pk=int(argument)), payment_method=payment_method)


def place_for_cash(argument: str) -> None:
    place(argument, "cash")


def hear(argument: str) -> None:
    from tests.factories.payments import call_webhook

    call_webhook(argument.encode())


def start_payment(argument: str) -> None:
    from checkout.payment import services
    from tests.factories.payments import URLS

    services.payment_start(order_id=int(argument), urls=URLS)


def process_events(argument: str) -> None:
    from checkout.payment.services import webhook_events_process_due

    webhook_events_process_due()


def send_refunds(argument: str) -> None:
    from checkout.payment.gateways.sandbox import SandboxGateway
    from checkout.payment.refunds import refunds_send_due

    # The provider has sent the money: what it says is lost with the process.
    SandboxGateway.refund = lambda self, *, idempotency_key, **_: f"sr_{idempotency_key}"  # type: ignore[method-assign, misc]
    refunds_send_due()


def decide_refund(argument: str) -> None:
    from checkout.payment import refunds
    from checkout.payment.models import Payment

    refunds.refund_request(payment=Payment.objects.get(pk=int(argument)), reason="", key="the-key")


def change_way(argument: str) -> None:
    from checkout.payment import change

    change.payment_method_change(order_id=int(argument), code="cash")


def close_payments(argument: str) -> None:
    from checkout.payment import closing

    closing.payments_close_due()


def deliver(argument: str) -> None:
    from checkout.order import services

    services.consignment_deliver(consignment_id=int(argument))


def expire(argument: str) -> None:
    from checkout import services

    services.orders_expire_due()


def make_batch(argument: str) -> None:
    from checkout.settlement.payouts.batches import batch_make
    from tests.factories.payouts import finance

    batch_make(producers=[int(argument)], by=finance())


def approve_batch(argument: str) -> None:
    from checkout.settlement.payouts.bank_file import file_digest
    from checkout.settlement.payouts.batches import batch_approve, payouts_to_send
    from checkout.settlement.payouts.models import PayoutBatch
    from tests.factories.payouts import finance

    batch = PayoutBatch.objects.get(pk=int(argument))
    batch_approve(batch=batch, digest=file_digest(payouts_to_send(batch)), by=finance())


def send_batch(argument: str) -> None:
    from checkout.settlement.payouts.batches import batch_send
    from checkout.settlement.payouts.models import PayoutBatch
    from tests.factories.payouts import finance

    batch_send(batch=PayoutBatch.objects.get(pk=int(argument)), by=finance())


def apply_result(argument: str) -> None:
    from checkout.settlement.payouts.models import ResultFile
    from checkout.settlement.payouts.results import result_apply
    from tests.factories.payouts import finance

    result_apply(result=ResultFile.objects.get(pk=int(argument)), by=finance())


def give_account(argument: str) -> None:
    from catalogue.producers.models import Partner
    from checkout.settlement.payouts.accounts import account_give
    from tests.factories.payouts import VIETCOMBANK, owner_of

    producer = Partner.objects.get(pk=int(argument))
    account_give(
        producer=producer,
        bank_bin=VIETCOMBANK,
        number="123456789",
        holder=producer.name,
        by=owner_of(producer),
    )


def match_transfers(argument: str) -> None:
    from checkout.payment.transfers.services import transfers_match_due

    transfers_match_due()


def split_transfer(argument: str) -> None:
    from checkout.payment.transfers.memos import order_numbers_in
    from checkout.payment.transfers.models import BankTransfer
    from checkout.payment.transfers.splitting import transfer_split
    from tests.factories.payouts import finance

    transfer = BankTransfer.objects.get(pk=int(argument))
    numbers = order_numbers_in(transfer.memo)
    transfer_split(transfer_id=transfer.pk, order_numbers=numbers, returns_rest=True, by=finance())


def payout_came_back(argument: str) -> None:
    from checkout.settlement.payouts.models import Payout
    from checkout.settlement.payouts.results import payout_settle_by_hand
    from tests.factories.payouts import finance

    payout_settle_by_hand(
        payout=Payout.objects.get(pk=int(argument)), refused_because="Tài khoản đã đóng", by=finance()
    )


def decide_dispute(argument: str) -> None:
    from checkout.payment.disputes import bearers_of, dispute_decide
    from checkout.payment.models import Dispute
    from tests.factories.payouts import finance

    dispute = Dispute.objects.get(pk=int(argument))
    bearer = bearers_of(dispute)[0]
    dispute_decide(
        dispute=dispute,
        shares={bearer.consignment.pk: bearer.amount},
        reason="Giao thiếu",
        by=finance(),
    )


def give_goodwill(argument: str) -> None:
    from checkout.payment.goodwill import goodwill_give
    from tests.factories.payouts import finance

    goodwill_give(
        consignment_id=int(argument),
        amount=30_000,
        borne_by="producer",
        reason="Giao muộn",
        key="the-key",
        by=finance(),
    )


def take_cash_file(argument: str) -> None:
    from checkout.shipping.carriers.cash import cash_file_take
    from checkout.shipping.carriers.models import Shipment
    from marketplace.clock import today

    shipment = Shipment.objects.get(pk=int(argument))
    row = {
        "shipment": shipment.pk,
        "collected": shipment.cash,
        "amount": shipment.cash - 5_000,
        "fee": 5_000,
        "on": today().isoformat(),
    }
    cash_file_take(carrier=shipment.carrier, name="tien.csv", digest="d", rows=[row], by=None)


def main() -> None:
    import django

    django.setup()
    step, target, when, argument = sys.argv[1:]
    die_at(target, when)
    steps = {
        "place": place,
        "place-for-cash": place_for_cash,
        "start": start_payment,
        "hear": hear,
        "events": process_events,
        "expire": expire,
        "refunds": send_refunds,
        "make-batch": make_batch,
        "approve-batch": approve_batch,
        "send-batch": send_batch,
        "apply-result": apply_result,
        "give-account": give_account,
        "decide-refund": decide_refund,
        "change-way": change_way,
        "close": close_payments,
        "deliver": deliver,
        "match-transfers": match_transfers,
        "split-transfer": split_transfer,
        "payout-came-back": payout_came_back,
        "decide-dispute": decide_dispute,
        "give-goodwill": give_goodwill,
        "take-cash-file": take_cash_file,
    }
    steps[step](argument)


if __name__ == "__main__":
    main()
