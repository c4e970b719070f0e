"""What producers are told of their bank accounts and payouts. The rows belong to the caller's transaction."""

from typing import Any, Final
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from catalogue.producers.contacts import Contact, contacts_with, members_with
from catalogue.producers.models import Membership, Partner
from checkout.settlement.payouts.models import AccountDecision, BankAccount, Payout, PayoutHold
from marketplace.notices.services import notice_queue

_OWNERS: Final = (Membership.Role.OWNER,)


def tell_account_changed(account: BankAccount) -> None:
    """Tell every owner, and the producer by its own contact, so that nobody changes an account behind their backs."""
    producer = account.producer
    contacts = [*members_with(producer, _OWNERS), Contact.of_producer(producer)]
    seen: set[str] = set()
    for contact in contacts:
        _tell(
            contact,
            producer,
            "payout_account_changed",
            key=str(account.pk),
            email=contact.email if contact.email not in seen else "",
            phone=contact.phone if contact.phone not in seen else "",
            account=str(account),
            holder=account.holder,
            usable_from=account.usable_from,
        )
        seen |= {way for way in (contact.email, contact.phone) if way}


def tell_account_decided(decision: AccountDecision) -> None:
    """Tell the owners what finance found of an account."""
    _tell_owners(
        decision.account.producer,
        "payout_account_decided",
        key=str(decision.pk),
        account=str(decision.account),
        is_confirmed=decision.verdict == AccountDecision.Verdict.CONFIRMED,
        reason=decision.reason,
    )


def tell_hold(hold: PayoutHold) -> None:
    """Tell the owners that nothing is paid out for now, and why."""
    _tell_owners(hold.producer, "payout_held", key=str(hold.pk), reason=hold.reason)


def tell_release(hold: PayoutHold) -> None:
    """Tell the owners that payouts go on."""
    _tell_owners(hold.producer, "payout_released", key=str(hold.pk), reason=hold.release_reason)


def tell_paid_out(payout: Payout) -> None:
    """Tell who looks after a producer's money that it was sent."""
    _tell_about_money(payout, "payout_done")


def tell_failed(payout: Payout) -> None:
    """Tell who looks after a producer's money that the bank refused it, and why."""
    _tell_about_money(payout, "payout_failed", reason=payout.reason)


def tell_came_back(payout: Payout) -> None:
    """Tell who looks after a producer's money that the bank sent it back, why, and that another account is needed."""
    _tell_about_money(payout, "payout_returned", reason=payout.reason)


def _tell_about_money(payout: Payout, template: str, **context: Any) -> None:
    if payout.producer is None:  # of a refund the buyer is told with the refund
        return
    account = f"{payout.bank_name} {payout.masked_number}"
    _tell_owners(
        payout.producer, template, key=str(payout.pk), amount=payout.amount, account=account, **context
    )


def _tell_owners(producer: Partner, template: str, *, key: str, **context: Any) -> None:
    for contact in contacts_with(producer, _OWNERS):
        _tell(contact, producer, template, key=key, email=contact.email, phone=contact.phone, **context)


def _tell(
    contact: Contact,
    producer: Partner,
    template: str,
    *,
    key: str,
    email: str | None,
    phone: str | None,
    **context: Any,
) -> None:
    notice_queue(
        key=f"{template}:{key}:{contact.key}",
        template=template,
        language=contact.language,
        context={"producer": producer.name, "work_url": _money_url(producer, contact.language), **context},
        email=email,
        phone=phone,
        person=contact.person,
        producer_id=producer.pk,
    )


def _money_url(producer: Partner, language: str) -> str:
    with translation.override(language):
        return urljoin(settings.SITE_URL, reverse("dashboard:money", kwargs={"producer_pk": producer.pk}))
