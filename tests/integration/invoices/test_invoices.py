"""Invoices: a company at the checkout, a producer's month, its files, and the receipt."""

import csv
import io
import re
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from fpdf import FPDF

from catalogue.producers.models import Membership, Partner
from checkout.invoices.einvoice import invoice_rows, invoices_xml
from checkout.invoices.models import InvoiceParticulars, InvoiceTerms
from checkout.invoices.selectors import changes_of, invoices_of
from checkout.invoices.services import invoice_terms_write
from checkout.order.links import order_token
from checkout.order.models import Consignment, Line, Order
from checkout.order.services import consignment_return
from checkout.payment.goodwill import goodwill_give
from checkout.payment.models import Refund
from checkout.payment.refunds import refund_request
from checkout.payment.services import webhook_events_process_due
from marketplace.accounts.models import User
from marketplace.clock import start_of_day, today
from marketplace.customer import receipts
from marketplace.tax_numbers import tax_number_read
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order
from tests.factories.payments import call_webhook, make_paid, make_payment, webhook_body
from tests.factories.payouts import earned, finance
from tests.factories.producers import MembershipFactory
from tests.factories.settlement import payment_of
from tests.integration.checkout.test_pages import checkout, put, text_of

pytestmark = pytest.mark.django_db

COMPANY = {
    "company": "Công ty TNHH Quà Việt & Bạn",
    "tax_number": "0100109106",
    "address": "1 Trần Hưng Đạo, Hà Nội",
    "email": "ketoan@example.vn",
}
TYPED = {
    "company": COMPANY["company"],
    "tax_number": "010 010 9106",
    "company_address": COMPANY["address"],
    "invoice_email": COMPANY["email"],
}
VAT = {"form": "1", "series": "C26TAA", "vat_rate": 800, "delivery_vat_rate": 1_000}
SALES = {"form": "2", "series": "", "vat_rate": None, "delivery_vat_rate": None}


@pytest.fixture
def parcel() -> Consignment:
    consignment = earned(amount=108_000, days_ago=0)
    InvoiceParticulars.objects.create(order=consignment.order, **COMPANY)
    return consignment


def member_of(producer: Partner, role: str) -> User:
    user = User.objects.create_user(f"{role}@example.vn")
    MembershipFactory(producer=producer, user=user, role=role)
    return user


def terms_of(producer: Partner, **terms: Any) -> InvoiceTerms:
    return invoice_terms_write(producer=producer, terms=terms)


# --- At the checkout ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("0100109106", "0100109106"),
        (" 0100 109 106 ", "0100109106"),
        ("0100109106-001", "0100109106-001"),
        ("001099012345", "001099012345"),
    ],
)
def test_a_tax_number_is_read_as_people_write_it(typed: str, read: str) -> None:
    assert tax_number_read(typed) == read


@pytest.mark.parametrize("typed", ["0100109107", "12345", "abc", "٠١٠٠١٠٩١٠٦", "0100109106-000"])
def test_a_wrong_tax_number_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        tax_number_read(typed)


def order_as(client: Client, **changed: str) -> Any:
    put(client, sold_pack(), 1)
    form, _page = checkout(client)
    return client.post(reverse("checkout:checkout"), {**form, **changed})


def test_a_company_is_kept_with_its_order_and_shown_to_buyer_and_producer(client: Client) -> None:
    order_as(client, **TYPED)

    order = Order.objects.get()
    particulars = order.invoice_particulars
    assert {name: getattr(particulars, name) for name in COMPANY} == COMPANY
    page = text_of(client.get(reverse("orders:detail", args=[order_token(order)])))
    assert "Quà Việt &amp; Bạn" in page
    consignment = order.consignments.get()
    client.force_login(member_of(consignment.producer, Membership.Role.PACKER))
    work = reverse(
        "dashboard:consignment", kwargs={"producer_pk": consignment.producer_id, "pk": consignment.pk}
    )
    assert "0100109106" in text_of(client.get(work))


def test_an_order_without_a_company_has_none(client: Client) -> None:
    order_as(client)

    assert Order.objects.count() == 1
    assert not InvoiceParticulars.objects.exists()


def test_half_a_company_is_asked_for_the_rest_and_nothing_typed_is_lost(client: Client) -> None:
    response = order_as(client, company="Công ty Quà", tax_number="123")

    page = text_of(response)
    assert response.status_code == 422
    assert "Công ty Quà" in page
    assert re.search(r"<details[^>]* open", page)
    assert len(re.findall("Hoá đơn cần mục này", page)) >= 2
    assert not Order.objects.exists()


