"""Web push (RFC 8030, 8291, 8292): a notice on the screen of a device that its person named, encrypted for that device alone.

Offered where `VAPID_PRIVATE_KEY` is set. The payload is a notice's title and its page on this site, nothing of buyers.
"""

import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from email.utils import parseaddr
from functools import cache
from http.client import HTTPMessage
from typing import IO, Any, Final
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from webpush import VAPID, WebPush, WebPushSubscription
from webpush.types import WebPushKeys

from marketplace.notices.adapters import Message
from marketplace.notices.models import Notice, PersonalNotice, PushDevice

TIMEOUT_SECONDS: Final = 10
#: A push that comes later than this is no news: neither we nor the push service keeps it longer.
KEPT_FOR: Final = timedelta(days=1)
#: Devices of one person; the oldest makes room.
MOST_DEVICES: Final = 10
#: Which device a session is on: whoever signs out there, perhaps of somebody else's phone, gets nothing on it any more.
SESSION_KEY: Final = "push_device"
#: What a push service answers where a device no longer wants anything.
_GONE: Final = (404, 410)


def push_is_offered() -> bool:
    """Return whether this installation sends web pushes at all."""
    return bool(settings.VAPID_PRIVATE_KEY)


def public_key() -> str:
    """Return what browsers ask for to let this shop, and no other, push to them."""
    return VAPID.get_application_server_key(_private_key(settings.VAPID_PRIVATE_KEY).public_key())


@transaction.atomic
def device_add(*, person: Any, endpoint: str, p256dh: str, auth: str, words: str) -> PushDevice:
    """Keep a browser to which `person` wants pushes; a browser that changed hands goes with its new person.

    Raises ValidationError where it isn't one of the push services that browsers use (the worker calls that address) or its keys are none.
    """
    parts = urlsplit(endpoint)
    if parts.scheme != "https" or not _is_push_service(parts.netloc):
        raise ValidationError(_("This browser's push service is unknown to us."))
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(p256dh))
        is_secret = len(_decoded(auth)) == 16
    except ValueError as error:
        raise ValidationError(_("This browser's keys can't be read.")) from error
    if not is_secret:
        raise ValidationError(_("This browser's keys can't be read."))
    kept = {"person": person, "p256dh": p256dh, "auth": auth, "words": words, "server_key": public_key()}
    device, _is_new = PushDevice.objects.update_or_create(endpoint=endpoint, defaults=kept)
    newest = PushDevice.objects.filter(person=person).order_by("-pk").values_list("pk", flat=True)
    PushDevice.objects.filter(person=person).exclude(pk__in=list(newest[:MOST_DEVICES])).delete()
    return device


def device_forget(*, person: Any, pk: int | None) -> None:
    """Push nothing more to one device of `person`; none, or one that is gone already, is no error."""
    if pk is not None:
        PushDevice.objects.filter(person=person, pk=pk).delete()


def devices_of(person: Any) -> list[PushDevice]:
    """Return the devices that get pushes: those that trust the key of now, newest first. One query at most."""
    if not push_is_offered():
        return []
    return list(PushDevice.objects.filter(person=person, server_key=public_key()).order_by("-pk"))


def push_render(notice: Notice) -> Message | None:
    """Return what a device is told; None where there is nothing left to say: read, too old, or no longer the person's to read."""
    personal = PersonalNotice.objects.select_related("person").filter(key=notice.context["notice"]).first()
    if personal is None or notice.created_at < timezone.now() - KEPT_FOR:
        return None
    if not PersonalNotice.objects.seen_by(personal.person).unread().filter(pk=personal.pk).exists():
        return None
    with translation.override(notice.language):
        url = reverse("customer:notice", kwargs={"pk": personal.pk})
    payload = {
        "title": settings.OSCAR_SHOP_NAME,
        "body": personal.title,
        "lang": personal.language,
        "url": url,
    }
    return Message(
        f"notice-{personal.pk}", notice.recipient, subject="", text=json.dumps(payload, ensure_ascii=False)
    )


class Push:
    """Sends to one device; `recipient` is the key of its row. One that is gone is forgotten, which is no error."""

    def send(self, message: Message) -> None:
        device = PushDevice.objects.filter(pk=int(message.recipient)).first()
        if device is None:
            return
        try:
            self._call(device, message)
        except HTTPError as error:
            if error.code not in _GONE:
                raise
            device.delete()

    def _call(self, device: PushDevice, message: Message) -> None:
        subscription = WebPushSubscription(
            endpoint=device.endpoint,
            keys=WebPushKeys(auth=device.auth, p256dh=device.p256dh),
        )
        sealed = _sealer(settings.VAPID_PRIVATE_KEY).get(message.text, subscription, _subscriber())
        headers = {**sealed.headers, "content-type": "application/octet-stream", "urgency": "normal"}
        request = Request(device.endpoint, data=sealed.encrypted, method="POST", headers=headers)  # noqa: S310 - `device_add` checked it
        with _opener.open(request, timeout=TIMEOUT_SECONDS):
            pass


class _NoRedirect(HTTPRedirectHandler):
    """A push service answers itself: nothing leads the worker to another address."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


_opener = build_opener(_NoRedirect)


@cache
def _private_key(encoded: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(_decoded(encoded)), ec.SECP256R1())


@cache
def _sealer(encoded: str) -> WebPush:
    key = _private_key(encoded)
    return WebPush(
        private_key=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        public_key=key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        ttl=int(KEPT_FOR.total_seconds()),
    )


def _subscriber() -> str:
    """Return whom a push service may ask about what we send."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def _is_push_service(host: str) -> bool:
    return any(host == known or host.endswith(f".{known}") for known in settings.PUSH_SERVICES)


def _decoded(encoded: str) -> bytes:
    return urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
