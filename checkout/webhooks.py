"""What every webhook of this shop holds to: nothing is read of a call that is too long, and refused calls are logged and counted by address."""

import logging

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)

_ACTION = "webhook_refused"


def webhook_barred(request: HttpRequest, *, caller: str, most: int) -> HttpResponse | None:
    """Return the refusal of a call of which nothing is read: it doesn't say how long it is (sent in chunks), is longer than `most` bytes, or comes from
    where calls were refused too often.
    """
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal() or int(length) > most:
        logger.warning("webhook of %s refused: length %s", caller, length)
        return HttpResponse(status=413 if length.isdecimal() else 411)
    if not ratelimit.consume(request, action=_ACTION, dry_run=True):
        return HttpResponse(status=429)
    return None


def webhook_refused(request: HttpRequest, *, caller: str, error: Exception) -> HttpResponse:
    """Return the refusal of a call whose signature or form doesn't hold; it counts against its address."""
    logger.warning("webhook of %s refused: %s", caller, error)
    ratelimit.consume(request, action=_ACTION)
    return HttpResponse(status=400)
