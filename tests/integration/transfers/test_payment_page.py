"""What a buyer sees who pays by transfer: the code, what to type, and that the money has come."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import Settings

from checkout.order.models import Order
from checkout.payment.links import payment_page_path, payment_token
from checkout.payment.transfers.accounts import receiving_account_rest
from checkout.payment.transfers.memos import memo_of
from checkout.payment.transfers.models import BankTransfer
from checkout.payment.transfers.page import transfer_asked
from checkout.payment.transfers.services import transfers_match_due
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order
from tests.factories.transfers import account_in_use, money_comes
from tests.unit.transfers.test_vietqr import fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    account_in_use()
    return placed_order(sold_pack(price=189_000), payment_method="transfer")


def page(order: Order, query: str = "", **headers: str) -> str:
    response = Client().get(payment_page_path(order) + query, headers=headers)
    assert response.status_code in (200, 204)
    return response.content.decode()


def amount_in(order: Order) -> str:
    return f"{int(order.total_incl_tax):,}".replace(",", ".")


def test_the_page_shows_code_and_fields_that_can_be_copied(order: Order) -> None:
    body = page(order)

    assert f"Mời bạn chuyển khoản {amount_in(order)}\xa0₫" in body
    assert "Vietcombank" in body
    assert set(re.findall(r'data-copy="([^"]*)"', body)) == {
        "0011004567890",
        str(int(order.total_incl_tax)),
        memo_of(order.number),
    }
    assert "<svg" in body.split('class="qr')[1]
    assert 'hx-trigger="every 10s"' in body


def test_the_code_asks_for_what_the_order_lacks_with_its_number_as_the_memo(order: Order) -> None:
    money_comes(order, amount=9_000)
    account = account_in_use()

    asked = transfer_asked(order)

    assert asked is not None
    read = dict(fields(asked.payload))
    beneficiary = dict(fields(dict(fields(read["38"]))["01"]))
    assert (beneficiary["00"], beneficiary["01"]) == (account.bank_bin, account.number)
    assert int(read["54"]) == int(order.total_incl_tax) - 9_000
    assert dict(fields(read["62"]))["08"] == memo_of(order.number)


def test_the_page_speaks_english(order: Order) -> None:
    with translation.override("en"):
        body = page(order)

    assert "Please transfer" in body


def test_the_code_can_be_saved_as_a_picture(order: Order) -> None:
    response = Client().get(payment_page_path(order) + "vietqr.png")

    assert response.headers["Content-Type"] == "image/png"
    assert memo_of(order.number) in response.headers["Content-Disposition"]


def test_after_too_little_the_page_asks_for_the_rest(order: Order) -> None:
    money_comes(order, amount=89_000)

    body = page(order, "?seen=unfinished-0", **{"HX-Request": "true"})

    missing = int(order.total_incl_tax) - 89_000
    assert f'data-copy="{missing}"' in body
    assert "Đã nhận 89.000\xa0₫" in body
    assert page(order, "?seen=unfinished-89000", **{"HX-Request": "true"}) == ""


def test_when_the_money_has_come_the_page_says_so_and_stops_asking(order: Order) -> None:
    money_comes(order)

    body = page(order, "?seen=unfinished-0", **{"HX-Request": "true"})

    assert "Cảm ơn bạn, chúng tôi đã nhận đ" in body
    assert "hx-get" not in body
    assert Client().get(payment_page_path(order) + "vietqr.png").status_code == 404


def test_without_an_account_the_page_asks_for_patience(order: Order) -> None:
    receiving_account_rest(account_id=account_in_use().pk, by=None)

    assert "Hiện chưa hiển thị được thông tin chuyển khoản" in page(order)


def test_a_sample_account_says_that_it_is_one(order: Order) -> None:
    account_in_use(bank_bin="970415", number="1", is_sample=True)

    assert "xin đừng chuyển tiền thật" in page(order)


def test_the_page_costs_as_many_queries_with_kept_money_as_without(
    order: Order, django_assert_max_num_queries: object
) -> None:
    for amount in (1_000, 2_000, 3_000):
        money_comes(order, amount=amount)

    with django_assert_max_num_queries(8):  # type: ignore[operator]
        page(order)


@pytest.mark.parametrize(
    ("play", "applied", "state"),
    [("exact", 0, "settled"), ("short", -10_000, "kept"), ("over", 10_000, "settled")],
)
def test_where_the_shop_is_for_practice_a_person_plays_the_bank(
    order: Order, play: str, applied: int, state: str
) -> None:
    account_in_use(bank_bin="970415", number="1", is_sample=True)
    assert "Thử nghiệm: đóng vai ngân hàng" in page(order)

    Client().post(reverse("payment:practise", args=[payment_token(order)]), {"play": play})
    transfers_match_due()

    transfer = BankTransfer.objects.get()
    assert (transfer.amount, transfer.state) == (int(order.total_incl_tax) + applied, state)


@pytest.mark.parametrize(("is_sample", "sandbox"), [(False, True), (True, False)])
def test_nobody_plays_the_bank_of_a_real_account_or_a_real_shop(
    order: Order, is_sample: bool, sandbox: bool, settings: Settings
) -> None:
    settings.SANDBOX_PAYMENT = sandbox
    account_in_use(bank_bin="970415", number="1", is_sample=is_sample)

    answer = Client().post(reverse("payment:practise", args=[payment_token(order)]), {"play": "exact"})

    assert answer.status_code == 404
    assert "đóng vai ngân hàng" not in page(order)
    assert not BankTransfer.objects.exists()