def test_the_database_keeps_no_half_particulars() -> None:
    order = placed_order(sold_pack())
    with pytest.raises(IntegrityError), transaction.atomic():
        InvoiceParticulars.objects.create(order=order, **{**COMPANY, "email": ""})


# --- A producer's month -------------------------------------------------------------------------------------


def test_a_month_holds_what_was_delivered_in_it_with_its_vat(parcel: Consignment) -> None:
    terms = terms_of(parcel.producer, **VAT)

    (invoice,) = invoices_of(parcel.producer, month=today(), terms=terms)

    assert (invoice.total, invoice.net, invoice.tax) == (108_000, 100_000, 8_000)
    assert invoice.buyer == COMPANY["company"]
    earlier = today().replace(day=1) - timedelta(days=1)
    assert invoices_of(parcel.producer, month=earlier, terms=terms) == []


def test_what_the_marketplace_adds_is_income_and_what_went_back_is_not(parcel: Consignment) -> None:
    line = parcel.lines.get()
    Line.objects.filter(pk=line.pk).update(
        quantity=2, platform_discount=10_000, line_price_before_discounts_incl_tax=118_000
    )
    Consignment.objects.filter(pk=parcel.pk).update(platform_discount=10_000)
    refund_request(
        payment=payment_of(parcel.order), consignment=parcel, lines={line.pk: 1}, reason="Móp", key="k"
    )

    (invoice,) = invoices_of(parcel.producer, month=today(), terms=None)

    assert [(one.quantity, one.amount, one.tax) for one in invoice.lines] == [(1, 59_000, 0)]


def test_what_goes_back_later_changes_an_earlier_invoice(parcel: Consignment) -> None:
    last_month = today().replace(day=1) - timedelta(days=3)
    Consignment.objects.filter(pk=parcel.pk).update(delivered_at=parcel.delivered_at - timedelta(days=40))
    parcel.refresh_from_db()
    refund_request(payment=payment_of(parcel.order), consignment=parcel, reason="Móp", key="k")

    earlier = parcel.delivered_at.date()
    (invoice,) = invoices_of(parcel.producer, month=earlier, terms=None)
    (change,) = changes_of(parcel.producer, month=today())

    assert invoice.total == 108_000
    assert change.amount == 108_000
    assert changes_of(parcel.producer, month=last_month.replace(day=1) - timedelta(days=40)) == []


@pytest.mark.parametrize(("hand", "packs", "changed"), [("producer", 1, 55_000), ("platform", 2, 110_000)])
def test_a_change_takes_back_what_was_invoiced_no_more_and_no_less(
    parcel: Consignment, hand: str, packs: int, changed: int
) -> None:
    """What the marketplace added goes back with the packs; the way of its own carrier was never the producer's to invoice."""
    line = parcel.lines.get()
    Line.objects.filter(pk=line.pk).update(
        quantity=2,
        platform_discount=10_000,
        line_price_incl_tax=100_000,
        line_price_before_discounts_incl_tax=110_000,
    )
    forty_days_ago = parcel.delivered_at - timedelta(days=40)
    Consignment.objects.filter(pk=parcel.pk).update(
        platform_discount=10_000,
        goods_total=100_000,
        delivery_charge=8_000,
        carried_by=hand,
        delivered_at=forty_days_ago,
    )
    refund_request(
        payment=payment_of(parcel.order),
        consignment=parcel,
        lines={line.pk: packs},
        with_delivery=packs == 2,
        reason="Móp",
        key="k",
    )

    (invoice,) = invoices_of(parcel.producer, month=forty_days_ago.date(), terms=None)
    changes = changes_of(parcel.producer, month=today())

    assert invoice.total == 110_000 + (8_000 if hand == "producer" else 0)
    assert [(one.words, one.amount) for one in changes] == [(f"{packs} × {line.title}", changed)]


def carried_free(parcel: Consignment) -> None:
    """Let the marketplace have paid 20.000 ₫ for the way, which cost the buyer nothing."""
    Consignment.objects.filter(pk=parcel.pk).update(platform_discount=20_000, carried_by="producer")


def test_a_parcel_that_came_back_is_not_invoiced(parcel: Consignment) -> None:
    """Not even for the way that the marketplace had paid: the ledger took it back with the sale."""
    carried_free(parcel)
    Order.objects.update(settled_by=payment_of(parcel.order))

    consignment_return(consignment_id=parcel.pk)

    assert invoices_of(parcel.producer, month=today(), terms=None) == []
    assert changes_of(parcel.producer, month=today()) == []


