"""What every webhook of this shop holds to."""

from typing import Final

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse

#: Calls that nobody signed, by the address that they come from (`ACCOUNT_RATE_LIMITS`). Signed ones are never counted.
_REFUSED: Final = "webhook_refused"


def call_refused(request: HttpRequest, *, most: int) -> HttpResponse | None:
    """Return the refusal of a call of which nothing is read: it doesn't say how long it is (sent in chunks), is longer than `most` bytes, or
    comes from an address that was refused too often a moment ago.
    """
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal():
        return HttpResponse(status=411)
    if int(length) > most:
        return HttpResponse(status=413)
    return None if ratelimit.consume(request, action=_REFUSED, dry_run=True) else HttpResponse(status=429)


def unsigned(request: HttpRequest) -> HttpResponse:
    """Return the answer to a call whose signature doesn't hold, and count it against its address."""
    ratelimit.consume(request, action=_REFUSED)
    return HttpResponse(status=400)
