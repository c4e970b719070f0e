"""What the bank tells us by signed messages."""

import json
import time
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse, UnreadablePostError
from django.test import Client
from pytest_django import Settings

from checkout.order.models import Order, PaymentState
from checkout.payment.sandbox.signature import sign
from checkout.payment.transfers.memos import memo_of
from checkout.payment.transfers.models import BankTransfer
from checkout.payment.transfers.services import transfers_match_due, transfers_record
from checkout.payment.transfers.webhook import HEADER
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order
from tests.factories.transfers import account_in_use, incoming

pytestmark = pytest.mark.django_db

SECRET, NEW_SECRET = "bank-secret-of-thirty-two-letters", "the-secret-that-follows-it-then-x"


@pytest.fixture(autouse=True)
def _bank(settings: Settings) -> None:
    settings.BANK_WEBHOOK_SECRETS = [NEW_SECRET, SECRET]
    account_in_use()


def told(**changed: Any) -> dict[str, Any]:
    return {
        "account": "0011004567890",
        "reference": "FT1",
        "amount": 189_000,
        "currency": "VND",
        "direction": "in",
        "memo": "OC7K3M9QXD",
        "booked_at": "2026-11-30T10:15:00+07:00",
        "payer_name": "NGUYEN THI LAN",
        "payer_account": "0071001234567",
        **changed,
    }


def call(
    *transfers: Any, body: bytes | None = None, secret: str = SECRET, at: int | None = None
) -> HttpResponse:
    body = json.dumps({"transfers": transfers}).encode() if body is None else body
    answer: HttpResponse = Client().post(
        "/webhooks/bank/",
        data=body,
        content_type="application/json",
        headers={HEADER: sign(body, secret=secret, at=at)},
    )
    return answer


def test_money_that_the_bank_tells_of_pays_the_order() -> None:
    order: Order = placed_order(sold_pack(), payment_method="transfer")

    answer = call(told(amount=int(order.total_incl_tax), memo=f"MBVCB.1.{memo_of(order.number)}.CT tu"))
    transfers_match_due()

    order.refresh_from_db()
    transfer = BankTransfer.objects.get()
    assert (answer.status_code, json.loads(answer.content)) == (200, {"transfers": 1, "new": 1})
    assert order.payment_state == PaymentState.PAID
    assert (transfer.payer_name, transfer.payer_account) == ("N. T. LAN", "•••• 4567")


def test_told_again_or_by_a_statement_it_counts_once() -> None:
    call(told())
    call(told())
    transfers_record(
        account=account_in_use(), rows=[incoming(reference="FT1")], source=BankTransfer.Source.STATEMENT
    )

    assert BankTransfer.objects.count() == 1


@pytest.mark.parametrize("secret", [SECRET, NEW_SECRET])
def test_both_secrets_hold_while_one_is_being_changed(secret: str) -> None:
    assert call(told(), secret=secret).status_code == 200


@pytest.mark.parametrize(("secret", "seconds"), [("another", 0), (SECRET, -301), (SECRET, 310)])
def test_an_unsigned_or_old_message_is_refused(secret: str, seconds: int) -> None:
    assert call(told(), secret=secret, at=int(time.time()) + seconds).status_code == 400
    assert not BankTransfer.objects.exists()


def test_without_a_secret_nobody_is_at_home(settings: Settings) -> None:
    settings.BANK_WEBHOOK_SECRETS = []

    assert call(told()).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"account": "999"},
        {"amount": -5},
        {"amount": 0},
        {"amount": 1.5},
        {"amount": "189000"},
        {"amount": True},
        {"amount": 2**31},
        {"currency": "USD"},
        {"direction": "sideways"},
        {"reference": ""},
        {"reference": "x" * 81},
        {"booked_at": "hôm qua"},
        {"booked_at": "2026-11-30T10:15:00"},
        {"booked_at": None},
    ],
)
def test_a_message_with_one_wrong_transfer_is_refused_whole_and_says_which(wrong: dict[str, Any]) -> None:
    answer = call(told(reference="FT0"), told(**wrong))

    assert answer.status_code == 422
    assert json.loads(answer.content)["problems"][0].startswith("transfers[1]")
    assert not BankTransfer.objects.exists()


@pytest.mark.parametrize("body", [b" ", b"{}", b"[]", b'{"transfers": 1}', b'{"transfers": [1]}', b"\xff"])
def test_what_is_no_message_is_refused(body: bytes) -> None:
    assert call(body=body).status_code == 422


def test_money_that_went_out_is_left_out() -> None:
    answer = call(told(direction="out", amount=-50_000), told())

    assert json.loads(answer.content) == {"transfers": 1, "new": 1}


def test_a_message_of_too_many_transfers_is_refused_whole() -> None:
    assert call(*(told(reference=f"F{number}", memo="") for number in range(501))).status_code == 422
    assert not BankTransfer.objects.exists()


@pytest.mark.parametrize(("gateway", "status"), [("transfer", 400), ("cash", 404)])
def test_nobody_tells_of_transfers_or_cash_at_the_providers_address(
    client: Client, gateway: str, status: int
) -> None:
    answer = client.post(f"/webhooks/{gateway}/", b"{}", content_type="application/json")

    assert answer.status_code == status
    assert not BankTransfer.objects.exists()


def test_a_message_of_a_megabyte_is_not_read() -> None:
    assert call(body=b"x" * 2**20).status_code == 413


@pytest.mark.parametrize("length", ["", "abc", "²"])
def test_a_message_of_unknown_length_is_not_read(client: Client, length: str) -> None:
    answer = client.post("/webhooks/bank/", b"{}", content_type="application/json", CONTENT_LENGTH=length)

    assert answer.status_code == 411


def test_calls_that_nobody_signed_are_answered_no_more_after_a_while(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answers = [call(told(), secret="somebody-elses").status_code for _number in range(31)]

    assert answers == [400] * 30 + [429]
    assert call(told()).status_code == 429, "from this address, for a minute"
    assert "webhook of the bank refused: signature does not hold" in caplog.text
    assert not BankTransfer.objects.exists()


def test_calls_that_are_signed_are_never_counted() -> None:
    assert {call(told(reference=f"FT{number}")).status_code for number in range(40)} == {200}


def test_a_message_that_is_not_read_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    call(body=b"x" * 2**20)

    assert "webhook of the bank refused: length 1048576" in caplog.text


def test_a_message_that_breaks_off_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_off(_request: WSGIRequest) -> bytes:
        raise UnreadablePostError("the line is dead")

    monkeypatch.setattr(WSGIRequest, "body", property(broken_off))

    assert call(told()).status_code == 400
    assert not BankTransfer.objects.exists()