def test_a_parcel_that_comes_back_later_takes_its_whole_invoice_back_once(parcel: Consignment) -> None:
    carried_free(parcel)
    Order.objects.update(settled_by=payment_of(parcel.order))
    month = delivered_earlier(parcel)

    consignment_return(consignment_id=parcel.pk)

    (invoice,) = invoices_of(parcel.producer, month=month, terms=None)
    changes = changes_of(parcel.producer, month=today())
    assert invoice.total == sum(one.amount for one in changes) == 128_000
    assert [one.amount for one in changes] == [108_000, 20_000]
    next_month = (today().replace(day=28) + timedelta(days=10)).replace(day=1)
    assert changes_of(parcel.producer, month=next_month) == []


# --- Sums given back as goodwill ----------------------------------------------------------------------------


def give(parcel: Consignment, amount: int, borne_by: str = "producer") -> None:
    goodwill_give(
        consignment_id=parcel.pk,
        amount=amount,
        borne_by=borne_by,
        reason="Giao muộn",
        key=f"goodwill-{amount}",
        by=finance(),
    )


def delivered_earlier(parcel: Consignment) -> date:
    """Let a parcel have come forty days ago, and return that day."""
    moment = parcel.delivered_at - timedelta(days=40)
    Consignment.objects.filter(pk=parcel.pk).update(delivered_at=moment)
    return moment.date()


def test_a_sum_that_the_producer_bears_is_taken_off_its_invoice(parcel: Consignment) -> None:
    terms = terms_of(parcel.producer, **VAT)
    give(parcel, 21_600)

    (invoice,) = invoices_of(parcel.producer, month=today(), terms=terms)

    assert (invoice.total, invoice.net, invoice.tax, invoice.given_back) == (86_400, 80_000, 6_400, 21_600)
    assert [(one.amount, one.tax) for one in invoice.lines] == [(108_000, 8_000), (-21_600, -1_600)]


def test_a_sum_that_the_marketplace_bears_leaves_the_invoice_as_it_is(parcel: Consignment) -> None:
    give(parcel, 21_600, "platform")

    (invoice,) = invoices_of(parcel.producer, month=today(), terms=None)

    assert (invoice.total, invoice.given_back) == (108_000, 0)
    delivered_earlier(parcel)
    assert changes_of(parcel.producer, month=today()) == []


def test_a_sum_given_later_changes_an_earlier_invoice(parcel: Consignment) -> None:
    earlier = delivered_earlier(parcel)
    give(parcel, 21_600)

    (invoice,) = invoices_of(parcel.producer, month=earlier, terms=None)
    (change,) = changes_of(parcel.producer, month=today())

    assert (invoice.total, change.amount) == (108_000, 21_600)


def test_what_is_set_off_against_a_sum_is_changed_no_second_time(parcel: Consignment) -> None:
    earlier = delivered_earlier(parcel)
    give(parcel, 21_600)
    Refund.objects.update(created_at=parcel.delivered_at - timedelta(days=40))
    refund_request(payment=payment_of(parcel.order), consignment=parcel, reason="Móp", key="k")

    (invoice,) = invoices_of(parcel.producer, month=earlier, terms=None)
    changes = changes_of(parcel.producer, month=today())

    assert invoice.total == 86_400
    assert [one.amount for one in changes] == [108_000, -21_600]
    assert sum(one.amount for one in changes) == invoice.total


@pytest.mark.parametrize(("hand", "total"), [("producer", 8_000 - 2_000), ("platform", 0)])
def test_a_sum_takes_off_goods_first_then_the_producers_own_way_and_never_more(
    parcel: Consignment, hand: str, total: int
) -> None:
    Consignment.objects.filter(pk=parcel.pk).update(
        goods_total=100_000, delivery_charge=8_000, carried_by=hand
    )
    Line.objects.update(line_price_incl_tax=100_000, line_price_before_discounts_incl_tax=100_000)
    terms = terms_of(parcel.producer, **VAT)
    give(parcel, 102_000)

    (invoice,) = invoices_of(parcel.producer, month=today(), terms=terms)

    assert invoice.total == total
    assert [one.rate for one in invoice.lines if one.is_reduction] == ([800, 1_000] if total else [800])


def test_a_sum_stands_in_the_files_and_they_add_up(parcel: Consignment) -> None:
    terms = terms_of(parcel.producer, **VAT)
    give(parcel, 21_600)
    invoices = invoices_of(parcel.producer, month=today(), terms=terms)

    root = ET.fromstring(invoices_xml(parcel.producer, terms, invoices))
    _heading, _goods, row = invoice_rows(invoices)

    lines = [(one.findtext("TChat"), int(one.findtext("ThTien") or 0)) for one in root.findall(".//HHDVu")]
    assert lines == [("1", 100_000), ("3", 20_000)]
    assert root.findtext(".//TgTCThue") == root.findtext(".//LTSuat/ThTien") == "80000"
    assert root.findtext(".//TgTTTBSo") == "86400"
    assert row[-4:] == [-20_000, "8", -1_600, -21_600]


