"""Numbers of people and of bank accounts can't be read in the database, are found by those who may, and each look is noted."""

from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from catalogue.particulars import seller_particulars
from catalogue.producers.models import Partner
from checkout.settlement.payouts.models import BankAccount, Payout
from marketplace.accounts.models import StaffRole, User
from marketplace.audit.models import AuditEvent
from marketplace.encryption import NotDecrypted, blind_indexes, column_decrypt, column_encrypt, last_digits
from marketplace.settings.encryption_keys import development_key, is_key
from tests.factories.payouts import account_of, batch_of, earned
from tests.factories.producers import ProducerFactory

pytestmark = pytest.mark.django_db

IDENTITY = "068099001234"
OTHER_KEY = Fernet.generate_key().decode()


def raw(table: str, column: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def household(**fields: Any) -> Partner:
    return ProducerFactory(
        kind=Partner.Kind.HOUSEHOLD,
        registration_number="",
        tax_number=IDENTITY,
        representative="Trần Thị Hộ",
        **fields,
    )


def staff(client: Client, role: str) -> User:
    user = User.objects.create_user(f"{role}@example.vn", full_name="Lê Thị Kiểm")
    StaffRole.objects.create(user=user, role=role)
    client.force_login(user)
    return user


def looks() -> list[tuple[str, Any]]:
    return list(AuditEvent.objects.filter(action="number.seen").values_list("object_words", "changes"))


def test_what_is_kept_tells_nothing_and_never_the_same_twice() -> None:
    household()
    household()

    kept = raw("partner_partner", "tax_number")
    assert len(set(kept)) == 2
    assert not any(IDENTITY in text or "1234" in text for text in kept)
    assert {producer.tax_number for producer in Partner.objects.all()} == {IDENTITY}


def test_an_empty_number_stays_empty_and_can_be_asked_for() -> None:
    ProducerFactory(tax_number="")

    assert raw("partner_partner", "tax_number") == [""]
    assert Partner.objects.filter(tax_number="").count() == 1


@pytest.mark.parametrize(
    "question", [{"tax_number": "1"}, {"tax_number__startswith": "0"}, {"tax_number__in": ["1"]}]
)
def test_a_question_that_would_silently_find_nothing_is_refused(question: dict[str, Any]) -> None:
    with pytest.raises(FieldError):
        list(Partner.objects.filter(**question))


def test_a_number_is_found_however_it_is_spaced() -> None:
    producer = ProducerFactory(tax_number="0100109106-001")

    assert Partner.objects.get(tax_number_index__in=blind_indexes("0100 109 106.001")) == producer
    assert blind_indexes(" - ") == []


def test_keys_change_without_losing_anything(settings: Any) -> None:
    producer, given = household(), account_of(ProducerFactory())
    old = settings.FIELD_ENCRYPTION_KEYS[0]

    settings.FIELD_ENCRYPTION_KEYS = [OTHER_KEY, old]
    assert Partner.objects.get(tax_number_index__in=blind_indexes(IDENTITY)) == producer
    call_command("reencrypt")
    settings.FIELD_ENCRYPTION_KEYS = [OTHER_KEY]

    assert Partner.objects.get(tax_number_index__in=blind_indexes(IDENTITY)).tax_number == IDENTITY
    assert BankAccount.objects.get(pk=given.pk).number == given.number


def test_without_its_key_a_value_is_refused_and_not_shown_garbled(settings: Any) -> None:
    household()
    settings.FIELD_ENCRYPTION_KEYS = [OTHER_KEY]

    with pytest.raises(NotDecrypted, match="FIELD_ENCRYPTION_KEYS"):
        list(Partner.objects.all())


def test_accounts_stay_unchangeable_after_keys_have_changed() -> None:
    consignment = earned()
    given = account_of(consignment.producer)
    batch_of(consignment.producer)

    call_command("reencrypt")

    for change in (
        lambda: BankAccount.objects.filter(pk=given.pk).update(number="0999999999"),
        lambda: Payout.objects.update(number="0999999999"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert Payout.objects.get().number == given.number


def test_the_migration_encrypts_what_is_there_and_leads_back() -> None:
    given = account_of(ProducerFactory())
    editor = SimpleNamespace(connection=connection, execute=lambda words: connection.cursor().execute(words))

    column_decrypt(editor, "payouts_bankaccount", "number", max_length=24)
    assert raw("payouts_bankaccount", "number") == [given.number]

    column_encrypt(editor, "payouts_bankaccount", "number")
    assert raw("payouts_bankaccount", "number") != [given.number]
    assert BankAccount.objects.get().number == given.number


def test_a_development_machine_makes_its_key_once(tmp_path: Any) -> None:
    key = development_key(tmp_path)

    assert is_key(key)
    assert development_key(tmp_path) == key
    assert [path.name for path in tmp_path.iterdir()] == ["field-encryption.key"]
    assert (tmp_path / "field-encryption.key").stat().st_mode & 0o077 == 0


def test_buyers_see_a_companys_number_and_the_end_of_a_persons() -> None:
    company = ProducerFactory(kind=Partner.Kind.COMPANY, registration_number="", tax_number="0100109106")
    registered_by_card = ProducerFactory(kind=Partner.Kind.HOUSEHOLD, registration_number=IDENTITY)

    assert "0100109106" in [one.value for one in seller_particulars(company)]
    for producer in (household(), registered_by_card):
        values = [one.value for one in seller_particulars(producer)]
        assert last_digits(IDENTITY) in values
        assert IDENTITY not in values


@pytest.mark.parametrize("role", ["verifier", "finance"])
def test_who_needs_a_persons_number_sees_it_and_the_look_is_noted(client: Client, role: str) -> None:
    seller = household(name="Hộ Trần Thị Hộ")
    staff(client, role)

    page = client.get(reverse("dashboard:producer", kwargs={"pk": seller.pk})).content.decode()
    assert IDENTITY not in page
    assert looks() == []
    shown = client.get(reverse("dashboard:producer-number", kwargs={"pk": seller.pk})).content.decode()

    assert IDENTITY in shown
    assert looks() == [("Hộ Trần Thị Hộ", {"fields": ["tax_number"]})]


@pytest.mark.parametrize("role", ["support", "catalogue"])
def test_who_looks_producers_up_is_not_shown_it(client: Client, role: str) -> None:
    seller = household()
    staff(client, role)

    assert client.get(reverse("dashboard:producer-number", kwargs={"pk": seller.pk})).status_code == 403


def test_comparing_with_papers_is_a_look_but_a_companys_number_is_none(client: Client) -> None:
    staff(client, "verifier")
    for seller in (household(name="Hộ"), ProducerFactory(tax_number="0100109106")):
        client.get(reverse("dashboard:producer-verify", kwargs={"pk": seller.pk}))

    assert looks() == [("Hộ", {"fields": ["tax_number"]})]


def test_an_admin_finds_a_household_by_the_whole_number(client: Client) -> None:
    seller = household(name="Hộ kinh doanh Tìm Thấy")
    ProducerFactory(name="Hợp tác xã Khác")
    staff(client, "admin")

    found = client.get(reverse("dashboard:producers"), {"q": "068 099 001 234"}).content.decode()

    assert seller.name in found
    assert "Hợp tác xã Khác" not in found


def test_an_accounts_whole_number_is_shown_to_decide_only_and_noted(client: Client) -> None:
    seller = ProducerFactory(name="HTX Sương")
    given = account_of(seller, holder_fits=False)
    staff(client, "finance")

    overview = client.get(reverse("dashboard:seller-money", kwargs={"pk": seller.pk})).content.decode()
    assert given.number not in overview
    assert looks() == []
    deciding = client.get(reverse("dashboard:account-confirm", kwargs={"pk": seller.pk})).content.decode()

    assert given.number in deciding
    assert looks() == [("HTX Sương", {"fields": ["account_number"]})]
