"""Where a notice stands among a person's notices: in which group, for whom, where it leads, and whether it can be put off.

A notice that isn't in `PLACES` is sent and stands nowhere: a code, a message that leads into the account, a digest of other notices.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    """As what a person is told; work comes first."""

    PRODUCER = "producer", _("Your work for a producer")
    PROGRAMME = "programme", _("Your work for the programme")
    BUYER = "buyer", _("What you buy")


class Group(models.TextChoices):
    """What a notice is about: people choose group by group."""

    ORDERS = "orders", _("Orders")
    MONEY = "money", _("Money")
    CERTIFICATES = "certificates", _("Certificates")
    RETURNS = "returns", _("Returns and complaints")
    TALK = "talk", _("Questions and messages")
    REVIEWS = "reviews", _("Reviews")
    NEWS = "news", _("News of the programme")


class Audience(models.TextChoices):
    """Who may read a notice: the person alone, or while it has a role (`settings.NOTICES_SEEN_BY` says which)."""

    PERSON = "person"
    FULFILS = "fulfils"
    EDITS_GOODS = "edits_goods"
    SETTLES = "settles"
    OWNS = "owns"
    DESK = "desk"
    KEEPS_MONEY = "keeps_money"

    @property
    def side(self) -> Side:
        """As what the person is told."""
        if self is Audience.PERSON:
            return Side.BUYER
        return Side.PROGRAMME if self in (Audience.DESK, Audience.KEEPS_MONEY) else Side.PRODUCER


class Always(models.TextChoices):
    """Why a notice comes at once, whatever was chosen."""

    SAFETY = "safety", _("So that nobody acts in your name unnoticed.")
    LAW = "law", _("The law asks that you are told.")
    TERM = "term", _("A term that the law sets begins with it.")


@dataclass(frozen=True, slots=True)
class Place:
    """One kind of notice among a person's notices. `leads_to` names the address in the notice's context."""

    group: Group
    audience: Audience
    leads_to: str
    always: Always | None = None


def _buyer(group: Group, leads_to: str = "order_url", always: Always | None = None) -> Place:
    return Place(group, Audience.PERSON, leads_to, always)


def _work(group: Group, audience: Audience, always: Always | None = None) -> Place:
    return Place(group, audience, "work_url", always)


PLACES: Final[dict[str, Place]] = {
    "account_message": _buyer(Group.NEWS, "account_url", Always.SAFETY),
    "password_changed": _buyer(Group.NEWS, "account_url", Always.SAFETY),
    "staff_role_given": _buyer(Group.NEWS, "work_url", Always.SAFETY),
    "staff_role_taken": _buyer(Group.NEWS, "work_url", Always.SAFETY),
    "order_awaiting_payment": _buyer(Group.ORDERS, "payment_url"),
    "order_confirmed": _buyer(Group.ORDERS, always=Always.LAW),
    "order_held": _buyer(Group.ORDERS),
    "order_expired": _buyer(Group.ORDERS),
    "order_cancelled": _buyer(Group.ORDERS, always=Always.LAW),
    "consignment_shipped": _buyer(Group.ORDERS),
    "consignment_ready_for_pickup": _buyer(Group.ORDERS),
    "consignment_delivered": _buyer(Group.ORDERS),
    "consignment_cancelled": _buyer(Group.ORDERS, always=Always.LAW),
    "consignment_returned": _buyer(Group.ORDERS),
    "transfer_short": _buyer(Group.MONEY, "payment_url"),
    "payment_returned": _buyer(Group.MONEY),
    "refund_sent": _buyer(Group.MONEY),
    # Where the bank account is named is sent to the buyer and stands on no page: the order's page sends it again.
    "refund_account_needed": _buyer(Group.MONEY),
    "refund_account_named": _buyer(Group.MONEY, always=Always.SAFETY),
    "case_opened": _buyer(Group.RETURNS, "case_url", Always.LAW),
    "case_message": _buyer(Group.RETURNS, "case_url"),
    "case_decided": _buyer(Group.RETURNS, "case_url", Always.LAW),
    "case_escalated": _buyer(Group.RETURNS, "case_url"),
    "case_lapsed": _buyer(Group.RETURNS, "case_url"),
    "application_news": _buyer(Group.NEWS, "work_url", Always.SAFETY),
    "order_message": _buyer(Group.TALK, "talk_url"),
    "order_message_hidden": _buyer(Group.TALK, "talk_url"),
    "question_answered": _buyer(Group.TALK, "good_url"),
    "question_hidden": _buyer(Group.TALK, "rules_url"),
    "review_invitation": _buyer(Group.REVIEWS, "review_url"),
    "review_answered": _buyer(Group.REVIEWS, "good_url"),
    "review_hidden": _buyer(Group.REVIEWS, "rules_url"),
    "producer_consignment_new": _work(Group.ORDERS, Audience.FULFILS),
    "producer_consignment_cancelled": _work(Group.ORDERS, Audience.FULFILS),
    "producer_consignment_returned": _work(Group.ORDERS, Audience.FULFILS),
    "producer_offer_stopped": _work(Group.ORDERS, Audience.EDITS_GOODS),
    "producer_case_new": _work(Group.RETURNS, Audience.FULFILS, Always.TERM),
    "producer_case_news": _work(Group.RETURNS, Audience.FULFILS),
    "producer_question_new": _work(Group.TALK, Audience.FULFILS),
    "producer_answer_hidden": _work(Group.TALK, Audience.FULFILS),
    "producer_message_new": _work(Group.TALK, Audience.FULFILS),
    "producer_message_hidden": _work(Group.TALK, Audience.FULFILS),
    "producer_review_new": _work(Group.REVIEWS, Audience.FULFILS),
    "producer_claimed": _work(Group.NEWS, Audience.OWNS, Always.SAFETY),
    "seller_decided": _work(Group.NEWS, Audience.OWNS, Always.SAFETY),
    "producer_certificate_ends": _work(Group.CERTIFICATES, Audience.EDITS_GOODS),
    "producer_dispute_borne": _work(Group.MONEY, Audience.SETTLES),
    "producer_goodwill_borne": _work(Group.MONEY, Audience.SETTLES),
    "producer_owes_too_much": _work(Group.MONEY, Audience.SETTLES),
    "payout_account_changed": _work(Group.MONEY, Audience.OWNS, Always.SAFETY),
    "payout_account_decided": _work(Group.MONEY, Audience.OWNS, Always.SAFETY),
    "payout_held": _work(Group.MONEY, Audience.OWNS, Always.SAFETY),
    "payout_released": _work(Group.MONEY, Audience.OWNS, Always.SAFETY),
    "payout_done": _work(Group.MONEY, Audience.OWNS),
    "payout_returned": _work(Group.MONEY, Audience.OWNS),
    "payout_failed": _work(Group.MONEY, Audience.OWNS),
    "staff_order_held": _work(Group.ORDERS, Audience.DESK),
    "staff_case_news": _work(Group.RETURNS, Audience.DESK),
    "staff_dispute": _work(Group.MONEY, Audience.KEEPS_MONEY),
    "ledger_differences": _work(Group.MONEY, Audience.KEEPS_MONEY),
}

_ACCOUNT: Final = _("Your password, mail address or phone number was changed")
_ROLE: Final = _("A role in the programme was given to you or taken from you")
_ORDER: Final = _("Your order is confirmed, or will not come")
_CASE: Final = _("Your return or complaint has arrived, or is decided")
_PAYOUTS: Final = _("The bank account for the producer's money was changed, or payouts are stopped or go on")
#: What always comes at once, as the page says it on which people choose; several kinds share their words.
ALWAYS_IN_WORDS: Final[dict[str, Any]] = {
    "account_message": _ACCOUNT,
    "password_changed": _ACCOUNT,
    "application_news": _("Your application to sell here"),
    "staff_role_given": _ROLE,
    "staff_role_taken": _ROLE,
    "order_confirmed": _ORDER,
    "order_cancelled": _ORDER,
    "consignment_cancelled": _ORDER,
    "refund_account_named": _("The bank account for money that goes back to you was named"),
    "case_opened": _CASE,
    "case_decided": _CASE,
    "producer_claimed": _("Somebody else says that the producer is theirs"),
    "seller_decided": _("Whether the producer may sell was decided"),
    "producer_case_new": _("A buyer sends goods back or complains"),
    "payout_account_changed": _PAYOUTS,
    "payout_account_decided": _PAYOUTS,
    "payout_held": _PAYOUTS,
    "payout_released": _PAYOUTS,
}
