"""The audit log is only added to, in the transaction of what it tells of, and keeps nothing personal."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test import RequestFactory

from marketplace.accounts.models import StaffRole, User
from marketplace.audit.models import AuditEvent
from marketplace.audit.services import audit_record, changes_between, network_of

pytestmark = pytest.mark.django_db


def some_event() -> AuditEvent:
    return audit_record(action="index.checked")


@pytest.mark.parametrize(
    "change", ["UPDATE audit_auditevent SET reason = 'x'", "DELETE FROM audit_auditevent"]
)
def test_the_database_refuses_to_change_or_delete_an_event(change: str) -> None:
    event = some_event()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)

    assert AuditEvent.objects.get() == event


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    with pytest.raises(TransactionManagementError):
        some_event()


def test_what_is_taken_back_was_never_noted() -> None:
    with transaction.atomic():
        some_event()
        transaction.set_rollback(True)

    assert not AuditEvent.objects.exists()


def test_an_unknown_action_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no such action: order\.eaten"):
        audit_record(action="order.eaten")


def test_of_a_person_only_the_name_is_kept() -> None:
    actor = User.objects.create_user("quan-tri@example.vn", full_name="Trần Thị Quản")
    for role in ("admin", "verifier"):
        StaffRole.objects.create(user=actor, role=role)
    subject = User.objects.create_user("moi@example.vn", phone="+84912345678")

    event = audit_record(action="role.given", subject=subject, actor=actor)

    assert (event.object_kind, event.object_key, event.object_words) == ("user", str(subject.pk), "")
    assert event.roles == "admin, verifier"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1234:5678::9", "2001:db8:1234::/48"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_of_an_address_only_the_network_is_kept(address: str, network: str) -> None:
    assert network_of(RequestFactory().get("/", REMOTE_ADDR=address)) == network


def test_what_the_machine_does_has_no_actor() -> None:
    event = some_event()

    assert (event.actor, event.roles, event.network) == (None, "", "")


def test_an_account_may_go_and_what_it_did_stays() -> None:
    actor = User.objects.create_user("ra-di@example.vn")
    event = audit_record(action="index.checked", actor=actor)
    gone = actor.pk

    actor.delete()

    event.refresh_from_db()
    assert event.actor_id == gone


def test_changes_name_what_differs() -> None:
    before, after = {"price": 90_000, "name": "Trà"}, {"price": 95_000, "name": "Trà"}

    assert changes_between(before, after) == {"price": [90_000, 95_000]}
