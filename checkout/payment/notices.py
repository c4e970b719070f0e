"""What buyers, and those who keep the money, are told of money that goes back. Each notice belongs to the transaction of the change it tells of."""

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from catalogue.producers.contacts import contacts_with
from catalogue.producers.selectors import MAY_SETTLE
from checkout.order.links import order_url
from checkout.order.models import Consignment, Order
from checkout.payment.links import account_url
from checkout.payment.models import BuyerBankAccount, Dispute, DisputeShare, Refund
from marketplace.accounts.models import StaffRole, User
from marketplace.accounts.roles import staff_of
from marketplace.notices.services import notice_queue


def tell_refund_sent(refund: Refund, *, account: str = "") -> None:
    """Tell the buyer that the money is on its way: to the `account` (masked), else the way it was paid. Once each time that it is sent."""
    _tell(
        refund.payment.order,
        "refund_sent",
        key=f"refund-sent:{refund.pk}:{refund.reference[:80]}",
        amount=refund.amount,
        account=account,
    )


def tell_account_needed(order: Order, *, amount: int, key: str) -> None:
    """Ask the buyer to which bank account `amount` (đồng) goes back."""
    _tell(order, "refund_account_needed", key=key, amount=amount, account_url=account_url(order))


def tell_account_named(order: Order, account: BuyerBankAccount) -> None:
    """Tell the buyer which account was named, so that nobody else can do it unnoticed."""
    _tell(
        order,
        "refund_account_named",
        key=f"refund-account-named:{order.number}:{account.given_at.timestamp()}",
        account=str(account),
        account_url=account_url(order),
    )


def tell_dispute(dispute: Dispute) -> None:
    """Tell those who keep the money how a dispute stands."""
    order = dispute.payment.order
    for person in _finance():
        language = person.preferred_language
        with translation.override(language):
            path = reverse("dashboard:order", kwargs={"number": order.number})
            context = {
                "order_number": order.number,
                "state": str(dispute.get_state_display()),
                "reason": dispute.reason,
                "amount": dispute.amount,
                "answer_by": dispute.answer_by,
                "work_url": urljoin(settings.SITE_URL, path),
            }
        notice_queue(
            key=f"dispute:{dispute.pk}:{dispute.state}:{person.pk}",
            template="staff_dispute",
            language=language,
            context=context,
            email=person.email,
            person=person,
        )


def tell_dispute_borne(dispute: Dispute, share: DisputeShare) -> None:
    """Tell a producer that it bears a share of what the buyer's bank took back, and why."""
    _tell_borne(
        share.consignment,
        "producer_dispute_borne",
        key=f"dispute-borne:{dispute.pk}:{share.consignment_id}",
        amount=share.amount,
        reason=dispute.decision,
    )


def tell_goodwill_borne(refund: Refund) -> None:
    """Tell a producer that it bears a sum which the buyer of its parcel is given back, and why."""
    if refund.consignment is not None:
        _tell_borne(
            refund.consignment,
            "producer_goodwill_borne",
            key=f"goodwill-borne:{refund.pk}",
            amount=refund.amount,
            reason=refund.reason,
        )


def _tell_borne(consignment: Consignment, template: str, *, key: str, amount: int, reason: str) -> None:
    producer = consignment.producer
    for contact in contacts_with(producer, MAY_SETTLE):
        with translation.override(contact.language):
            path = reverse("dashboard:consignment", kwargs={"producer_pk": producer.pk, "pk": consignment.pk})
        notice_queue(
            key=f"{key}:{contact.key}",
            template=template,
            language=contact.language,
            context={
                "producer": producer.name,
                "consignment_number": consignment.number,
                "amount": amount,
                "reason": reason,
                "work_url": urljoin(settings.SITE_URL, path),
            },
            email=contact.email,
            phone=contact.phone,
            person=contact.person,
            producer_id=producer.pk,
        )


def _finance() -> list[User]:
    """Return who keeps the money; where nobody does yet, the administrators of all provinces."""
    return list(staff_of(None, StaffRole.Role.FINANCE)) or list(staff_of(None, StaffRole.Role.ADMIN))


def _tell(order: Order, template: str, *, key: str, **context: Any) -> None:
    notice_queue(
        key=key,
        template=template,
        language=order.language,
        context={"order_number": order.number, "order_url": order_url(order), **context},
        email=order.email,
        phone=order.phone,
        person=order.user,
    )
