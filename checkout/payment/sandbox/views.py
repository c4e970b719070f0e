"""The sandbox provider's own pages, outside the shop's."""

import json
from typing import Any

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from checkout.payment.sandbox.models import SandboxPayment
from checkout.payment.sandbox.services import Ending, RefundRefused, payment_end, payment_open, refund_send
from checkout.payment.sandbox.signature import HEADER, SignatureInvalid, check

LANGUAGES = ("vi", "en")


class _SandboxView(View):
    """There only where the installation plays a provider."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (settings.SANDBOX_PAYMENT and settings.SANDBOX_WEBHOOK_SECRET):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


@method_decorator(never_cache, name="dispatch")
class SandboxPageView(_SandboxView):
    """The page on which a buyer pays, or plays something else."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        try:
            payment = payment_open(reference=reference, fields=request.GET.dict())
        except SignatureInvalid:
            return HttpResponse("This address is not signed by the shop.", status=400)
        language = request.GET.get("language")
        language = language if language in LANGUAGES else "vi"
        with translation.override(language):
            return render(
                request,
                "sandbox_pay/page.html",
                {
                    "payment": payment,
                    "language": language,
                    "other_language": "en" if language == "vi" else "vi",
                    "is_paid": payment.state == SandboxPayment.State.PAID,
                    "is_late": payment.deadline <= timezone.now(),
                },
            )

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        payment = SandboxPayment.objects.filter(reference=reference).first()
        if payment is None or request.POST.get("ending") not in set(Ending):
            raise Http404
        return HttpResponseRedirect(payment_end(payment=payment, ending=Ending(request.POST["ending"])))


@method_decorator(csrf_exempt, name="dispatch")
class SandboxRefundView(_SandboxView):
    """The provider's interface for refunds: signed JSON in, the refund's name out."""

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            check(request.body, request.headers.get(HEADER, ""), secret=settings.SANDBOX_WEBHOOK_SECRET)
            asked = json.loads(request.body)
            reference = refund_send(
                reference=asked["reference"],
                amount=int(asked["amount"]),
                idempotency_key=asked["idempotency_key"],
            )
        except (SignatureInvalid, KeyError, ValueError):
            return JsonResponse({"error": "not understood"}, status=400)
        except RefundRefused:
            return JsonResponse({"error": "no such sum to send back"}, status=422)
        return JsonResponse({"id": reference})
