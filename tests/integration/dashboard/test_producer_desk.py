"""A producer's workplace: what to do today, each step of a consignment, price and stock, the note in the parcel."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from django.urls import reverse
from django.utils import translation
from fpdf import FPDF

from catalogue.certification.models import Certificate, ProgrammeRule
from catalogue.certification.programme import rule_book_forget
from catalogue.models import Product, ProductChange
from catalogue.pricing.models import NormalPrice
from catalogue.producers.models import StockRecord
from checkout.order.models import Consignment, Order, PaymentState
from checkout.order.services import (
    consignment_accept,
    consignment_cancel,
    consignment_deliver,
    consignment_pack,
    consignment_ship,
)
from checkout.payment.models import Payment, Refund
from checkout.payment.services import webhook_events_process_due
from marketplace.accounts.models import User
from marketplace.audit.models import AuditEvent
from marketplace.clock import today
from marketplace.dashboard.delivery_note import delivery_note_pdf
from marketplace.money import format_dong
from marketplace.notices.models import Notice
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order
from tests.factories.payments import call_webhook, make_payment, webhook_body
from tests.factories.producers import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["vi", "en"])
def language(request):
    with translation.override(request.param):
        yield request.param


@pytest.fixture
def pack() -> Product:
    return sold_pack(title="Trà Atiso Đà Lạt", price=150_000)


@pytest.fixture
def consignment(pack: Product) -> Consignment:
    return placed_order(pack, quantity=2).consignments.get()


@pytest.fixture
def client(pack: Product) -> Client:
    user = User.objects.create_user("chu@example.vn", full_name="Trần Thị Chủ")
    MembershipFactory(user=user, producer=pack.parent.producer)
    client = Client()
    client.force_login(user)
    return client


def screen(client: Client, name: str, pack: Product, **kwargs) -> str:
    path = reverse(f"dashboard:{name}", kwargs={"producer_pk": pack.parent.producer_id, **kwargs})
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def take(client: Client, consignment: Consignment, step: str, **typed: str) -> str:
    """Take a step and return the page that it leads to."""
    kwargs = {"producer_pk": consignment.producer_id, "pk": consignment.pk, "step": step}
    response = client.post(reverse("dashboard:consignment-step", kwargs=kwargs), typed, follow=True)
    consignment.refresh_from_db()
    return response.content.decode()


def stock_of(pack: Product) -> tuple[int, int]:
    record = StockRecord.objects.get(product=pack)
    return record.num_in_stock, record.num_allocated


def save(client: Client, pack: Product, **typed: int):
    kwargs = {"producer_pk": pack.parent.producer_id, "pk": pack.pk}
    return client.post(reverse("dashboard:pack", kwargs=kwargs), typed, follow=True)


def test_today_leads_to_the_order_that_waits(client, pack, consignment, language) -> None:
    page = screen(client, "today", pack)

    assert translation.gettext("orders to accept") in page
    assert "?state=placed" in page
    assert "300.000" in page, "the week's goods"


def test_today_counts_down_to_re_recognition_in_the_days_that_the_programme_sets(
    client: Client, pack: Product
) -> None:
    """200 and 150 days instead of the law's 180 and 120: nothing of them is code."""
    ProgrammeRule.objects.update(filing_opens_days=200, filing_closes_days=150)
    rule_book_forget()

    def todo(days: int) -> Tag | None:
        Certificate.objects.update(
            valid_until=today() + timedelta(days=days), in_force_until=today() + timedelta(days=days)
        )
        cards = BeautifulSoup(screen(client, "today", pack), "html.parser").select(".todo")
        return next((card for card in cards if pack.parent.title in card.get_text()), None)

    assert todo(201) is None
    for days, urgent in ((200, False), (150, False), (149, True)):
        card = todo(days)
        assert card is not None, days
        assert ("todo--urgent" in card["class"]) is urgent, days
    rule_book_forget()


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (135, "ngày nữa hết giấy chứng nhận: nộp hồ sơ chậm nhất ngày {last}"),
        (120, "ngày nữa hết giấy chứng nhận: nộp hồ sơ chậm nhất ngày {last}"),
        (119, "ngày nữa hết giấy chứng nhận: đã hết hạn nộp hồ sơ, hãy gọi cho tỉnh"),
    ],
)
def test_today_names_the_day_by_which_to_file_or_says_that_it_has_passed(
    client: Client, pack: Product, days: int, words: str
) -> None:
    end = today() + timedelta(days=days)
    Certificate.objects.update(valid_until=end, in_force_until=end)

    page = screen(client, "today", pack)

    assert words.format(last=f"{end - timedelta(days=120):%d/%m/%Y}") in page


