"""Where providers call, and where buyers come back to. Coming back changes nothing: only webhooks do."""

import logging
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, UnreadablePostError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from checkout.order.consignments import cash_due
from checkout.order.links import order_path
from checkout.order.models import Order, PaymentState
from checkout.payment.bank_accounts import amount_to_transfer
from checkout.payment.change import cash_charges, other_ways, payment_method_change
from checkout.payment.errors import InvalidWebhook, PaymentError
from checkout.payment.gateways import GATEWAYS, gateway_for
from checkout.payment.links import order_number_of, payment_urls
from checkout.payment.methods import TRANSFER, method_for
from checkout.payment.models import Payment
from checkout.payment.services import payment_start, webhook_receive
from checkout.payment.transfers.page import transfer_asked, transfer_standing, vietqr_download
from checkout.webhooks import webhook_barred, webhook_refused

logger = logging.getLogger(__name__)

#: Bytes. A provider's event is a few kilobytes.
LARGEST_WEBHOOK = 256 * 1024


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class WebhookView(View):
    """Take an event: 200 once it is stored (also the second time), 400 where the signature doesn't hold, 411 and 413 by its length."""

    def post(self, request: HttpRequest, gateway: str) -> HttpResponse:
        if gateway not in GATEWAYS or not gateway_for(gateway).is_offered():
            raise Http404
        if barred := webhook_barred(request, caller=gateway, most=LARGEST_WEBHOOK):
            return barred
        try:
            webhook_receive(gateway=gateway, request=request)
        except (InvalidWebhook, UnreadablePostError) as error:
            return webhook_refused(request, caller=gateway, error=error)
        return HttpResponse(status=200)


def _order_of(token: str) -> Order:
    number = order_number_of(token)
    order = Order.objects.filter(number=number).first() if number else None
    if order is None:
        raise Http404
    return order


@method_decorator(never_cache, name="dispatch")
class PaymentStatusView(View):
    """How an order's payment stands. It reads, and asks again by htmx while the provider's word is on its way."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        order = _order_of(token)
        context = {
            "order": order,
            "order_path": order_path(order),
            "token": token,
            **_standing(order),
        }
        if context["standing"] == "unfinished":
            context |= _ways(order)
        if context["standing"] == "unfinished" and order.payment_method == TRANSFER.code:
            context |= transfer_standing(order)
            context["mark"] += context["mark_more"]
        if not request.headers.get("HX-Request"):
            return render(request, "payment/status.html", context)
        if request.GET.get("seen") == context["mark"]:
            # Nothing new: what is on the screen stays, with the focus and without being read out again.
            return HttpResponse(status=204)
        return render(request, "payment/_status.html", context)


@method_decorator(never_cache, name="dispatch")
class PaymentStartView(View):
    """Send the buyer to the provider, for the first time or again."""

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        return _to_provider(request, _order_of(token), token)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return redirect("payment:status", token=token)


@method_decorator(never_cache, name="dispatch")
class PaymentChangeView(View):
    """Have the order paid another way, and go on to pay it."""

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        order = _order_of(token)
        try:
            order = payment_method_change(order_id=order.pk, code=request.POST.get("method", ""))
        except PaymentError as error:
            return _refused(request, order, token, error)
        if order.is_awaiting_payment:
            return _to_provider(request, order, token)
        return redirect("payment:status", token=token)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return redirect("payment:status", token=token)


def _to_provider(request: HttpRequest, order: Order, token: str) -> HttpResponse:
    try:
        payment = payment_start(order_id=order.pk, urls=payment_urls(request, order))
    except PaymentError as error:
        return _refused(request, order, token, error)
    # The provider's page is no page of ours: Django would refuse nothing here, and an address of its own is meant.
    return HttpResponseRedirect(payment.redirect_url)


def _refused(request: HttpRequest, order: Order, token: str, error: PaymentError) -> HttpResponse:
    logger.warning("order %s cannot be paid so now: %s", order.number, error)
    messages.error(request, str(error.message))
    return redirect("payment:status", token=token)


@method_decorator(never_cache, name="dispatch")
class VietQrView(View):
    """The VietQR code as a picture: whoever shops on the phone that has the bank's app saves it and opens it there."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return vietqr_download(transfer_asked(_order_of(token)))


def _ways(order: Order) -> dict[str, Any]:
    """Return the other ways to pay, what cash on delivery would add, and the ways that can't be chosen."""
    offers = other_ways(order)
    open_ways = [offer.method for offer in offers if not offer.why_not]
    has_cash = any(method.is_paid_on_delivery for method in open_ways)
    return {
        "other_ways": open_ways,
        "not_offered": [offer for offer in offers if offer.why_not],
        "cash_charge": sum(cash_charges(order).values()) if has_cash else 0,
    }


def _standing(order: Order) -> dict[str, Any]:
    """Return what the page says: `paid`, `ended`, `unfinished` (the buyer may pay) or `refunded`, and the last attempt."""
    last = order.payments.filter(gateway=method_for(order.payment_method).gateway or "cash").first()
    match order.payment_state:
        case PaymentState.PAID:
            standing = "paid"
        case PaymentState.REFUNDED | PaymentState.PARTLY_REFUNDED:
            standing = "refunded"
        case PaymentState.DUE_ON_DELIVERY if not order.cancelled_at:
            standing = "on_delivery"
        case PaymentState.AWAITING if not order.cancelled_at and (
            order.payment_deadline is None or order.payment_deadline > timezone.now()
        ):
            standing = "unfinished"
        case _:
            standing = "ended"
    has_failed = bool(last and last.state == Payment.State.FAILED)
    return {
        "standing": standing,
        "has_failed": has_failed,
        #: Tells one state of the page from another.
        "mark": f"{standing}{'-failed' if has_failed else ''}",
        "cash_due": sum(cash_due(one) for one in order.consignments.all())
        if standing == "on_delivery"
        else 0,
        "by_bank": standing in ("refunded", "ended") and bool(amount_to_transfer(order)),
        "late_money": order.paid_amount if standing == "ended" else 0,
    }
