"""Where the bank calls, and where a person plays it."""

import logging

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from checkout.order.models import Order
from checkout.payment.errors import InvalidWebhook
from checkout.payment.links import order_number_of
from checkout.payment.transfers.errors import TransfersRefused
from checkout.payment.transfers.practice import Play, practice_transfer
from checkout.payment.transfers.webhook import HEADER, bank_webhook_receive
from checkout.webhooks import webhook_barred, webhook_refused

logger = logging.getLogger(__name__)

#: Bytes. Five hundred transfers are a tenth of it.
LARGEST_MESSAGE = 512 * 1024


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class BankWebhookView(View):
    """Take what the bank tells: 200 once it is recorded (also the second time), 400 unsigned or too old, 422 not understood, with the reason, 411 and 413 by its length."""

    def post(self, request: HttpRequest) -> HttpResponse:
        if not settings.BANK_WEBHOOK_SECRETS:
            raise Http404
        if barred := webhook_barred(request, caller="the bank", most=LARGEST_MESSAGE):
            return barred
        try:
            told, new = bank_webhook_receive(body=request.body, signature=request.headers.get(HEADER, ""))
        except (InvalidWebhook, UnreadablePostError) as error:
            return webhook_refused(request, caller="the bank", error=error)
        except TransfersRefused as unread:
            logger.error("message of the bank not understood: %s", unread)
            return JsonResponse({"problems": unread.problems}, status=422)
        return JsonResponse({"transfers": told, "new": new})


@method_decorator(never_cache, name="dispatch")
class PracticeTransferView(View):
    """Let money for an order arrive, as if its buyer had transferred it: where the shop is for practice alone."""

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        order = get_object_or_404(Order, number=order_number_of(token))
        play = request.POST.get("play", "")
        if play not in set(Play) or not practice_transfer(order=order, play=Play(play)):
            raise Http404
        messages.info(request, _("Practice: the bank has told of your transfer."))
        return redirect("payment:status", token=token)