def test_a_consignment_goes_from_placed_to_delivered(client, pack, consignment, language) -> None:
    assert consignment.number in screen(client, "consignments", pack)
    seen = []
    for step, typed in (
        ("accept", {}),
        ("pack", {}),
        ("ship", {"carrier": "Viettel Post", "tracking_number": "VT123"}),
        ("deliver", {}),
    ):
        page = take(client, consignment, step, **typed)
        seen.append(consignment.state)
        assert consignment.get_state_display() in page
        assert consignment.number in screen(client, "consignment", pack, pk=consignment.pk)

    assert seen == ["accepted", "packed", "shipped", "delivered"]
    assert (consignment.carrier, consignment.tracking_number) == ("Viettel Post", "VT123")
    assert [event.actor.full_name for event in consignment.events.exclude(from_state="")] == [
        "Trần Thị Chủ"
    ] * 4
    assert stock_of(pack) == (8, 0)
    consignment.order.refresh_from_db()
    assert consignment.order.payment_state == PaymentState.PAID, "the cash was taken at the door"


def test_who_hands_over_for_cash_confirms_the_sum_that_was_collected(
    client: Client, pack: Product, consignment: Consignment
) -> None:
    for step in (consignment_accept, consignment_pack, consignment_ship):
        step(consignment_id=consignment.pk)
    total = consignment.total

    asked = screen(client, "consignment", pack, pk=consignment.pk)
    take(client, consignment, "deliver")

    assert f"Người mua đã nhận và trả {format_dong(total)}" in asked
    event = AuditEvent.objects.get(action="consignment.delivered")
    assert event.changes == {"collected": total}
    payment = Payment.objects.get(consignment=consignment)
    assert (payment.amount, consignment.collected_by) == (total, "producer")


@pytest.mark.parametrize("why", ["paid before", "our carrier"])
def test_what_others_collected_is_not_the_producers_to_confirm(
    client: Client, pack: Product, consignment: Consignment, why: str
) -> None:
    for step in (consignment_accept, consignment_pack, consignment_ship):
        step(consignment_id=consignment.pk)
    if why == "our carrier":
        Consignment.objects.update(carried_by="platform")
    else:
        Order.objects.update(payment_state=PaymentState.PAID)

    asked = screen(client, "consignment", pack, pk=consignment.pk)
    take(client, consignment, "deliver")

    assert "Người mua đã nhận</button>" in asked
    assert AuditEvent.objects.get(action="consignment.delivered").changes == {}


def test_a_step_out_of_turn_changes_nothing_and_says_why(client, pack, consignment, language) -> None:
    page = take(client, consignment, "ship", carrier="Viettel Post")

    assert consignment.state == "placed"
    assert consignment.number in page
    assert "alert" in page


def test_shipping_asks_who_carries(client, consignment) -> None:
    take(client, consignment, "accept")
    take(client, consignment, "pack")
    kwargs = {"producer_pk": consignment.producer_id, "pk": consignment.pk, "step": "ship"}
    response = client.post(reverse("dashboard:consignment-step", kwargs=kwargs), {"tracking_number": "VT123"})

    consignment.refresh_from_db()
    assert (response.status_code, consignment.state) == (422, "packed")
    text = response.content.decode()
    assert 'id="ship-carrier-error"' in text
    assert 'value="VT123"' in text, "what was typed stays"


def test_an_unknown_step_is_not_found(client, consignment) -> None:
    kwargs = {"producer_pk": consignment.producer_id, "pk": consignment.pk, "step": "burn"}

    assert client.post(reverse("dashboard:consignment-step", kwargs=kwargs)).status_code == 404


def test_cancelling_gives_stock_and_money_back(client, pack) -> None:
    order = placed_order(pack, quantity=2, payment_method="sandbox")
    call_webhook(webhook_body(make_payment(order), event_id="evt_1"))
    webhook_events_process_due()
    consignment = order.consignments.get()
    assert stock_of(pack) == (10, 2)

    take(client, consignment, "cancel", reason="Hết hàng ở kho")

    assert consignment.state == "cancelled"
    assert stock_of(pack) == (10, 0)
    assert Refund.objects.get().amount == consignment.total
    assert Notice.objects.filter(template__contains="cancel").exists()


