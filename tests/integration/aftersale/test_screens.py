"""The pages of a case: the buyer's by the signed address, the producer's, the programme's."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from checkout.aftersale.decisions import case_refund, case_refuse
from checkout.aftersale.links import case_path
from checkout.aftersale.models import Case, CasePicture, Side
from checkout.aftersale.pictures import case_pictures_clean_due
from checkout.order.links import order_path, order_token
from checkout.order.models import Consignment, Order
from marketplace.accounts.models import StaffRole, User
from marketplace.clock import today
from tests.factories.aftersale import delivered_order, opened_case, paid_order, reason, shipped
from tests.factories.catalogue import NormalPriceFactory, PackFactory, StockFactory, sold_pack
from tests.factories.pictures import picture_upload
from tests.factories.places import ProvinceFactory
from tests.factories.producers import MembershipFactory

pytestmark = pytest.mark.django_db

State = Case.State


def open_path(order: Order) -> str:
    return reverse("aftersale:open", args=[order_token(order), order.consignments.get().pk])


def form_of(order: Order, **changed: object) -> dict[str, object]:
    line = order.lines.get()
    return {
        f"line_{line.pk}": 2,
        "reason": reason("damaged").pk,
        "description": "Hộp móp",
        "wish": "refund",
        "pictures": [picture_upload()],
        **changed,
    }


def member_of(case: Case) -> Client:
    client = Client()
    user = User.objects.create_user("htx@example.vn")
    client.force_login(MembershipFactory(user=user, producer=case.consignment.producer).user)
    return client


def admin(*provinces: str) -> Client:
    client = Client()
    user = User.objects.create_user("quan-tri@example.vn")
    StaffRole.objects.create(user=user, role="admin").provinces.set(
        ProvinceFactory(code=code) for code in provinces
    )
    client.force_login(user)
    return client


# --- The buyer -------------------------------------------------------------------------------------------------


def test_a_guest_opens_a_case_from_the_page_of_the_order(client: Client) -> None:
    order = delivered_order()

    page = client.get(order_path(order)).content.decode()
    answer = client.post(open_path(order), form_of(order), follow=True)

    case = Case.objects.get()
    assert open_path(order) in page
    assert answer.redirect_chain == [(case_path(case), 302)]
    assert "Chờ nhà sản xuất" in answer.content.decode()
    assert case_path(case) in client.get(order_path(order)).content.decode()


def test_before_delivery_the_page_offers_nothing_and_says_why(client: Client) -> None:
    order = shipped(paid_order())

    assert open_path(order) not in client.get(order_path(order)).content.decode()
    assert "Lúc này chưa trả hàng hay khiếu nại được" in client.get(open_path(order)).content.decode()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"pictures": []}, "Hãy thêm ít nhất một ảnh"),
        ({"description": ""}, "Chuyện thế nào?"),
        ({"reason": ""}, "Hàng bị sao?"),
    ],
)
def test_a_form_that_lacks_something_comes_back_with_what_was_typed(
    client: Client, changed: dict[str, object], words: str
) -> None:
    order = delivered_order()

    answer = client.post(open_path(order), form_of(order, **{"description": "Hộp móp", **changed}))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Case.objects.exists()


def test_no_packs_chosen_is_said_at_the_goods(client: Client) -> None:
    order = delivered_order()

    answer = client.post(open_path(order), form_of(order, **{f"line_{order.lines.get().pk}": 0}))

    assert answer.status_code == 422
    assert "Hãy chọn món hàng và số gói" in answer.content.decode()


def test_the_signed_address_of_another_order_opens_nothing(client: Client) -> None:
    case = opened_case()
    case_pictures_clean_due()
    token, picture = order_token(delivered_order()), CasePicture.objects.get()

    assert client.get(reverse("aftersale:case", args=[token, case.pk])).status_code == 404
    assert client.get(reverse("aftersale:picture", args=[token, picture.pk])).status_code == 404
    assert client.post(reverse("aftersale:withdraw", args=[token, case.pk])).status_code == 404
    assert client.get(reverse("aftersale:case", args=["x", case.pk])).status_code == 404


def test_pictures_open_for_those_who_work_on_the_case_and_not_from_the_media(client: Client) -> None:
    case = opened_case()
    picture = CasePicture.objects.get()
    token = order_token(case.consignment.order)
    address = reverse("aftersale:picture", args=[token, picture.pk])
    before = client.get(address).status_code
    case_pictures_clean_due()
    picture.refresh_from_db()

    shown = client.get(address)

    assert before == 404
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert "private" in shown.headers["Cache-Control"]
    assert b"".join(shown.streaming_content)[:3] == b"\xff\xd8\xff"  # type: ignore[attr-defined]
    assert client.get(f"/media/{picture.file.name}").status_code == 404


def test_the_buyer_writes_asks_the_programme_and_sends_back(client: Client) -> None:
    case = opened_case(code="wrong-goods")
    base = case_path(case)
    token = order_token(case.consignment.order)

    said = client.post(reverse("aftersale:message", args=[token, case.pk]), {"text": "Bao giờ ạ?"})
    case_refuse(case_id=case.pk, side=Side.PRODUCER, text="Không nhầm")
    asked = client.post(reverse("aftersale:appeal", args=[token, case.pk]), {"text": "Nhầm thật"})
    case_refund(case_id=case.pk, side=Side.PROGRAMME, packs={part.pk: 2 for part in case.lines.all()})
    page = client.get(base).content.decode()
    sent = client.post(reverse("aftersale:sent-back", args=[token, case.pk]), {"how": "VNPost 9"})

    case.refresh_from_db()
    assert [said.status_code, asked.status_code, sent.status_code] == [302, 302, 302]
    assert case.number in page
    assert "Bạn gửi lại hàng nhé" in page
    assert (case.state, case.goods_sent_how) == (State.AWAITING_GOODS, "VNPost 9")


def test_the_buyer_takes_a_case_back_once(client: Client) -> None:
    case = opened_case()
    withdraw = reverse("aftersale:withdraw", args=[order_token(case.consignment.order), case.pk])
    assert withdraw in client.get(case_path(case)).content.decode()

    answers = [client.post(withdraw, follow=True).content.decode() for _twice in range(2)]

    case.refresh_from_db()
    assert case.state == State.WITHDRAWN
    assert case.events.filter(to_state="withdrawn").count() == 1
    assert withdraw not in answers[0]


def test_an_empty_message_comes_back(client: Client) -> None:
    case = opened_case()

    answer = client.post(
        reverse("aftersale:message", args=[order_token(case.consignment.order), case.pk]), {"text": " "}
    )

    assert answer.status_code == 422


def test_the_page_of_an_order_costs_as_many_queries_with_many_cases_as_with_one(client: Client) -> None:
    pack = sold_pack(stock={"num_in_stock": 100})
    packs = [pack]
    for number in range(4):
        other = PackFactory(parent=pack.parent, title=f"Gói {number}")
        StockFactory(product=other)
        NormalPriceFactory(pack=other)
        packs.append(other)
    few, many = delivered_order(packs[0], quantity=1), delivered_order(*packs, quantity=1)
    opened_case(few, quantity=1)
    for line in many.lines.all():
        opened_case(many, packs={line.pk: 1})
    client.get(order_path(few))

    assert _queries_of(client, order_path(few)) == _queries_of(client, order_path(many)) <= 10


def _queries_of(client: Client, path: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return len(queries)


# --- The producer ----------------------------------------------------------------------------------------------


def test_the_producer_sees_the_days_left_on_today_in_the_list_and_on_the_case() -> None:
    case = opened_case()
    client, producer = member_of(case), {"producer_pk": case.consignment.producer_id}

    for name, more in (("today", {}), ("own-cases", {}), ("own-case", {"pk": case.pk})):
        page = client.get(reverse(f"dashboard:{name}", kwargs={**producer, **more})).content.decode()
        assert f"{case.answer_due_on:%d/%m/%Y}" in page, name


def test_the_producer_pays_back_from_the_page_of_the_case() -> None:
    case = opened_case()
    client = member_of(case)
    where = {"producer_pk": case.consignment.producer_id, "pk": case.pk}

    answer = client.post(
        reverse("dashboard:own-case-step", kwargs={**where, "step": "refund"}),
        {f"packs_{case.lines.get().pk}": 1, "text": "Xin lỗi bạn"},
        follow=True,
    )

    case.refresh_from_db()
    assert (case.state, case.refund.amount) == (State.REFUNDED, 150_000)
    assert "150.000" in answer.content.decode()


def test_goods_are_confirmed_with_their_condition() -> None:
    case = opened_case(code="wrong-goods")
    part = case.lines.get()
    case_refund(case_id=case.pk, side=Side.PRODUCER, packs={part.pk: 2})
    client = member_of(case)
    step = reverse(
        "dashboard:own-case-step",
        kwargs={"producer_pk": case.consignment.producer_id, "pk": case.pk, "step": "received"},
    )

    without = client.post(step, {f"packs_{part.pk}": 2, "text": ""})
    with_it = client.post(step, {f"packs_{part.pk}": 2, f"packs_{part.pk}_condition": "opened", "text": ""})

    part.refresh_from_db()
    assert (without.status_code, with_it.status_code) == (422, 302)
    assert (part.received_quantity, part.condition) == (2, "opened")


def test_a_refusal_without_words_comes_back() -> None:
    case = opened_case()
    client = member_of(case)

    answer = client.post(
        reverse(
            "dashboard:own-case-step",
            kwargs={"producer_pk": case.consignment.producer_id, "pk": case.pk, "step": "refuse"},
        ),
        {"text": ""},
    )

    case.refresh_from_db()
    assert (answer.status_code, case.state) == (422, State.OPEN)


def test_a_producer_cannot_dismiss_or_take_over() -> None:
    case = opened_case()
    Case.objects.filter(pk=case.pk).update(state=State.ESCALATED)
    client = member_of(case)
    where = {"producer_pk": case.consignment.producer_id, "pk": case.pk}

    for step in ("refuse", "settle", "take-over", "contest"):
        client.post(reverse("dashboard:own-case-step", kwargs={**where, "step": step}), {"text": "Không"})

    case.refresh_from_db()
    assert case.state == State.ESCALATED


# --- The programme ---------------------------------------------------------------------------------------------


def test_the_programme_decides_in_its_provinces() -> None:
    case = opened_case()
    Case.objects.filter(pk=case.pk).update(state=State.ESCALATED, answer_due_on=today() + timedelta(days=1))
    client = admin(str(Consignment.objects.get().producer.commune.province_id))

    today_page = client.get(reverse("dashboard:programme")).content.decode()
    listed = client.get(reverse("dashboard:cases") + "?show=programme").content.decode()
    client.post(
        reverse("dashboard:case-step", kwargs={"pk": case.pk, "step": "refuse"}), {"text": "Ảnh không rõ"}
    )

    case.refresh_from_db()
    assert "cần quyết định" in today_page
    assert case.number in listed
    assert case.state == State.DISMISSED


def test_the_programme_sees_nothing_of_other_provinces() -> None:
    case = opened_case()
    client = admin("01")

    assert case.number not in client.get(reverse("dashboard:cases")).content.decode()
    assert client.get(reverse("dashboard:case", kwargs={"pk": case.pk})).status_code == 404


def test_my_orders_say_where_a_case_is_open() -> None:
    buyer = User.objects.create_user("lan@example.vn")
    order = delivered_order()
    Order.objects.filter(pk=order.pk).update(user=buyer)
    opened_case(order)
    client = Client()
    client.force_login(buyer)

    for name in ("customer:home", "customer:orders"):
        assert "Đang trả hàng, khiếu nại" in client.get(reverse(name)).content.decode()


@pytest.mark.parametrize("desk", ["producer", "programme"])
def test_money_goes_back_only_with_the_second_factor(desk: str, settings: Settings) -> None:
    settings.MONEY_NEEDS_SECOND_FACTOR = True
    case = opened_case()
    where: dict[str, int] = {"pk": case.pk}
    if desk == "producer":
        where["producer_pk"] = case.consignment.producer_id
    client, name = (member_of(case), "own-case") if desk == "producer" else (admin(), "case")

    page = client.get(reverse(f"dashboard:{name}", kwargs=where)).content.decode()
    answer = client.post(
        reverse(f"dashboard:{name}-step", kwargs={**where, "step": "refund"}),
        {f"packs_{case.lines.get().pk}": 2, "text": ""},
    )
    client.post(reverse(f"dashboard:{name}-step", kwargs={**where, "step": "message"}), {"text": "Chào bạn"})

    case.refresh_from_db()
    assert (answer.status_code, case.state, case.refund) == (403, State.OPEN, None)
    assert case.events.last().text == "Chào bạn"
    assert reverse("mfa_activate_totp") in page, "said before anything is typed"


def test_the_rules_are_changed_from_a_day_on_by_administrators_of_all_provinces() -> None:
    client, local = admin(), Client()
    user = User.objects.create_user("tinh@example.vn")
    StaffRole.objects.create(user=user, role="admin").provinces.add(ProvinceFactory())
    local.force_login(user)
    held = reason("damaged")
    form = {
        name: getattr(held, name)
        for name in ("words_vi", "words_en", "kind", "when", "delivery_borne_by", "goods_back", "source")
    }
    address = reverse("dashboard:case-reason", kwargs={"pk": held.pk})

    too_early = client.post(address, {**form, "deadline_days": 14, "valid_from": "2026-01-02"})
    saved = client.post(address, {**form, "deadline_days": 14, "valid_from": today().isoformat()})

    assert (too_early.status_code, saved.status_code) == (200, 302)
    assert reason("damaged").deadline_days == 14
    assert local.get(address).status_code == 403
