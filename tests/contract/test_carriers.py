"""The outline adapter for carriers with an interface, against a server that answers in a recorded shape."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from checkout.shipping.carriers.base import CarrierAdapter, ParcelData, Party
from checkout.shipping.carriers.errors import CarrierRefused, CarrierUnavailable, InvalidTracking
from checkout.shipping.carriers.models import Carrier
from checkout.shipping.carriers.rest import RestCarrier
from checkout.shipping.carriers.table import TableCarrier

SENDER = Party("HTX Cầu Đất", "+84912345678", "1 Trần Phú", "Phường Cam Ly", "24787", "Tỉnh Lâm Đồng", "68")
RECEIVER = Party("Lan", "+84987654321", "2 Hàng Bài", "Phường Ba Đình", "00004", "Hà Nội", "01", "001")
PARCEL = ParcelData("OC-1:7", SENDER, RECEIVER, weight=1_000, worth=300_000, cash=324_000, note="gọi trước")
RECORDED = {
    ("POST", "/v1/quotes"): (200, b'{"fee": 31000, "currency": "VND"}'),
    ("POST", "/v1/shipments"): (201, b'{"number": "VD123456789VN", "sorting": "HAN-01"}'),
    ("GET", "/v1/shipments/VD123456789VN/label"): (200, b"%PDF-1.4 label"),
    ("DELETE", "/v1/shipments/VD123456789VN"): (204, b""),
}


class Recorded(BaseHTTPRequestHandler):
    """Answers as recorded, and keeps what it was asked."""

    answers: dict[tuple[str, str], tuple[int, bytes]] = {}
    asked: list[dict[str, Any]] = []

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.asked.append({"method": self.command, "path": self.path, "headers": headers, "body": body})
        status, content = self.answers.get((self.command, self.path), (404, b"{}"))
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def do_DELETE(self) -> None:
        self.answer()

    def log_message(self, *_arguments: Any) -> None:
        pass


@pytest.fixture
def carrier(settings: Any) -> Iterator[Carrier]:
    Recorded.answers, Recorded.asked = dict(RECORDED), []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorded)
    Thread(target=server.serve_forever, daemon=True).start()
    settings.CARRIER_TOKENS = {"nhanh": "khoa-bi-mat"}
    yield Carrier(
        code="nhanh", name="Nhanh", adapter="rest", base_url=f"http://127.0.0.1:{server.server_port}/v1/"
    )
    server.shutdown()
    server.server_close()


def test_a_parcel_is_quoted_given_labelled_and_taken_back(carrier: Carrier) -> None:
    adapter = RestCarrier()

    assert adapter.quote(carrier, PARCEL) == 31_000
    number = adapter.create(carrier, PARCEL)
    assert number == "VD123456789VN"
    assert (adapter.label(carrier, number) or b"").startswith(b"%PDF-")
    adapter.cancel(carrier, number)

    assert [(one["method"], one["path"]) for one in Recorded.asked] == list(RECORDED)
    created = Recorded.asked[1]
    assert created["headers"]["authorization"] == "Bearer khoa-bi-mat"
    assert created["headers"]["idempotency-key"] == "OC-1:7"
    assert created["body"]["receiver"]["district_code"] == "001"
    assert (created["body"]["cash"], created["body"]["weight"]) == (324_000, 1_000)


@pytest.mark.parametrize(
    ("status", "content", "error"),
    [
        (503, b"", CarrierUnavailable),
        (429, b"", CarrierUnavailable),
        (200, b"<html>", CarrierUnavailable),
        (200, b"[]", CarrierUnavailable),
        (200, b"{}", CarrierRefused),
        (422, '{"message": "Quá nặng"}'.encode(), CarrierRefused),
        (401, b"no", CarrierRefused),
    ],
)
def test_an_answer_that_is_none_is_tried_again_or_told(
    carrier: Carrier, status: int, content: bytes, error: type[Exception]
) -> None:
    Recorded.answers["POST", "/v1/shipments"] = status, content

    with pytest.raises(error) as raised:
        RestCarrier().create(carrier, PARCEL)

    assert status != 422 or "Quá nặng" in str(raised.value)


def test_nobody_there_is_tried_again_and_a_carrier_without_key_is_not_asked(
    carrier: Carrier, settings: Any
) -> None:
    nobody = Carrier(code="nhanh", base_url="http://127.0.0.1:9")
    with pytest.raises(CarrierUnavailable):
        RestCarrier().create(nobody, PARCEL)

    settings.CARRIER_TOKENS = {}
    with pytest.raises(CarrierRefused):
        RestCarrier().create(carrier, PARCEL)
    with pytest.raises(CarrierRefused):
        RestCarrier().create(Carrier(code="nhanh", base_url="file:///etc/passwd"), PARCEL)
    assert Recorded.asked == []


def test_taking_back_what_is_gone_is_no_fault(carrier: Carrier) -> None:
    RestCarrier().cancel(carrier, "KHONG-CO")


def test_a_carriers_label_is_a_pdf(carrier: Carrier) -> None:
    Recorded.answers["GET", "/v1/shipments/VD123456789VN/label"] = 200, b"<html>"

    with pytest.raises(CarrierRefused):
        RestCarrier().label(carrier, "VD123456789VN")


@pytest.mark.parametrize("adapter", [RestCarrier(), TableCarrier()])
def test_every_adapter_keeps_the_ports_promises(carrier: Carrier, adapter: CarrierAdapter) -> None:
    fee = adapter.quote(carrier, PARCEL)
    numbers = {adapter.create(carrier, PARCEL) for _twice in range(2)}
    [number] = numbers
    label = adapter.label(carrier, number)

    assert fee is None or fee > 0
    assert 0 < len(number) <= 80
    assert label is None or label.startswith(b"%PDF-")
    for _twice in range(2):
        adapter.cancel(carrier, number)


@pytest.mark.parametrize("adapter", [RestCarrier(), TableCarrier()])
def test_every_adapter_reads_reports_alike(adapter: Any) -> None:
    body = {"events": [{"id": "1", "number": "VD1", "kind": "delivered", "at": "2026-11-28T14:30:00+07:00"}]}

    [event] = adapter.read_tracking(json.dumps(body).encode())

    assert (event.number, event.kind, event.happened_at.isoformat()) == (
        "VD1",
        "delivered",
        "2026-11-28T14:30:00+07:00",
    )
    with pytest.raises(InvalidTracking):
        adapter.read_tracking(b"{}")
