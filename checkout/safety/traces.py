"""Where an order came from: kept as keyed digests, for a month, to see many orders from one place."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from checkout.order.models import Order
from checkout.safety.models import OrderTrace
from marketplace.audit.services import network_of
from marketplace.folding import folded

#: A device is known again by this cookie, which is set with the first order and says nothing of the person.
COOKIE: Final = "ocop_device"
KEPT: Final = timedelta(days=30)
_SALT: Final = "checkout.safety"


@dataclass(frozen=True, slots=True)
class Origin:
    """The device and the network that a request came from; empty where they aren't known."""

    device: str = ""
    network: str = ""


def origin_of(request: HttpRequest) -> Origin:
    """Return where a request comes from; a device that comes for the first time gets a name, which `remember_device` keeps."""
    known = request.get_signed_cookie(COOKIE, default="", salt=_SALT)
    return Origin(device=known or secrets.token_urlsafe(16), network=network_of(request))


def remember_device(request: HttpRequest, response: HttpResponse, origin: Origin) -> None:
    """Keep the device's name for as long as traces are kept."""
    response.set_signed_cookie(
        COOKIE,
        origin.device,
        salt=_SALT,
        max_age=KEPT,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def trace_record(*, order: Order, origin: Origin, address: Mapping[str, Any] | None) -> OrderTrace:
    """Keep where an order came from, in the transaction that places it."""
    place = f"{address['commune'].pk} {folded(address['street'])}" if address else ""
    return OrderTrace.objects.create(
        order=order,
        at=timezone.now(),
        device=_digest(origin.device),
        network=_digest(origin.network),
        address=_digest(place),
    )


def traces_forget_old() -> int:
    """Forget what is older than a month; return how many."""
    return OrderTrace.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]


def _digest(value: str) -> str:
    return salted_hmac(_SALT, value).hexdigest()[:32] if value else ""
