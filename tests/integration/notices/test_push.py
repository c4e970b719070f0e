"""Web push: sealed for one device, signed, without anything of buyers, sent once, forgotten where the device is gone."""

import json
import struct
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import jwt
import pytest
from bs4 import BeautifulSoup
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from marketplace.accounts.models import User
from marketplace.customer.devices import device_words
from marketplace.notices.choices import choices_keep
from marketplace.notices.models import Notice, PersonalNotice, PushDevice, Way
from marketplace.notices.personal import personal_notices_read
from marketplace.notices.places import Group, Side
from marketplace.notices.push import MOST_DEVICES, public_key
from marketplace.notices.services import notices_send_due, pushes_send_due
from tests.factories.notices import member, tell_member

pytestmark = pytest.mark.django_db
KEY = urlsafe_b64encode(bytes(range(1, 33))).decode().rstrip("=")
FIREFOX = "https://updates.push.services.mozilla.com/wpush/v2/abc"
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
)


@pytest.fixture(autouse=True)
def _key(settings: Settings) -> None:
    settings.VAPID_PRIVATE_KEY = KEY


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Browser:
    """A browser's half of the keys; it opens what was sealed for it (RFC 8291)."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.public = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.secret = bytes(range(16))

    @property
    def keys(self) -> dict[str, str]:
        return {"p256dh": encoded(self.public), "auth": encoded(self.secret)}

    def open(self, sealed: bytes) -> dict[str, str]:
        salt, (_size, length) = sealed[:16], struct.unpack("!LB", sealed[16:21])
        sender, words = sealed[21 : 21 + length], sealed[21 + length :]
        shared = self.private.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        )
        key = self._derived(shared, self.secret, b"WebPush: info\0" + self.public + sender, 32)
        opened = AESGCM(self._derived(key, salt, b"Content-Encoding: aes128gcm\0", 16)).decrypt(
            self._derived(key, salt, b"Content-Encoding: nonce\0", 12), words, None
        )
        payload: dict[str, str] = json.loads(opened.rstrip(b"\0").removesuffix(b"\2"))
        return payload

    @staticmethod
    def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
        return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


class PushService(HTTPServer):
    """What a browser's maker runs, on this machine: keeps what it is sent and answers `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 201
        self.calls: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/push/abc"


class _Handler(BaseHTTPRequestHandler):
    server: PushService

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(self.server.status)
        self.send_header("Location", f"{self.server.address}/elsewhere")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[PushService]:
    server = PushService()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def device(person: User, endpoint: str, browser: Browser | None = None) -> PushDevice:
    keys = (browser or Browser()).keys
    return PushDevice.objects.create(
        person=person, endpoint=endpoint, words="Chrome, Android", server_key=public_key(), **keys
    )


def add(client: Client, **changed: str) -> Any:
    typed = {"endpoint": FIREFOX, **Browser().keys, **changed}
    return client.post(reverse("customer:device-add"), typed, headers={"user-agent": ANDROID})


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user: User) -> BeautifulSoup:
    return BeautifulSoup(signed_in(user).get(reverse("customer:notice-choices")).content, "html.parser")


def test_a_notice_is_sealed_for_the_device_and_signed(service: PushService) -> None:
    membership, browser = member(), Browser()
    device(membership.user, service.address, browser)
    notice = tell_member(membership)

    pushes_send_due()

    [(path, headers, body)] = service.calls
    assert path == "/push/abc"
    assert browser.open(body) == {
        "title": "Chợ OCOP",
        "body": notice.title,
        "lang": "vi",
        "url": f"/vi/tai-khoan/thong-bao/{notice.pk}/",
    }
    assert (headers["content-encoding"], headers["ttl"]) == ("aes128gcm", "86400")
    token, key = (part.split("=", 1)[1] for part in headers["authorization"].split(", "))
    assert key == public_key()
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(key))
    said = jwt.decode(token, public, algorithms=["ES256"], audience="http://127.0.0.1")
    assert said["sub"].startswith("mailto:")


def test_it_is_sent_once_to_each_device(service: PushService) -> None:
    membership = member()
    for number in range(2):
        device(membership.user, f"{service.address}/{number}")
    tell_member(membership)

    for _ in range(2):
        pushes_send_due()

    assert sorted(path for path, _headers, _body in service.calls) == ["/push/abc/0", "/push/abc/1"]


def test_a_push_service_that_hangs_holds_up_no_mail(service: PushService) -> None:
    membership = member()
    device(membership.user, service.address)
    tell_member(membership)

    assert notices_send_due() == 1

    assert service.calls == []


def test_only_what_comes_at_once_is_pushed(service: PushService) -> None:
    membership = member()
    device(membership.user, service.address)
    choices_keep(person=membership.user, choices={(Side.PRODUCER, Group.ORDERS): Way.APP}, hour=7)
    tell_member(membership)
    tell_member(membership, "producer_review_new")

    pushes_send_due()

    assert service.calls == []


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten(service: PushService, status: int) -> None:
    membership = member()
    device(membership.user, service.address)
    service.status = status
    tell_member(membership)

    pushes_send_due()

    assert not PushDevice.objects.exists()
    assert not Notice.objects.filter(channel=Notice.Channel.PUSH).exclude(state="sent").exists()


