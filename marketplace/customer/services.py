"""What a person may do with the data we keep about them (Decree 13/2023/NĐ-CP: take out, delete)."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _
from oscar.core.loading import get_model

from catalogue.producers.joining.models import Application
from catalogue.producers.joining.services import drafts_forget
from catalogue.questions.models import Question
from catalogue.questions.services import questions_forget
from catalogue.reviews.models import ProductReview
from catalogue.reviews.services import reviews_forget
from checkout.aftersale.cases import OPEN_STATES
from checkout.aftersale.models import Case, Side
from checkout.messages.models import Message
from checkout.messages.services import messages_forget
from checkout.order.models import Consignment, FulfilmentState, Order, PaymentState, ShippingAddress
from checkout.payment.models import BuyerBankAccount, Refund
from checkout.settlement.payouts.forgetting import buyers_accounts_forget
from marketplace.accounts.models import User
from marketplace.address.models import UserAddress
from marketplace.notices.models import PersonalNotice
from marketplace.notices.services import notices_forget

OPEN_FULFILMENT = (FulfilmentState.OPEN, FulfilmentState.PARTLY_SHIPPED, FulfilmentState.SHIPPED)


class AccountStillNeeded(Exception):
    """The account cannot be deleted yet; the message says why and what to do."""


def personal_data(user: User) -> dict[str, Any]:
    """Return all that is kept about `user`: particulars, addresses, orders with their lines."""
    return {
        "account": {
            "full_name": user.full_name,
            "email": user.email,
            "phone": user.phone,
            "language": user.preferred_language,
            "joined": user.date_joined.isoformat(),
        },
        "addresses": [
            {"recipient": a.recipient_name, "phone": a.phone, "address": str(a), "note": a.note}
            for a in UserAddress.objects.filter(user=user).select_related("commune__province")
        ],
        "applications_to_sell": [
            _application_data(one) for one in Application.objects.filter(applicant=user)
        ],
        "orders": [_order_data(order) for order in _orders(user)],
        "cases": [_case_data(case) for case in _cases(user)],
        "messages": [
            {"parcel": message.consignment.number, "written": message.at.isoformat(), "text": message.text}
            for message in Message.objects.filter(
                consignment__order__user=user, side=Side.BUYER
            ).select_related("consignment")
        ],
        "notices": [
            {
                "title": notice.title,
                "written": notice.created_at.isoformat(),
                "read": notice.read_at is not None,
            }
            for notice in PersonalNotice.objects.seen_by(user)
        ],
        "reviews": [
            {
                "good": review.product.title,
                "written": review.created_at.isoformat(),
                "stars": review.stars,
                "text": review.text,
                "shown": review.state == ProductReview.State.SHOWN,
            }
            for review in ProductReview.objects.filter(author=user).select_related("product")
        ],
        "questions": [
            {
                "good": question.product.title,
                "asked": question.asked_at.isoformat(),
                "text": question.text,
                "answer": question.answer,
                "shown": question.state == Question.State.SHOWN,
            }
            for question in Question.objects.filter(asker=user).select_related("product")
        ],
    }


def _application_data(application: Application) -> dict[str, Any]:
    return {
        "name": application.name,
        "state": application.state,
        "tax_number": application.tax_number,
        "representative": application.representative,
        "address": ", ".join(
            part
            for part in (application.street, application.commune.full_name if application.commune else "")
            if part
        ),
        "account": f"{application.bank_bin} {application.account_number} {application.account_holder}".strip(),
        "contract": f"{application.contract_version} {application.contract_digest}".strip(),
        "papers": [paper.name for paper in application.papers.all()],
    }


def _cases(user: User) -> Any:
    return (
        Case.objects.filter(consignment__order__user=user).select_related("reason").prefetch_related("events")
    )


def _case_data(case: Case) -> dict[str, Any]:
    return {
        "number": case.number,
        "opened": case.opened_at.isoformat(),
        "reason": case.reason.words,
        "description": case.description,
        "state": case.state,
        "messages": [event.text for event in case.events.all() if event.side == Side.BUYER and event.text],
    }


def _orders(user: User) -> Any:
    return (
        Order.objects.filter(user=user)
        .order_by("-date_placed")
        .select_related("bank_account")
        .prefetch_related("lines", "consignments__shipping_address__commune__province")
    )


def _order_data(order: Order) -> dict[str, Any]:
    account: BuyerBankAccount | None = getattr(order, "bank_account", None)
    return {
        "number": order.number,
        "placed": order.date_placed.isoformat(),
        "total_dong": int(order.total_incl_tax),
        "payment": order.payment_state,
        "fulfilment": order.fulfilment_state,
        "invoice_for": str(getattr(order, "invoice_particulars", "")),
        "money_back_to": f"{account.bank_name} {account.number} {account.holder}" if account else "",
        "delivered_to": sorted(
            {str(c.shipping_address) for c in order.consignments.all() if c.shipping_address}
        ),
        "lines": [
            {
                "name": line.title,
                "pack": line.pack_label,
                "quantity": line.quantity,
                "dong": int(line.line_price_incl_tax),
            }
            for line in order.lines.all()
        ],
    }


def open_orders(user: User) -> int:
    """Return how many orders of `user` are still on their way."""
    return (
        Order.objects.filter(user=user, cancelled_at__isnull=True, fulfilment_state__in=OPEN_FULFILMENT)
        .exclude(payment_state=PaymentState.EXPIRED)
        .count()
    )


@transaction.atomic
def account_delete(*, user: User) -> None:
    """Delete `user`, the address book and the baskets; strip name, phone and address from past orders and messages.

    The orders themselves stay without the person: accounts must be kept by law. Raises AccountStillNeeded while an order is on its way
    or while the person acts for a producer or for the programme, or where the books name the person.
    """
    if open_orders(user):
        raise AccountStillNeeded(
            _("You have orders on their way. Delete the account once they have arrived.")
        )
    if Case.objects.filter(consignment__order__user=user, state__in=OPEN_STATES).exists():
        raise AccountStillNeeded(
            _(
                "A return or complaint of yours is still open. Withdraw it, or delete the account once it is settled."
            )
        )
    if user.is_staff or user.staff_roles.exists() or user.memberships.exists():
        raise AccountStillNeeded(
            _(
                "This account works for a producer or for the programme. Ask an administrator to take it out first."
            )
        )
    orders = Order.objects.filter(user=user)
    if Refund.objects.filter(payment__order__in=orders, state=Refund.State.TO_TRANSFER).exists():
        raise AccountStillNeeded(
            _("Money still goes back to you by bank transfer. Delete the account once it has arrived.")
        )
    drafts_forget(user=user)
    BuyerBankAccount.objects.filter(order__in=orders).delete()
    ShippingAddress.objects.filter(
        pk__in=Consignment.objects.filter(order__in=orders).values("shipping_address")
    ).update(recipient_name="", phone="", street="", note="")
    notices_forget(_contacts(user))
    reviews_forget(author=user)
    questions_forget(asker=user)
    messages_forget(orders)
    orders.update(phone="", buyer_name="", guest_email="")
    get_model("basket", "Basket").objects.filter(owner=user, status="Open").delete()
    buyers_accounts_forget(orders)
    try:
        user.delete()
    except ProtectedError as error:
        raise AccountStillNeeded(
            _(
                "What you recorded or approved for a producer or the programme has to be kept by law, with your name. Ask an administrator."
            )
        ) from error


def _contacts(user: User) -> set[str]:
    """Return every mail address and phone that messages to `user` may have gone to."""
    contacts = {user.email or "", user.phone or ""}
    contacts.update(EmailAddress.objects.filter(user=user).values_list("email", flat=True))
    for phone, email in Order.objects.filter(user=user).values_list("phone", "guest_email"):
        contacts |= {phone, email}
    return contacts
