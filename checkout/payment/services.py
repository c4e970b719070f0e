"""Starting payments and hearing of them. Sending money back is in `refunds`.

Locks are taken late, once and in this order: order, payment, consignment, stock. A network call never happens inside a
transaction.
"""

import logging
from dataclasses import asdict

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from checkout.order.models import Order, PaymentState
from checkout.payment.bills import bill_of
from checkout.payment.closing import payment_close_again
from checkout.payment.errors import GatewayRefused, PaymentNotPossible
from checkout.payment.events import NOT_OF_THIS_SHOP, event_apply, event_look_up
from checkout.payment.gateways import gateway_for
from checkout.payment.gateways.base import Gateway, PaymentUrls
from checkout.payment.methods import method_for
from checkout.payment.models import Payment, WebhookEvent
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record
from marketplace.duties import claim_due, next_try, nudge_on_commit
from marketplace.money import format_dong, round_dong

logger = logging.getLogger(__name__)


def payment_start(*, order_id: int, urls: PaymentUrls) -> Payment:
    """Start to pay an awaiting order at the provider of its method; send the buyer to `redirect_url` of what is returned.

    A payment that is under way at the provider is returned again, so that a double tap or a way back makes one payment.

    Raises PaymentNotPossible where the order is not waiting for money, BillDisagrees, and GatewayUnavailable or GatewayRefused
    from the provider. Call it outside a transaction, after the order was committed.
    """
    payment = _payment_open(order_id)
    if payment.redirect_url:
        return payment
    order = payment.order
    try:
        started = gateway_for(payment.gateway).start(
            payment=payment, lines=bill_of(order), urls=urls, language=order.language
        )
    except GatewayRefused:
        Payment.objects.filter(pk=payment.pk, state=Payment.State.STARTED).update(state=Payment.State.FAILED)
        raise
    # A webhook may have been faster: what it wrote stays.
    payment.reference, payment.redirect_url = started.reference, started.redirect_url
    payment.expires_at = started.expires_at
    payment.save(update_fields=["reference", "redirect_url", "expires_at"])
    payment_close_again(payment)
    return payment


def webhook_receive(*, gateway: str, request: HttpRequest) -> bool:
    """Verify and store what a provider tells us; a worker deals with it. Returns whether it is new.

    Raises InvalidWebhook where the signature doesn't hold, and then nothing was stored.
    """
    event = gateway_for(gateway).read_event(request)
    with transaction.atomic():
        _, is_new = WebhookEvent.objects.get_or_create(
            gateway=gateway,
            event_id=event.event_id,
            defaults={"kind": event.kind, "payload": asdict(event), "about": event.capture_reference},
        )
        if is_new:
            nudge_on_commit(webhook_events_process_due)
    return is_new


def is_replayable(event: WebhookEvent) -> bool:
    """Return whether an event may be tried again: it failed, waits for its next try, or found no payment of ours."""
    return event.state != WebhookEvent.State.PROCESSED or event.outcome == NOT_OF_THIS_SHOP


def webhook_event_replay(*, event: WebhookEvent, by: User | None = None) -> bool:
    """Have an event tried again now; return False for one that has been dealt with."""
    with transaction.atomic():
        again = WebhookEvent.objects.filter(
            ~Q(state=WebhookEvent.State.PROCESSED) | Q(outcome=NOT_OF_THIS_SHOP), pk=event.pk
        ).update(state=WebhookEvent.State.PENDING, attempts=0, next_try_at=timezone.now())
        if again:
            audit_record(action="payment_event.replayed", subject=event, words=event.kind, actor=by)
            nudge_on_commit(webhook_events_process_due)
    return bool(again)


def webhook_events_process_due() -> int:
    """Deal with every stored event that is due, once each and in any order; return how many were dealt with."""
    return sum(_webhook_event_process(event) for event in claim_due(WebhookEvent.objects.all()))


def _payment_open(order_id: int) -> Payment:
    """Return the order's payment that is under way, else a new one."""
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).get(pk=order_id)
        method = method_for(order.payment_method)
        now = timezone.now()
        if method.gateway is None:
            raise PaymentNotPossible(_("This order is paid on delivery."))
        if order.payment_state == PaymentState.PAID:
            raise PaymentNotPossible(_("This order is already paid."))
        if (
            order.payment_state != PaymentState.AWAITING
            or order.cancelled_at
            or (order.payment_deadline and order.payment_deadline <= now)
        ):
            raise PaymentNotPossible(_("This order has ended and can no longer be paid."))
        started = order.payments.filter(gateway=method.gateway, state=Payment.State.STARTED)
        started.filter(expires_at__lte=now).update(state=Payment.State.EXPIRED)
        payment: Payment = started.first() or _payment_new(order, gateway_for(method.gateway))
        payment.order = order
        return payment


def _payment_new(order: Order, gateway: Gateway) -> Payment:
    """Return a new attempt; the first one at a provider that takes its time gives the order that time."""
    amount, now = round_dong(order.total_incl_tax), timezone.now()
    if gateway.most is not None and amount > gateway.most:
        raise PaymentNotPossible(
            _("This way takes %(most)s at most. Please choose another way to pay.")
            % {"most": format_dong(gateway.most)}
        )
    is_first = not order.payments.filter(gateway=gateway.code).exists()
    earliest = now + gateway.shortest if gateway.shortest and is_first else now
    if order.payment_deadline and order.payment_deadline < earliest:
        order.payment_deadline = earliest
        order.save(update_fields=["payment_deadline"])
    return Payment.objects.create(order=order, gateway=gateway.code, amount=amount)


def _webhook_event_process(event: WebhookEvent) -> bool:
    try:
        refunds = event_look_up(event)
        with transaction.atomic():
            pending = WebhookEvent.objects.select_for_update().filter(
                pk=event.pk, state=WebhookEvent.State.PENDING
            )
            if not pending:
                return False
            outcome = event_apply(event, refunds=refunds)
            # What is said of money may come before the word that it came: it is asked once more in a minute.
            waits = outcome == NOT_OF_THIS_SHOP and bool(event.about) and event.attempts == 1
            pending.update(
                state=WebhookEvent.State.PENDING if waits else WebhookEvent.State.PROCESSED,
                next_try_at=next_try(event.attempts) if waits else event.next_try_at,
                outcome=outcome[:255],
                order_id=event.order_id,
            )
    except Exception as error:  # whatever it is, the event must not be lost
        moment = next_try(event.attempts)
        WebhookEvent.objects.filter(pk=event.pk, state=WebhookEvent.State.PENDING).update(
            state=WebhookEvent.State.PENDING if moment else WebhookEvent.State.FAILED,
            next_try_at=moment or timezone.now(),
            outcome=f"{type(error).__name__}: {error}"[:255],
            order_id=event.order_id,
        )
        logger.exception("webhook event %s (%s) failed at attempt %s", event.pk, event.kind, event.attempts)
        return False
    return True
