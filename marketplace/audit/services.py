"""Writing the audit log: one call in the transaction of what it tells of."""

import ipaddress
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from allauth.core import context
from django.db import connection, transaction
from django.db.models import Model
from django.db.transaction import TransactionManagementError
from django.http import HttpRequest
from django_guid import get_guid

from marketplace.accounts.models import User
from marketplace.audit.actions import ACTIONS
from marketplace.audit.models import AuditEvent


def audit_record(
    *,
    action: str,
    subject: Model | None = None,
    words: str = "",
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
    actor: User | None = None,
) -> AuditEvent:
    """Note that `actor` (without one: whoever makes the request at hand, else the machine) did `action` to `subject`.

    It belongs to the caller's transaction, so that nothing is done without being noted and nothing noted that wasn't done. `subject` is
    named by its number where it has one, else by its key, and by `words` (else by what it says of itself; of people only the name).
    `changes` (`{field: [before, after]}`) and `words` hold no personal data of buyers.

    Raises ValueError on an action that `actions.ACTIONS` doesn't know, TransactionManagementError outside a transaction.
    """
    if action not in ACTIONS:
        raise ValueError(f"no such action: {action} (see marketplace/audit/actions.py)")
    if not connection.in_atomic_block:
        raise TransactionManagementError("an audit event belongs to the transaction of what it tells of")
    request = context.request
    actor = actor or _person_of(request)
    if request is not None:
        request.audit_noted = True
    return AuditEvent.objects.create(
        actor=actor,
        roles=_roles_of(actor),
        action=action,
        object_kind=subject._meta.model_name or "" if subject else "",
        object_key=_key_of(subject),
        object_words=(words or _words_of(subject))[:255],
        changes=dict(changes or {}),
        reason=reason.strip()[:255],
        request_id=(get_guid() or "")[:64],
        network=network_of(request),
    )


@contextmanager
def audited(action: str, subject: Model | None = None, **details: Any) -> Iterator[dict[str, Any]]:
    """Do what stands inside and note it, in one transaction; where it raises, nothing is done and nothing noted.

    What is known only afterwards goes into the yielded dict, whose keys are `audit_record`'s:
    `with audited("pack.created") as event: event["subject"] = pack_create(…)`.
    """
    event = {"action": action, "subject": subject, **details}
    with transaction.atomic():
        yield event
        audit_record(**event)


def look_record(subject: Model, *, words: str, fields: list[str]) -> None:
    """Note that the person at hand was shown numbers of `subject` in full that aren't public; none where `fields` names none."""
    if fields:
        with transaction.atomic():
            audit_record(action="number.seen", subject=subject, words=words, changes={"fields": fields})


def is_noted(request: HttpRequest) -> bool:
    """Return whether something that this request did has been noted."""
    return getattr(request, "audit_noted", False)


def network_of(request: HttpRequest | None) -> str:
    """Return the network that a request came from (/24, or /48 of IPv6), empty where that isn't known."""
    address = request.META.get("REMOTE_ADDR", "") if request else ""
    try:
        version = ipaddress.ip_address(address).version
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{address}/{24 if version == 4 else 48}", strict=False))


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return what differs as `{field: [before, after]}`."""
    return {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}


def _person_of(request: HttpRequest | None) -> User | None:
    user = getattr(request, "user", None)
    return user if isinstance(user, User) else None


def _roles_of(person: User | None) -> str:
    if person is None:
        return ""
    roles = sorted(role.role for role in person.staff_roles.all())
    if person.is_superuser:
        roles.append("superuser")
    return ", ".join(roles)[:120]


def _key_of(subject: Model | None) -> str:
    if subject is None:
        return ""
    return str(getattr(subject, "number", None) or subject.pk or "")[:64]


def _words_of(subject: Model | None) -> str:
    if isinstance(subject, User):
        return subject.full_name
    return str(subject) if subject else ""
