"""What the log of payments says, in words for those who read it."""

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.money import format_dong

#: What came of an event, as `checkout.payment.events` notes it.
_OUTCOMES: Final[dict[str, str | Promise]] = {
    "of no consequence": _("Changes nothing here"),
    "of another account": _("Of another account at the provider"),
    "not a payment of this shop": _("About no payment of this shop"),
    "paid": _("The payment is paid"),
    "already paid": _("Already known: paid"),
    "failed": _("The payment failed"),
    "cancelled": _("The payment was cancelled"),
    "expired": _("The payment ran out of time"),
    "already failed": _("Already known: failed"),
    "already cancelled": _("Already known: cancelled"),
    "already expired": _("Already known: ran out of time"),
    "refund failed": _("A refund came back"),
    "already known": _("Already known"),
    "refunded at the provider": _("A refund made at the provider was noted"),
    "not a refund of this shop": _("About no refund of this shop"),
    "dispute inquiry": _("The buyer's bank asks"),
    "dispute open": _("The buyer's bank took the money back"),
    "dispute under_review": _("The buyer's bank decides"),
    "dispute won": _("Dispute won"),
    "dispute lost": _("Dispute lost"),
    "dispute closed": _("Dispute closed"),
    "already open": _("Already known: the buyer's bank took the money back"),
    "already under_review": _("Already known: the buyer's bank decides"),
    "already won": _("Already known: dispute won"),
    "already lost": _("Already known: dispute lost"),
    "already closed": _("Already known: dispute closed"),
}
#: The facts that are kept of an event, in this order.
_FACTS: Final[dict[str, str | Promise]] = {
    "order_number": _("Order"),
    "amount": _("Amount"),
    "reference": _("Payment at the provider"),
    "capture_reference": _("Money at the provider"),
    "refund_reference": _("Refund at the provider"),
    "refund_key": _("Our key of the refund"),
    "dispute_reference": _("Dispute at the provider"),
    "dispute_state": _("State of the dispute"),
    "dispute_reason": _("Reason of the bank"),
    "answer_by": _("Answer by"),
}


def outcome_words(outcome: str) -> str | Promise:
    """Return what came of an event in words; what went wrong stays as the log has it."""
    return _OUTCOMES.get(outcome, outcome)


def event_facts(payload: dict[str, Any]) -> list[tuple[str | Promise, str]]:
    """Return what is kept of an event, labelled, without what it didn't say."""
    said = [(label, key, payload[key]) for key, label in _FACTS.items() if payload.get(key)]
    return [(label, format_dong(value) if key == "amount" else str(value)) for label, key, value in said]