def test_a_sum_is_named_on_the_page_and_on_the_receipt(
    client: Client, parcel: Consignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[tuple[str, int]] = []
    monkeypatch.setattr(
        receipts, "_sum", lambda paper, words, amount, **how: written.append((str(words), amount))
    )
    give(parcel, 21_600, "platform")
    give(parcel, 10_800)
    client.force_login(member_of(parcel.producer, Membership.Role.ACCOUNTANT))

    page = text_of(client.get(address("invoices", parcel.producer)))
    receipts.receipt_pdf(Order.objects.get(pk=parcel.order_id))

    assert "Đã trừ 10.800\u00a0₫ trả lại để giữ thiện cảm" in page
    assert written[-1] == ("Trả lại để giữ thiện cảm", -32_400)


def test_a_month_costs_as_many_queries_for_many_as_for_one(
    parcel: Consignment, django_assert_num_queries: Any
) -> None:
    producer = parcel.producer
    for number in (1, 4):
        for _more in range(number - 1):
            earned(producer, days_ago=0)
        with django_assert_num_queries(3):
            assert len(invoices_of(producer, month=today(), terms=None)) == number


def test_the_xml_says_what_the_form_asks_for_and_adds_up(parcel: Consignment) -> None:
    terms = terms_of(parcel.producer, **VAT)
    invoices = invoices_of(parcel.producer, month=today(), terms=terms)

    root = ET.fromstring(invoices_xml(parcel.producer, terms, invoices))

    said = {
        name: root.findtext(f".//{name}") for name in ("KHMSHDon", "KHHDon", "DVTTe", "TgTTTBSo", "TgTTTBChu")
    }
    assert said == {
        "KHMSHDon": "1",
        "KHHDon": "C26TAA",
        "DVTTe": "VND",
        "TgTTTBSo": "108000",
        "TgTTTBChu": "Một trăm linh tám nghìn đồng",
    }
    assert root.findtext(".//NMua/MST") == "0100109106"
    assert root.findtext(".//NMua/Ten") == COMPANY["company"]
    lines = [int(one.text or 0) for one in root.findall(".//HHDVu/ThTien")]
    assert sum(lines) == int(root.findtext(".//TgTCThue") or 0) == 100_000
    assert root.findtext(".//LTSuat/TThue") == root.findtext(".//TgTThue") == "8000"


def test_a_sales_invoice_knows_no_vat(parcel: Consignment) -> None:
    terms = terms_of(parcel.producer, **SALES)
    invoices = invoices_of(parcel.producer, month=today(), terms=terms)

    root = ET.fromstring(invoices_xml(parcel.producer, terms, invoices))

    assert root.find(".//TgTThue") is None
    assert root.find(".//TSuat") is None
    assert root.findtext(".//ThTien") == "108000"


def test_letters_that_xml_does_not_know_harm_nothing(parcel: Consignment) -> None:
    Line.objects.update(title="Trà\x0b <ngon> & \x00ngọt".replace("\x00", ""))
    terms = terms_of(parcel.producer, **SALES)

    root = ET.fromstring(
        invoices_xml(parcel.producer, terms, invoices_of(parcel.producer, month=today(), terms=terms))
    )

    assert root.findtext(".//THHDVu") == "Trà <ngon> & ngọt"


def test_the_table_has_a_row_a_line(parcel: Consignment) -> None:
    terms = terms_of(parcel.producer, **VAT)
    heading, row = invoice_rows(invoices_of(parcel.producer, month=today(), terms=terms))

    assert len(heading) == len(row)
    assert row[-4:] == [100_000, "8", 8_000, 108_000]


@pytest.mark.parametrize("broken", [{**VAT, "vat_rate": None}, {**SALES, "vat_rate": 800}])
def test_the_database_keeps_no_form_without_its_rates(parcel: Consignment, broken: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        terms_of(parcel.producer, **broken)


# --- Screens ------------------------------------------------------------------------------------------------


@pytest.fixture
def accountant(client: Client, parcel: Consignment) -> Client:
    client.force_login(member_of(parcel.producer, Membership.Role.ACCOUNTANT))
    return client


def address(name: str, producer: Partner, **more: str) -> str:
    return reverse(f"dashboard:{name}", kwargs={"producer_pk": producer.pk, **more})


def test_an_accountant_says_how_they_invoice_and_takes_the_month(
    accountant: Client, parcel: Consignment
) -> None:
    producer = parcel.producer
    assert accountant.get(address("invoices-file", producer, format="xml")).status_code == 302

    wrong = accountant.post(address("invoice-terms", producer), {"form": "1", "series": "C26TAA"})
    right = accountant.post(
        address("invoice-terms", producer),
        {"form": "1", "series": "C26TAA", "vat_rate": "800", "delivery_vat_rate": "1000"},
    )
    page = text_of(accountant.get(address("invoices", producer)))
    xml = accountant.get(address("invoices-file", producer, format="xml"), {"month": f"{today():%Y-%m}"})
    table = accountant.get(address("invoices-file", producer, format="csv"), {"month": f"{today():%Y-%m}"})

    assert wrong.status_code == 200
    assert right.status_code == 302
    assert COMPANY["email"] in page
    assert "8.000\u00a0₫" in page
    assert xml["Content-Type"] == "application/xml"
    assert len(list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))) == 2


