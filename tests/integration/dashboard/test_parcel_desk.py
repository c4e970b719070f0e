"""Parcels in bulk: given to a carrier, labelled, listed, handed over; carriers' files of reports and cash."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from fpdf import FPDF

from catalogue.models import Product
from catalogue.producers.models import Membership, Partner, StockRecord
from checkout.order.links import order_path
from checkout.order.models import Consignment
from checkout.order.services import consignment_ship
from checkout.shipping.barcodes import code128_bars, code128_symbols
from checkout.shipping.carriers.errors import CarrierUnavailable
from checkout.shipping.carriers.models import Carrier, CashRemittance, Shipment, TrackingEvent
from checkout.shipping.carriers.rest import RestCarrier
from checkout.shipping.carriers.services import shipments_register_due
from marketplace.accounts.models import StaffRole, User
from marketplace.dashboard.delivery.papers import manifest_pdf
from tests.factories.carriers import make_carrier, make_shipment, packed_consignment
from tests.factories.catalogue import sold_pack
from tests.factories.producers import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pack() -> Product:
    return sold_pack(title="Cà phê Cầu Đất rang mộc", stock={"num_in_stock": 50})


@pytest.fixture
def producer(pack: Product) -> Partner:
    return pack.parent.producer  # type: ignore[union-attr,return-value]


@pytest.fixture
def owner(producer: Partner) -> Client:
    return _member(producer, Membership.Role.OWNER)


@pytest.fixture
def admin() -> Client:
    user = User.objects.create_user("quan-tri@example.vn")
    StaffRole.objects.create(user=user, role=StaffRole.Role.ADMIN)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def words_on_paper(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Everything that is written onto a PDF, cell by cell."""
    written: list[str] = []
    cell = FPDF.cell

    def note(self: FPDF, w: Any = None, h: Any = None, text: str = "", *more: Any, **how: Any) -> Any:
        written.append(text)
        return cell(self, w, h, text, *more, **how)

    monkeypatch.setattr(FPDF, "cell", note)
    return written


def _member(producer: Partner, role: str) -> Client:
    user = User.objects.create_user(f"{role}@example.vn")
    MembershipFactory(user=user, producer=producer, role=role)
    client = Client()
    client.force_login(user)
    return client


def path(name: str, **kwargs: Any) -> str:
    return reverse(f"dashboard:{name}", kwargs=kwargs or None)


def do(client: Client, producer: Partner, action: str, *parcels: Consignment, **more: Any) -> Any:
    return client.post(
        path("own-parcels-action", producer_pk=producer.pk),
        {"action": action, "parcel": [one.pk for one in parcels], **more},
        follow=True,
    )


def test_parcels_are_given_labelled_listed_and_handed_over_in_bulk(
    owner: Client, producer: Partner, pack: Product
) -> None:
    carrier = make_carrier()
    parcels = [packed_consignment(pack) for _number in range(3)]

    page = owner.get(path("own-parcels", producer_pk=producer.pk)).content.decode()
    do(owner, producer, "give", *parcels, carrier=carrier.pk)
    labels = do(owner, producer, "labels", *parcels)
    manifest = do(owner, producer, "manifest", *parcels)
    do(owner, producer, "ship", *parcels[:2])

    assert all(one.number in page for one in parcels)
    assert Shipment.objects.filter(carrier=carrier, state="registered").count() == 3
    assert labels.content.startswith(b"%PDF-")
    assert labels.content.count(b"/Type /Page\n") == 3
    # Points of 1/72 inch: 105 × 148 mm, as carriers' printers take it.
    assert labels.content.count(b"/MediaBox [0 0 297.64 419.53]") >= 1
    assert b"/MediaBox [0 0 595" not in labels.content
    assert manifest.content.startswith(b"%PDF-")
    states = [Consignment.objects.get(pk=one.pk).state for one in parcels]
    assert states == ["shipped", "shipped", "packed"]
    assert Consignment.objects.get(pk=parcels[0].pk).carrier == "Bưu điện"