def test_cancelling_asks_for_a_reason(client, consignment) -> None:
    take(client, consignment, "cancel", reason="")

    assert consignment.state == "placed"


def test_price_and_stock_are_saved_recorded_and_sent_to_the_index(client, pack, language) -> None:
    ProductChange.objects.all().delete()

    page = save(client, pack, price=165_000, stock=25).content.decode()

    assert 'value="165.000"' in page
    assert stock_of(pack) == (25, 0)
    price = NormalPrice.objects.get(pack=pack, valid_until=None)
    assert (price.amount, price.source, price.changed_by.full_name) == (165_000, "producer", "Trần Thị Chủ")
    assert NormalPrice.objects.filter(pack=pack).count() == 2, "the former price stays in the history"
    assert ProductChange.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        {"price": 99_000, "stock": 1},  # two are promised
        {"price": 99_050, "stock": 10},
        {"price": -5, "stock": 10},
        {"price": 99_000, "stock": -1},
        {"price": 99_000},
    ],
)
def test_what_cannot_be_is_refused_whole_and_keeps_what_was_typed(client, pack, consignment, typed) -> None:
    response = save(client, pack, **typed)

    assert response.status_code == 422
    assert f'value="{typed["price"]}"' in response.content.decode()
    assert stock_of(pack) == (10, 2)
    assert NormalPrice.objects.get(pack=pack).amount == 150_000


def test_a_pack_without_stock_record_answers_plainly(client, pack) -> None:
    StockRecord.objects.all().delete()

    assert save(client, pack, price=99_000, stock=1).status_code == 404
    assert "Gói 500 g" in screen(client, "goods", pack)


def test_the_delivery_note_is_a_pdf_with_its_own_fonts(client, pack, consignment, language) -> None:
    kwargs = {"producer_pk": consignment.producer_id, "pk": consignment.pk}
    response = client.get(reverse("dashboard:delivery-note", kwargs=kwargs))

    assert response.headers["Content-Type"] == "application/pdf"
    assert consignment.number in response.headers["Content-Disposition"]
    assert response.content.startswith(b"%PDF-")
    assert len(re.findall(rb"/FontFile2 ", response.content)) == 2, "both weights are in the file"