@pytest.mark.parametrize("month", ["", "2026-13", "x", "9999-01"])
def test_a_month_that_is_none_says_so(accountant: Client, parcel: Consignment, month: str) -> None:
    response = accountant.get(address("invoices", parcel.producer), {"month": month})

    assert response.status_code == 200
    assert "field--error" in text_of(response)


# --- The receipt --------------------------------------------------------------------------------------------


def test_a_paid_order_has_a_receipt_and_an_unpaid_one_none(client: Client, parcel: Consignment) -> None:
    paid, unpaid = parcel.order, placed_order(sold_pack())

    response = client.get(reverse("receipt", args=[order_token(paid)]))

    assert response.content.startswith(b"%PDF")
    assert response["Cache-Control"]
    assert client.get(reverse("receipt", args=[order_token(unpaid)])).status_code == 404
    assert client.get(reverse("receipt", args=["OC-AAAA-AAAA.x"])).status_code == 404


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is written onto a PDF, piece by piece."""
    words: list[str] = []
    for name in ("cell", "multi_cell"):
        original = getattr(FPDF, name)

        def note(
            paper: FPDF, w: Any = None, h: Any = None, text: str = "", *, _do: Any = original, **how: Any
        ) -> Any:
            words.append(text.replace("\u00a0", " "))
            return _do(paper, w, h, text, **how)

        monkeypatch.setattr(FPDF, name, note)
    return words


def test_a_receipt_says_what_was_ordered_paid_and_sent_back(client: Client, written: list[str]) -> None:
    order = placed_order(sold_pack(price=100_000), payment_method="sandbox")
    consignment = order.consignments.get()
    call_webhook(webhook_body(make_payment(order), event_id="e1"))
    webhook_events_process_due()
    line = consignment.lines.get()
    refund_request(
        payment=payment_of(order),
        consignment=consignment,
        lines={line.pk: 1},
        with_delivery=False,
        reason="",
        key="k",
    )

    client.get(reverse("receipt", args=[order_token(order)]))

    assert f"Đơn {order.number}" in written
    assert consignment.producer.name in " ".join(written)
    for words, amount in (("Sản phẩm", "100.000 ₫"), ("Giao hàng", "21.000 ₫"), ("Tổng cộng", "121.000 ₫")):
        assert written[written.index(words) + 1] == amount
    [paid] = [words for words in written if words.startswith("Đã trả ngày")]
    assert written[written.index(paid) + 1] == "121.000 ₫"
    assert written[written.index("Đã trả lại") + 1] == "−100.000 ₫"


def test_a_receipt_names_the_way_by_which_money_really_came(client: Client, written: list[str]) -> None:
    """The buyer had chosen another way meanwhile; the card was faster."""
    order = placed_order(sold_pack(), payment_method="sandbox")
    make_paid(order, gateway="stripe")
    Order.objects.update(payment_method="transfer")

    client.get(reverse("receipt", args=[order_token(order)]))

    assert any("(Thẻ" in words for words in written)


def test_months_of_a_year_are_parted_at_midnight_here(parcel: Consignment) -> None:
    first = date(2026, 12, 1)
    Consignment.objects.update(delivered_at=start_of_day(first) - timedelta(seconds=1))
    assert len(invoices_of(parcel.producer, month=date(2026, 11, 15), terms=None)) == 1
    Consignment.objects.update(delivered_at=start_of_day(first))
    assert len(invoices_of(parcel.producer, month=date(2026, 12, 31), terms=None)) == 1