def test_what_has_no_carrier_is_not_handed_over_and_says_so(
    owner: Client, producer: Partner, pack: Product
) -> None:
    parcel = packed_consignment(pack)

    page = do(owner, producer, "ship", parcel).content.decode()

    assert Consignment.objects.get(pk=parcel.pk).state == "packed"
    assert "alert" in page


def test_parcels_are_taken_back(owner: Client, producer: Partner, pack: Product) -> None:
    parcel = packed_consignment(pack)
    do(owner, producer, "give", parcel, carrier=make_carrier().pk)

    do(owner, producer, "back", parcel)

    assert Shipment.objects.get().state == "cancelled"


@pytest.mark.parametrize("more", [{}, {"carrier": "x"}, {"carrier": "999999"}])
def test_a_carrier_has_to_be_one(
    owner: Client, producer: Partner, pack: Product, more: dict[str, str]
) -> None:
    do(owner, producer, "give", packed_consignment(pack), **more)

    assert not Shipment.objects.exists()


def test_nobody_does_anything_with_parcels_of_others(owner: Client, producer: Partner) -> None:
    theirs = packed_consignment(sold_pack(title="Trà"))
    other = make_carrier(code="cua-ho", producer=theirs.producer)

    for action in ("give", "labels", "manifest", "ship", "back"):
        response = do(owner, producer, action, theirs, carrier=other.pk)
        assert not response.content.startswith(b"%PDF-")
    label = owner.get(path("own-parcel-label", producer_pk=producer.pk, pk=theirs.pk))

    assert label.status_code == 404
    assert not Shipment.objects.exists()
    assert Consignment.objects.get(pk=theirs.pk).state == "packed"


def test_a_label_says_where_to_and_what_to_heed_however_long_the_street_is(
    owner: Client, producer: Partner, pack: Product, words_on_paper: list[str]
) -> None:
    parcel = packed_consignment(pack)
    Product.objects.filter(pk=pack.parent_id).update(
        needs_cooling=True, product_set=14, alcohol=Product.Alcohol.ALCOHOL
    )
    parcel.shipping_address.street = "Số 12 ngõ 345 phố Trần Hưng Đạo nối dài, " * 6
    parcel.shipping_address.save()

    label = owner.get(path("own-parcel-label", producer_pk=producer.pk, pk=parcel.pk))

    assert label.content.startswith(b"%PDF-")
    assert parcel.number in words_on_paper
    assert "Phường Xuân Hương - Đà Lạt, Tỉnh Lâm Đồng" in words_on_paper
    assert any(f"1 × {pack.parent.title}, {pack.title}".startswith(words) for words in words_on_paper)
    assert words_on_paper[-2:] == ["GIỮ LẠNH", "18+: kiểm tra tuổi"]


def test_a_label_carries_the_number_as_bars_that_scanners_can_tell_apart(
    owner: Client, producer: Partner, pack: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tuple[float, float]] = []

    def note(self: FPDF, x: float, y: float, w: float, h: float, **_how: Any) -> None:
        if h > 10:
            drawn.append((x, w))

    monkeypatch.setattr(FPDF, "rect", note)
    parcel = packed_consignment(pack)

    owner.get(path("own-parcel-label", producer_pk=producer.pk, pk=parcel.pk))

    bars = code128_bars(parcel.number)
    left, module = drawn[0][0], drawn[0][1] / bars[0][1]
    assert [(round((x - left) / module), round(w / module)) for x, w in drawn] == bars
    assert 0.25 <= module <= 0.5, "millimetres"
    assert left >= 5
    assert drawn[-1][0] + drawn[-1][1] <= 100, "room for the scanner on both sides of 105 mm"


@pytest.mark.parametrize("answers", [True, False])
def test_a_carriers_own_label_goes_first_and_ours_where_it_gives_none(
    owner: Client, producer: Partner, pack: Product, monkeypatch: pytest.MonkeyPatch, answers: bool
) -> None:
    def label(self: RestCarrier, carrier: Carrier, number: str) -> bytes:
        if not answers:
            raise CarrierUnavailable("HTTP 503")
        return b"%PDF-1.4 " + number.encode()

    monkeypatch.setattr(RestCarrier, "create", lambda self, carrier, parcel: "VD-1")
    monkeypatch.setattr(RestCarrier, "label", label)
    parcel = packed_consignment(pack)
    carrier = make_carrier(adapter="rest", base_url="https://carrier.example")
    do(owner, producer, "give", parcel, carrier=carrier.pk)
    shipments_register_due()

    shown = owner.get(path("own-parcel-label", producer_pk=producer.pk, pk=parcel.pk)).content

    assert (shown == b"%PDF-1.4 VD-1") is answers
    assert shown.startswith(b"%PDF-")