@pytest.mark.parametrize("status", [302, 429, 500])
def test_a_service_that_rests_or_leads_elsewhere_is_tried_again(service: PushService, status: int) -> None:
    membership = member()
    device(membership.user, service.address)
    service.status = status
    tell_member(membership)

    pushes_send_due()

    pushed = Notice.objects.get(channel=Notice.Channel.PUSH)
    assert (pushed.state, pushed.attempts, pushed.error) == ("pending", 1, "HTTPError")
    assert len(service.calls) == 1, "no address but the device's own"
    assert PushDevice.objects.exists()


def test_what_was_read_left_or_is_old_is_not_pushed_any_more(service: PushService) -> None:
    reader, leaver, sleeper = member(), member("di@example.vn"), member("ngu@example.vn")
    for number, membership in enumerate((reader, leaver, sleeper)):
        device(membership.user, f"{service.address}/{number}")
        tell_member(membership)
    personal_notices_read(person=reader.user)
    leaver.delete()
    theirs = Notice.objects.filter(channel=Notice.Channel.PUSH, key__contains=f":{sleeper.user_id}:")
    assert theirs.update(created_at=timezone.now() - timedelta(days=2)) == 1

    pushes_send_due()

    assert service.calls == []
    assert not Notice.objects.filter(channel=Notice.Channel.PUSH, state="pending").exists()


def test_a_browser_becomes_a_device_of_whoever_is_signed_in() -> None:
    lan, minh = (User.objects.create_user(f"{name}@example.vn") for name in ("lan", "minh"))

    assert add(signed_in(lan)).status_code == 201
    assert add(signed_in(minh)).status_code == 201, "the phone has a new owner"

    [kept] = PushDevice.objects.all()
    assert (kept.person, kept.words, kept.server_key) == (minh, "Chrome, Android", public_key())


@pytest.mark.parametrize(
    "changed",
    [
        {"endpoint": ""},
        {"endpoint": "http://fcm.googleapis.com/fcm/send/abc"},
        {"endpoint": "https://127.0.0.1/push"},
        {"endpoint": "https://evil-fcm.googleapis.com.example.vn/"},
        {"endpoint": "https://evilfcm.googleapis.com/"},
        {"endpoint": "https://fcm.googleapis.com@127.0.0.1/"},
        {"endpoint": "https://fcm.googleapis.com:6379/"},
        {"p256dh": "abc"},
        {"p256dh": "****"},
        {"auth": "abc"},
    ],
)
def test_the_worker_is_never_sent_to_another_address_or_with_a_key_that_is_none(
    changed: dict[str, str],
) -> None:
    assert add(signed_in(User.objects.create_user("lan@example.vn")), **changed).status_code == 400
    assert not PushDevice.objects.exists()


def test_devices_are_listed_and_taken_off_by_their_person_alone() -> None:
    lan, minh = (User.objects.create_user(f"{name}@example.vn") for name in ("lan", "minh"))
    kept = device(lan, FIREFOX)

    assert "Chrome, Android" in page(lan).get_text()
    assert "Chrome, Android" not in page(minh).get_text()
    address = reverse("customer:device-remove", args=[kept.pk])
    assert signed_in(minh).post(address).status_code == 404
    assert signed_in(lan).post(address).status_code == 302

    assert not PushDevice.objects.exists()


def test_whoever_signs_out_gets_nothing_on_that_device_any_more() -> None:
    lan = User.objects.create_user("lan@example.vn")
    device(lan, f"{FIREFOX}/at-home")
    client = signed_in(lan)
    add(client)

    client.post(reverse("account_logout"))

    assert list(PushDevice.objects.values_list("endpoint", flat=True)) == [f"{FIREFOX}/at-home"]


def test_an_old_device_makes_room() -> None:
    lan = User.objects.create_user("lan@example.vn")
    client = signed_in(lan)
    for number in range(MOST_DEVICES + 1):
        add(client, endpoint=f"{FIREFOX}/{number}")

    endpoints = set(PushDevice.objects.values_list("endpoint", flat=True))
    assert len(endpoints) == MOST_DEVICES
    assert f"{FIREFOX}/0" not in endpoints


def test_without_a_key_nothing_is_offered_or_sent(settings: Settings, service: PushService) -> None:
    membership = member()
    device(membership.user, service.address)
    settings.VAPID_PRIVATE_KEY = ""

    assert page(membership.user).select_one("[data-push]") is None
    assert add(signed_in(membership.user)).status_code == 404
    tell_member(membership)
    pushes_send_due()

    assert service.calls == []


def test_a_new_key_asks_for_the_devices_again(settings: Settings) -> None:
    membership = member()
    device(membership.user, FIREFOX)
    settings.VAPID_PRIVATE_KEY = encoded(bytes(range(2, 34)))

    assert "Chrome, Android" not in page(membership.user).get_text()
    tell_member(membership)

    assert not Notice.objects.filter(channel=Notice.Channel.PUSH).exists()


def test_the_worker_is_a_file_of_its_own_that_the_policy_allows(client: Client) -> None:
    answer = client.get("/push-worker.js")

    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    shown = page(User.objects.create_user("lan@example.vn"))
    assert shown.select_one("[data-push][data-worker='/push-worker.js']")
    assert not shown.select("script:not([src])")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (ANDROID, "Chrome, Android"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge, Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Firefox/130.0", "Firefox, Linux"),
        ("", "Trình duyệt lạ"),
    ],
)
def test_a_device_is_named_as_its_person_knows_it(said: str, words: str) -> None:
    assert device_words(said) == words
    assert PersonalNotice.objects.count() == 0
