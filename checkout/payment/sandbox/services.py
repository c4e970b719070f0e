"""What the sandbox provider does: it takes notice of payments, plays their ends and tells the shop by signed webhooks.

It stands for a real provider on machines that have none, so it knows nothing of the shop but what the shop hands it in a signed address.
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from checkout.payment.sandbox import wire
from checkout.payment.sandbox.models import SandboxDelivery, SandboxPayment, SandboxRefund
from checkout.payment.sandbox.signature import SignatureInvalid, check
from marketplace.duties import claim_due, next_try, nudge_on_commit

#: The parts of a signed address, in the order in which they are signed.
SIGNED_FIELDS: Final = (
    "order",
    "payment",
    "amount",
    "deadline",
    "success_url",
    "cancel_url",
    "webhook_url",
)
#: How long after the shop's deadline "pays late" is told.
LATE_BY: Final = timedelta(minutes=1)


class Ending(StrEnum):
    """How a payment can be made to end."""

    PAY = "pay"
    PAY_TWICE = "pay_twice"
    PAY_LATE = "pay_late"
    FAIL = "fail"
    CANCEL = "cancel"


class RefundRefused(Exception):
    """There is no such sum to send back."""


_STATES: Final = {
    Ending.PAY: SandboxPayment.State.PAID,
    Ending.PAY_TWICE: SandboxPayment.State.PAID,
    Ending.PAY_LATE: SandboxPayment.State.PAID,
    Ending.FAIL: SandboxPayment.State.FAILED,
    Ending.CANCEL: SandboxPayment.State.CANCELLED,
}


def signed_text(reference: str, fields: Mapping[str, str]) -> bytes:
    """Return the bytes that the shop signs when it sends a buyer here."""
    return "\n".join([reference, *(fields.get(name, "") for name in SIGNED_FIELDS)]).encode()


def payment_open(*, reference: str, fields: Mapping[str, str]) -> SandboxPayment:
    """Return the payment of a signed address, noted down at the first visit. Raises SignatureInvalid."""
    known = SandboxPayment.objects.filter(reference=reference).first()
    if known:
        return known
    check(
        signed_text(reference, fields),
        fields.get("signature", ""),
        secret=settings.SANDBOX_WEBHOOK_SECRET,
        tolerance=None,
    )
    deadline = parse_datetime(fields["deadline"])
    if deadline is None:
        raise SignatureInvalid("no deadline")
    payment, _ = SandboxPayment.objects.get_or_create(
        reference=reference,
        defaults={
            "order_number": fields["order"],
            "shop_payment": fields["payment"],
            "amount": int(fields["amount"]),
            "deadline": deadline,
            "success_url": fields["success_url"],
            "cancel_url": fields["cancel_url"],
            "webhook_url": fields["webhook_url"],
        },
    )
    return payment


def payment_end(*, payment: SandboxPayment, ending: Ending) -> str:
    """Play an ending and return where to send the buyer. The shop hears of it from a worker.

    A failed or cancelled attempt may be repeated on the same page; a paid one is paid.
    """
    with transaction.atomic():
        changed = (
            SandboxPayment.objects.filter(pk=payment.pk)
            .exclude(state=SandboxPayment.State.PAID)
            .update(state=_STATES[ending])
        )
        if changed:
            _tell_shop(payment, ending)
            nudge_on_commit(sandbox_deliveries_send_due)
    is_paid = _STATES[ending] == SandboxPayment.State.PAID
    return payment.success_url if is_paid else payment.cancel_url


def refund_send(*, reference: str, amount: int, idempotency_key: str) -> str:
    """Send money back and return the refund's name; the same key sends it once. Raises RefundRefused."""
    with transaction.atomic():
        payment = SandboxPayment.objects.select_for_update().filter(reference=reference).first()
        known = SandboxRefund.objects.filter(idempotency_key=idempotency_key).first()
        if known:
            return known.reference
        taken = (
            payment
            and amount > 0
            and (
                SandboxPayment.objects.filter(
                    pk=payment.pk,
                    state=SandboxPayment.State.PAID,
                    refunded_amount__lte=F("amount") - amount,
                ).update(refunded_amount=F("refunded_amount") + amount)
            )
        )
        if payment is None or not taken:
            raise RefundRefused(reference)
        refund = SandboxRefund.objects.create(
            payment=payment,
            idempotency_key=idempotency_key,
            reference=f"sr_{secrets.token_hex(12)}",
            amount=amount,
        )
    return refund.reference


def sandbox_deliveries_send_due() -> int:
    """Call the shop's webhook for every event that is due and return how many were taken. Safe on any number of workers."""
    return sum(
        _delivery_send(delivery) for delivery in claim_due(SandboxDelivery.objects.select_related("payment"))
    )


def _tell_shop(payment: SandboxPayment, ending: Ending) -> None:
    event_id = f"se_{secrets.token_hex(12)}"
    late = payment.deadline + LATE_BY if ending == Ending.PAY_LATE else timezone.now()
    for _ in range(2 if ending == Ending.PAY_TWICE else 1):
        SandboxDelivery.objects.create(
            payment=payment, event_id=event_id, kind=f"payment.{_STATES[ending]}", next_try_at=late
        )


def _delivery_send(delivery: SandboxDelivery) -> bool:
    try:
        wire.post(
            _webhook_url(delivery.payment), _event_body(delivery), secret=settings.SANDBOX_WEBHOOK_SECRET
        )
    except (wire.NoAnswer, wire.Refused) as error:
        moment = next_try(delivery.attempts)
        delivery.state = SandboxDelivery.State.PENDING if moment else SandboxDelivery.State.FAILED
        delivery.next_try_at = moment or delivery.next_try_at
        delivery.error = f"{type(error).__name__}: {error}"[:255]
        delivery.save(update_fields=["state", "next_try_at", "error"])
        return False
    delivery.state, delivery.error = SandboxDelivery.State.DONE, ""
    delivery.save(update_fields=["state", "error"])
    return True


def _webhook_url(payment: SandboxPayment) -> str:
    """Return where the shop takes webhooks: as it said, or inside the house where web and worker meet elsewhere."""
    if not settings.SANDBOX_BASE_URL:
        return payment.webhook_url
    return f"{settings.SANDBOX_BASE_URL}{urlsplit(payment.webhook_url).path}"


def _event_body(delivery: SandboxDelivery) -> dict[str, Any]:
    payment = delivery.payment
    return {
        "id": delivery.event_id,
        "type": delivery.kind,
        "created": int(delivery.created_at.timestamp()),
        "data": {
            "reference": payment.reference,
            "order": payment.order_number,
            "payment": payment.shop_payment,
            "amount": payment.amount,
            "currency": "VND",
        },
    }