def test_a_long_manifest_numbers_its_pages_and_keeps_the_sum_with_the_signatures(
    words_on_paper: list[str], pack: Product
) -> None:
    parcel = packed_consignment(pack)

    manifest_pdf([(parcel, None)] * 30)

    assert any(words.endswith("· 2/{nb}") for words in words_on_paper)
    total = next(place for place, words in enumerate(words_on_paper) if words.startswith("30 "))
    assert "Người giao" not in " ".join(words_on_paper[:total])
    assert not any("/{nb}" in words for words in words_on_paper[total : total + 3])


def test_an_accountant_looks_and_hands_nothing_over(producer: Partner, pack: Product) -> None:
    accountant, parcel = _member(producer, Membership.Role.ACCOUNTANT), packed_consignment(pack)

    page = accountant.get(path("own-parcels", producer_pk=producer.pk)).content.decode()

    assert parcel.number in page
    assert 'name="action"' not in page
    assert do(accountant, producer, "ship", parcel).status_code == 403


def test_the_list_of_parcels_costs_the_same_for_many(owner: Client, producer: Partner, pack: Product) -> None:
    asked = []
    for turn in range(2):
        do(owner, producer, "give", packed_consignment(pack), carrier=make_carrier(code=f"c{turn}").pk)
        with CaptureQueriesContext(connection) as queries:
            owner.get(path("own-parcels", producer_pk=producer.pk))
        asked.append(sorted(re.findall(r'FROM "(\w+)"', " ".join(one["sql"] for one in queries))))

    assert asked[0] == asked[1]


# --- The barcode --------------------------------------------------------------------------------------------


def test_a_barcode_is_what_the_standard_says() -> None:
    # The well-known example "PJJ123C" has the check 54 where it starts in code set A (103); set B's start is one more.
    assert code128_symbols("PJJ123C") == [104, 48, 42, 42, 17, 18, 19, 35, 55, 106]
    bars = code128_bars("OC-7K3M-9QXD-1")
    assert sum(bars[-1]) == 11 * (1 + 14 + 1) + 13
    assert bars[0] == (0, 2)
    with pytest.raises(ValueError, match="é"):
        code128_symbols("é")


# --- Carriers -----------------------------------------------------------------------------------------------


def test_an_admin_keeps_carriers_and_their_contract_stays(admin: Client, producer: Partner) -> None:
    form = {"name": "Nhanh", "code": "nhanh", "producer": producer.pk, "adapter": "table", "is_active": "on"}
    admin.post(path("carrier-new"), form)
    carrier = Carrier.objects.get()
    changed = {
        **form,
        "name": "Nhanh hơn",
        "code": "khac",
        "producer": "",
        "tracking_page": "https://x.vn/{number}",
    }
    admin.post(path("carrier", pk=carrier.pk), changed)

    carrier.refresh_from_db()
    assert (carrier.name, carrier.code, carrier.producer) == ("Nhanh hơn", "nhanh", producer)
    assert carrier.page_of("VD1") == "https://x.vn/VD1"


@pytest.mark.parametrize(
    "typed",
    [
        {"adapter": "rest"},
        {"adapter": "rest", "base_url": "http://carrier.example"},
        {"tracking_page": "javascript:alert(1)//{number}"},
        {"code": "có dấu"},
    ],
)
def test_a_carrier_that_cannot_be_is_refused(admin: Client, typed: dict[str, str]) -> None:
    form = {"name": "Nhanh", "code": "nhanh", "adapter": "table", "is_active": "on"}

    response = admin.post(path("carrier-new"), form | typed)

    assert response.status_code == 422
    assert not Carrier.objects.exists()