@pytest.mark.parametrize(
    ("pickup", "steps"),
    [
        (False, {"accept": False, "pack": False, "ship": True, "deliver": True, "return": True}),
        (True, {"accept": False, "pack": True, "cancel": True}),
    ],
)
def test_the_screen_says_that_the_buyer_is_told_only_where_that_is_so(
    client: Client, pack: Product, language: str, pickup: bool, steps: dict[str, bool]
) -> None:
    pack.parent.producer.pickup_offered = pickup
    pack.parent.producer.save()
    pickups = frozenset({pack.parent.producer_id} if pickup else ())
    consignment = placed_order(pack, pickups=pickups).consignments.get()
    words = translation.gettext("Saved. The buyer is told.")

    for step, is_told in steps.items():
        Notice.objects.all().delete()
        page = take(client, consignment, step, carrier="Viettel Post", reason="Hết hàng")
        told = Notice.objects.filter(template__startswith="consignment_").exists()
        assert (words in page, told) == (is_told, is_told), step
        assert translation.gettext("Saved.") in page


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is written on the pages of PDFs, cell by cell."""
    words: list[str] = []

    def recorded(name: str) -> Any:
        original = getattr(FPDF, name)

        def record(page: FPDF, *args: Any, **kwargs: Any) -> Any:
            words.append(kwargs.get("text") or next((one for one in args if isinstance(one, str)), ""))
            return original(page, *args, **kwargs)

        return record

    for name in ("cell", "multi_cell"):
        monkeypatch.setattr(FPDF, name, recorded(name))
    return words


def note_of(consignment: Consignment, written: list[str]) -> str:
    """Return everything on the delivery note of a consignment."""
    written.clear()
    fresh = Consignment.objects.select_related("order", "shipping_address__commune__province").get(
        pk=consignment.pk
    )
    with translation.override("en"):
        delivery_note_pdf(fresh)
    return "\n".join(written)


def test_the_delivery_note_says_who_gets_what_and_what_to_collect(
    consignment: Consignment, written: list[str]
) -> None:
    note = note_of(consignment, written)

    for words in (
        consignment.number,
        consignment.producer.name,
        "Nguyễn Thị Lan\n0912 345 678",
        "12 Trần Phú",
        "Phường Xuân Hương - Đà Lạt",
        "Trà Atiso Đà Lạt · Gói 500 g",
        "300.000\u00a0₫",
    ):
        assert words in note
    assert f"To collect on delivery\n{format_dong(consignment.total)}" in note
    assert "Already paid" not in note


def test_the_delivery_note_of_a_paid_parcel_collects_nothing(pack: Product, written: list[str]) -> None:
    order = placed_order(pack, payment_method="sandbox")
    payment = make_payment(order)
    call_webhook(webhook_body(payment, event_id="e1"))
    webhook_events_process_due()
    consignment = order.consignments.get()

    paid = note_of(consignment, written)
    consignment_cancel(consignment_id=consignment.pk)
    refunded = note_of(consignment, written)

    assert ("Already paid" in paid, "To collect" in paid) == (True, False)
    assert ("Already paid" in refunded, "To collect" in refunded) == (False, False)


def test_cash_is_collected_until_it_is_handed_over_or_not_due(
    client: Client, pack: Product, consignment: Consignment, written: list[str], language: str
) -> None:
    collect = translation.gettext("To collect")

    def asked() -> set[bool]:
        """Return where cash is asked for: in the list, at the consignment, on the note."""
        return {
            collect in screen(client, "consignments", pack),
            collect in screen(client, "consignment", pack, pk=consignment.pk),
            "To collect" in note_of(consignment, written),
        }

    cancelled = placed_order(pack).consignments.get()
    consignment_cancel(consignment_id=cancelled.pk)
    assert "To collect" not in note_of(cancelled, written)
    assert asked() == {True}
    for step in (consignment_accept, consignment_pack, consignment_ship, consignment_deliver):
        step(consignment_id=consignment.pk)
    assert asked() == {False}


def test_the_season_is_set_where_the_goods_stand_and_buyers_read_it(client: Client, pack: Product) -> None:
    address = reverse(
        "dashboard:season", kwargs={"producer_pk": pack.parent.producer_id, "pk": pack.parent_id}
    )
    before = ProductChange.objects.filter(pk=pack.parent_id).values_list("version", flat=True).first() or 0

    half = client.post(address, {"season_first": "3", "season_last": ""})
    saved = client.post(address, {"season_first": "3", "season_last": "5"}, follow=True)

    assert half.status_code == 422
    assert "Chọn cả hai tháng, hoặc để trống cả hai." in half.content.decode()
    assert '<option value="3" selected>' in half.content.decode()
    assert saved.status_code == 200
    pack.parent.refresh_from_db()
    assert (pack.parent.season_first, pack.parent.season_last) == (3, 5)
    assert ProductChange.objects.get(pk=pack.parent_id).version == before + 1
    assert "Có từ tháng 3 đến tháng 5" in client.get(pack.parent.get_absolute_url()).content.decode()

    client.post(address, {"season_first": "", "season_last": ""})
    pack.parent.refresh_from_db()
    assert (pack.parent.season_first, pack.parent.season_last) == (None, None)


def test_goods_say_why_they_are_hidden_or_not_sold(client, pack, language) -> None:
    good = pack.parent
    assert translation.gettext("Not in the shop") not in screen(client, "goods", pack)

    StockRecord.objects.update(num_in_stock=0)
    text = screen(client, "goods", pack)
    assert translation.gettext("In the shop, but not on sale") in text
    assert translation.gettext("Out of stock.") in text
    good.certificates.update(state="withdrawn", in_force_until=date(2026, 8, 6))
    text = screen(client, "goods", pack)
    assert translation.gettext("Not in the shop") in text
    assert translation.gettext("Withdrawn") in text
    assert "state--good" not in text


@pytest.mark.parametrize("count", [2, 8])
def test_lists_cost_a_constant_number_of_queries(client, pack, count, django_assert_num_queries) -> None:
    for _number in range(count):
        more = sold_pack()
        more.parent.producer = pack.parent.producer
        more.parent.save()
        more.stockrecords.update(partner=pack.parent.producer)
        placed_order(more)
    screen(client, "goods", pack)  # reads the rules

    with django_assert_num_queries(10):
        screen(client, "goods", pack)
    with django_assert_num_queries(7):
        screen(client, "consignments", pack)
