"""Where carriers report: signed, stored once, answered; a worker does the rest."""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import View

from checkout.shipping.carriers.errors import InvalidTracking
from checkout.shipping.carriers.models import Carrier
from checkout.shipping.carriers.registry import adapter_for
from checkout.shipping.carriers.tracking import tracking_store
from checkout.signatures import SignatureInvalid, check_one_of
from checkout.webhooks import webhook_barred, webhook_refused

logger = logging.getLogger(__name__)

HEADER = "Carrier-Signature"
#: Bytes; some hundred reports at once.
LARGEST_BODY = 256 * 1024


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class TrackingWebhookView(View):
    """Take reports: 200 once they are stored (also the second time), 400 where the signature or the form doesn't hold, 411 and 413 by their length."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        secrets = [one for one in settings.CARRIER_WEBHOOK_SECRETS.get(code, "").split("|") if one]
        carrier = Carrier.objects.filter(code=code).first() if secrets else None
        if carrier is None:
            return HttpResponse(status=404)
        if barred := webhook_barred(request, caller=code, most=LARGEST_BODY):
            return barred
        try:
            check_one_of(request.body, request.headers.get(HEADER, ""), secrets=secrets)
            new = tracking_store(carrier=carrier, news=adapter_for(carrier).read_tracking(request.body))
        except (SignatureInvalid, UnreadablePostError) as error:
            return webhook_refused(request, caller=code, error=error)
        except InvalidTracking as error:
            # The carrier signed it: what is wrong in it must not shut its other reports out.
            logger.warning("report of carrier %s not understood: %s", code, error)
            return HttpResponse(status=400)
        logger.info("carrier %s reported %d new events", code, new)
        return HttpResponse(status=200)