def upload(client: Client, name: str, carrier: Carrier, content: str) -> Any:
    file = SimpleUploadedFile("tep.csv", content.encode())
    return client.post(path(name), {"carrier": carrier.pk, "file": file})


def test_reports_come_from_a_file_after_a_look(admin: Client) -> None:
    shipment = make_shipment()
    at = (timezone.localtime() - timedelta(hours=1)).strftime("%d/%m/%Y %H:%M")
    content = f"Mã vận đơn,Trạng thái,Thời điểm\n{shipment.number},Đã giao,{at}\n"

    preview = upload(admin, "tracking-file", shipment.carrier, content)
    assert not TrackingEvent.objects.exists()
    for _twice in range(2):
        admin.post(path("tracking-file"), {"preview": preview.context["preview"]})

    assert TrackingEvent.objects.count() == 1
    assert Consignment.objects.get(pk=shipment.consignment_id).state == "delivered"


def test_cash_comes_from_a_file_after_a_look(admin: Client) -> None:
    shipment = make_shipment()
    Consignment.objects.filter(pk=shipment.consignment_id).update(state="shipped")
    content = f"Mã vận đơn,Đã thu,Đã nộp\n{shipment.number},{shipment.cash},{shipment.cash}\n"

    preview = upload(admin, "cash-file", shipment.carrier, content)
    assert not CashRemittance.objects.exists()
    for forged in ("x", preview.context["preview"], preview.context["preview"]):
        admin.post(path("cash-file"), {"preview": forged})

    assert CashRemittance.objects.get().amount == shipment.cash
    assert "tep.csv" in admin.get(path("cash-file")).content.decode()


def test_a_bad_row_keeps_the_whole_file_out(admin: Client) -> None:
    shipment = make_shipment()
    content = f"Mã vận đơn,Đã thu,Đã nộp\n{shipment.number},{shipment.cash},{shipment.cash}\nVD-LA,1,1\n"

    response = upload(admin, "cash-file", shipment.carrier, content)

    assert response.status_code == 422
    assert response.context["preview"] == ""
    assert "VD-LA" in response.content.decode()


def test_a_report_that_needs_a_person_is_shown_and_tried_again(admin: Client) -> None:
    carrier = make_carrier()
    event = TrackingEvent.objects.create(
        carrier=carrier,
        event_id="1",
        number="VD-1",
        kind="picked_up",
        happened_at=timezone.now(),
        state="failed",
    )

    assert "VD-1" in admin.get(path("carriers")).content.decode()
    admin.post(path("report-retry", pk=event.pk))

    event.refresh_from_db()
    assert event.state == "pending"


# --- What comes back ----------------------------------------------------------------------------------------


def test_a_returned_parcel_says_why_and_its_good_packs_are_sold_again(
    owner: Client, producer: Partner, pack: Product
) -> None:
    parcel = packed_consignment(pack, quantity=3)
    consignment_ship(consignment_id=parcel.pk, carrier="Xe khách")
    at = {"producer_pk": producer.pk, "pk": parcel.pk}
    page = path("consignment", **at)
    shelf = path("own-returned-goods", **at)
    line, before = parcel.lines.get(), StockRecord.objects.get(product=pack).num_in_stock

    early = owner.post(shelf, {f"line-{line.pk}": 3})
    owner.post(path("consignment-step", step="return", **at), {"cause": "refused"})
    assert f"line-{line.pk}" in owner.get(page).content.decode()
    for packs in ("2", "9", "2", "x"):
        owner.post(shelf, {f"line-{line.pk}": packs})

    returned = Consignment.objects.get(pk=parcel.pk)
    assert (returned.state, returned.return_cause) == ("returned", "refused")
    assert early.status_code == 302
    assert StockRecord.objects.get(product=pack).num_in_stock == before + 2


def test_the_buyer_follows_the_parcel_at_the_carriers(client: Client) -> None:
    shipment = make_shipment(make_carrier(tracking_page="https://buudien.example/{number}"))
    consignment_ship(
        consignment_id=shipment.consignment_id, carrier="Bưu điện", tracking_number=shipment.number
    )

    page = client.get(order_path(shipment.consignment.order)).content.decode()

    assert f"https://buudien.example/{shipment.number}" in page
