"""Where a producer's money goes: given by an owner, held, told to all owners, confirmed where the name is another's."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from catalogue.producers.models import Membership, Partner
from checkout.settlement.banks import banks
from checkout.settlement.payouts.accounts import (
    account_decide,
    account_give,
    accounts_to_look_at,
    current_account,
    holder_fits,
    standing_of,
)
from checkout.settlement.payouts.errors import AccountRefused
from checkout.settlement.payouts.models import AccountDecision, BankAccount
from marketplace.accounts.models import User
from marketplace.audit.models import AuditEvent
from marketplace.notices.models import Notice
from tests.factories.payouts import VIETCOMBANK, account_of, finance, owner_of
from tests.factories.producers import MembershipFactory, ProducerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def producer() -> Partner:
    return ProducerFactory(
        name="HTX Nông nghiệp Sương Mai", representative="Trần Thị Đào", email="htx@example.vn"
    )


def give(producer: Partner, **changed: str) -> BankAccount:
    values = {
        "bank_bin": VIETCOMBANK,
        "number": "0071 000.123-456",
        "holder": "Hợp tác xã Nông nghiệp Sương Mai",
    }
    return account_give(producer=producer, by=owner_of(producer), **{**values, **changed})


def test_the_list_of_banks_is_data_without_doubles() -> None:
    found = banks().values()

    assert len(found) >= 45
    assert len({bank.code for bank in found}) == len({bank.short_name for bank in found}) == len(found)
    assert all(len(bank.bin) == 6 and bank.bin.isdigit() for bank in found)
    assert str(banks()[VIETCOMBANK]) == "Vietcombank – Ngân hàng TMCP Ngoại thương Việt Nam"


def test_a_new_account_is_written_as_banks_do_and_waits_two_days(producer: Partner) -> None:
    account = give(producer)

    assert (account.number, account.holder) == ("0071000123456", "HOP TAC XA NONG NGHIEP SUONG MAI")
    assert account.usable_from - account.given_at == timedelta(hours=48)
    assert current_account(producer) == account
    assert not standing_of(account).is_usable
    assert standing_of(account, at=account.usable_from).is_usable


@pytest.mark.parametrize(
    ("holder", "fits"),
    [
        ("HTX NONG NGHIEP SUONG MAI", True),
        ("Hop tac xa nn Suong Mai", True),
        ("TRAN THI DAO", True),
        ("Trần Thị Đào", True),
        ("TRAN THI DAO LAN", False),
        ("NGUYEN VAN B", False),
    ],
)
def test_the_holder_is_compared_with_producer_and_representative(
    producer: Partner, holder: str, fits: bool
) -> None:
    assert holder_fits(holder, producer) is fits


def test_a_company_in_its_long_form_is_the_same() -> None:
    company = ProducerFactory(name="Công ty TNHH Trà Cầu Đất", representative="")

    assert holder_fits("CONG TY TRACH NHIEM HUU HAN TRA CAU DAT", company)
    assert not holder_fits("", company)


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "12"},
        {"number": "=1+2+3+4+5"},
        {"bank_bin": "000000"},
        {"holder": "…"},
    ],
)
def test_what_can_be_no_account_is_refused(producer: Partner, wrong: dict[str, str]) -> None:
    with pytest.raises(AccountRefused):
        give(producer, **wrong)

    assert not BankAccount.objects.exists()
    assert not Notice.objects.exists()


def test_the_same_account_again_does_not_begin_the_wait_anew(producer: Partner) -> None:
    give(producer)

    with pytest.raises(AccountRefused):
        give(producer)


def test_all_owners_and_the_producers_own_contact_are_told(producer: Partner) -> None:
    owner_of(producer)
    second = User.objects.create_user("chu-hai@example.vn", preferred_language="en")
    MembershipFactory(user=second, producer=producer)
    packer = User.objects.create_user("dong-goi@example.vn")
    MembershipFactory(user=packer, producer=producer, role=Membership.Role.PACKER)

    give(producer)

    told = Notice.objects.filter(template="payout_account_changed", channel="mail")
    assert set(told.values_list("recipient", flat=True)) == {
        f"chu-{producer.pk}@example.vn",
        "chu-hai@example.vn",
        "htx@example.vn",
    }
    assert told.get(recipient="chu-hai@example.vn").language == "en"
    assert "0071000123456" not in str(list(told.values_list("context", flat=True)))
    assert AuditEvent.objects.filter(action="payout_account.given", object_words__endswith="3456").exists()


def test_an_account_of_another_name_waits_for_finance(producer: Partner) -> None:
    account = give(producer, holder="NGUYEN VAN B")
    later = account.usable_from + timedelta(hours=1)

    assert not standing_of(account, at=later).is_usable
    assert list(accounts_to_look_at()) == [account]

    account_decide(
        account=account,
        verdict=AccountDecision.Verdict.CONFIRMED,
        reason="Giấy ủy quyền số 5",
        by=finance(),
    )

    now = current_account(producer)
    assert standing_of(now, at=later).is_usable
    assert not standing_of(now).is_usable, "it waits its two days all the same"
    assert not accounts_to_look_at().exists()
    assert Notice.objects.filter(template="payout_account_decided").exists()


def test_a_refused_account_gets_nothing_even_where_the_name_fits(producer: Partner) -> None:
    account = account_of(producer)
    account_decide(
        account=account,
        verdict=AccountDecision.Verdict.REFUSED,
        reason="Chủ thể gọi: không phải họ đổi",
        by=finance(),
    )

    standing = standing_of(current_account(producer))

    assert not standing.is_usable
    assert "không phải họ đổi" in standing.words


def test_a_decision_says_why(producer: Partner) -> None:
    with pytest.raises(AccountRefused):
        account_decide(
            account=account_of(producer),
            verdict=AccountDecision.Verdict.CONFIRMED,
            reason="  ",
            by=finance(),
        )


def test_the_history_is_only_added_to(producer: Partner) -> None:
    account = account_of(producer)
    AccountDecision.objects.create(account=account, verdict="confirmed", reason="Sổ", by=finance())

    for change in (
        lambda: BankAccount.objects.update(number="999999"),
        lambda: BankAccount.objects.update(usable_from=timezone.now()),
        lambda: AccountDecision.objects.update(verdict="refused"),
        lambda: AccountDecision.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
