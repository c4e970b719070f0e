"""Returns and complaints: who may open one and until when, what is decided, what it costs, and that nothing happens twice."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from catalogue.errors import PictureRefused
from catalogue.producers.models import StockRecord
from checkout.aftersale.cases import ALLOWED, OPEN_STATES
from checkout.aftersale.deadlines import working_day_after, working_days_left
from checkout.aftersale.decisions import (
    Received,
    case_goods_contested,
    case_goods_received,
    case_refund,
    case_refuse,
    case_settle,
    case_take_over,
)
from checkout.aftersale.eligibility import offers_for, reasons_on
from checkout.aftersale.errors import CaseNotPossible, StepNotPossible
from checkout.aftersale.links import case_path
from checkout.aftersale.models import Case, CaseEvent, CaseLine, CasePicture, Reason, Side, Terms
from checkout.aftersale.overdue import cases_follow_up_due
from checkout.aftersale.pictures import case_pictures_clean_due
from checkout.aftersale.rules import reason_follow, terms_follow
from checkout.aftersale.services import (
    case_appeal,
    case_goods_sent,
    case_message,
    case_withdraw,
)
from checkout.order.models import Consignment, Order, PaymentState
from checkout.order.services import consignment_deliver
from checkout.payment.models import Refund
from checkout.settlement.models import LedgerEntry
from checkout.shipping.models import ClosedDays
from marketplace.accounts.models import StaffRole, User
from marketplace.clock import today
from marketplace.customer.services import AccountStillNeeded, account_delete, personal_data
from marketplace.notices.models import Notice
from tests.factories.aftersale import delivered_order, opened_case, paid_order, shipped
from tests.factories.catalogue import NormalPriceFactory, PackFactory, StockFactory, sold_pack
from tests.factories.orders import placed_order
from tests.factories.pictures import picture_upload
from tests.factories.producers import ProducerFactory

pytestmark = pytest.mark.django_db

State = Case.State


def told(template: str) -> int:
    return Notice.objects.filter(template=template).count()


def agreed(case: Case, *quantities: int) -> dict[int, int]:
    return dict(zip([part.pk for part in case.lines.all()], quantities, strict=True))


# --- Opening -----------------------------------------------------------------------------------------------


def test_a_case_waits_for_the_producer_three_working_days_and_both_sides_are_told() -> None:
    case = opened_case()

    assert (case.state, case.answer_due_on) == (State.OPEN, working_day_after(today(), count=3))
    assert [event.to_state for event in case.events.all()] == ["open"]
    assert (told("case_opened"), told("producer_case_new")) == (2, 1)


@pytest.mark.parametrize(
    ("opened", "last"),
    [
        (date(2026, 11, 23), date(2026, 11, 26)),  # Monday: Tuesday, Wednesday, Thursday
        (date(2026, 11, 26), date(2026, 12, 1)),  # Thursday: Friday, Monday, Tuesday
        (date(2026, 11, 28), date(2026, 12, 2)),  # Saturday: Monday, Tuesday, Wednesday
    ],
)
def test_weekends_are_no_working_days(opened: date, last: date) -> None:
    assert working_day_after(opened, count=3) == last


def test_public_holidays_are_no_working_days_and_a_producer_s_days_of_rest_are() -> None:
    holiday = date(2026, 12, 2)
    ClosedDays.objects.create(first_day=holiday, last_day=holiday, name="Nghỉ lễ")
    ClosedDays.objects.create(
        producer=ProducerFactory(), first_day=date(2026, 12, 1), last_day=date(2026, 12, 1), name="Kiểm kê"
    )

    assert working_day_after(date(2026, 11, 30), count=3) == date(2026, 12, 4)


def test_the_days_left_are_counted_down_to_nothing() -> None:
    last = date(2026, 12, 1)

    left = [working_days_left(last, on=last - timedelta(days=ago)) for ago in (5, 4, 3, 2, 1, 0, -1, -30)]

    assert left == [3, 2, 2, 2, 1, 0, 0, 0]


@pytest.mark.parametrize(("code", "days"), [("wrong-information", 30), ("damaged", 7), ("change-of-mind", 3)])
def test_each_reason_has_its_days_and_the_last_of_them_counts(code: str, days: int) -> None:
    order = delivered_order(days_ago=days)
    last_day = order.consignments.get()
    order_late = delivered_order(days_ago=days + 1)

    assert code in [offer.reason.code for offer in offers_for(last_day, reasons_on(today()), on=today())]
    with pytest.raises(CaseNotPossible):
        opened_case(order_late, code=code)


def test_before_delivery_nothing_is_offered_and_of_a_late_parcel_that_it_did_not_come() -> None:
    order = shipped(paid_order())
    consignment = order.consignments.get()
    reasons = reasons_on(today())

    before = offers_for(consignment, reasons, on=today())
    after = offers_for(consignment, reasons, on=consignment.delivery_until + timedelta(days=1))

    assert before == []
    assert [offer.reason.code for offer in after] == ["not-arrived", "other"]


def test_pictures_are_asked_for_where_the_reason_says_so_and_cleaned_of_everything() -> None:
    with pytest.raises(CaseNotPossible, match=r"ảnh|picture"):
        opened_case(pictures=[])
    case = opened_case()

    assert case_pictures_clean_due() == 1

    picture = CasePicture.objects.get(case=case)
    assert (picture.state, picture.upload.name) == ("done", "")
    assert picture.file.name.startswith("case_pictures/")
    assert (picture.width, picture.height) == (640, 480)


def test_a_file_that_is_no_picture_opens_nothing() -> None:
    upload = picture_upload("thiep-moi.jpg")
    upload.file.seek(0)
    upload.file.write(b"<html>")
    upload.file.seek(0)

    with pytest.raises(PictureRefused, match=r"thiep-moi\.jpg"):
        opened_case(pictures=[upload])

    assert not Case.objects.exists()


def test_more_packs_than_were_bought_open_nothing() -> None:
    with pytest.raises(CaseNotPossible):
        opened_case(quantity=4)


def test_of_one_line_one_case_is_open() -> None:
    order = delivered_order()
    first = opened_case(order, quantity=1)

    with pytest.raises(CaseNotPossible):
        opened_case(order, quantity=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseLine.objects.create(
            case=Case.objects.create(
                number="X",
                consignment=first.consignment,
                reason=first.reason,
                description="x",
                answer_due_on=today(),
            ),
            line=first.lines.get().line,
            quantity=1,
        )

    case_withdraw(case_id=first.pk)
    assert opened_case(order, quantity=1).number.endswith("-K2")


# --- Money ---------------------------------------------------------------------------------------------------


def test_packs_go_back_at_their_share_and_delivery_stays_while_the_buyer_keeps_something() -> None:
    order = delivered_order()
    case = opened_case(order)

    case_refund(case_id=case.pk, side=Side.PRODUCER, packs=agreed(case, 2))

    case.refresh_from_db()
    order.refresh_from_db()
    consignment = order.consignments.get()
    assert (case.state, case.refund.amount, case.decided_by) == (State.REFUNDED, 300_000, "producer")
    assert (consignment.refunded_amount, consignment.refunded_delivery) == (300_000, 0)
    assert order.payment_state == PaymentState.PARTLY_REFUNDED
    assert told("case_decided") == 2


def test_the_last_packs_take_delivery_with_them_and_no_more_than_was_paid_goes_back() -> None:
    order = delivered_order()
    for quantity in (2, 1):
        case = opened_case(order, quantity=quantity)
        case_refund(case_id=case.pk, side=Side.PRODUCER, packs=agreed(case, quantity))

    order.refresh_from_db()
    consignment = order.consignments.get()
    assert consignment.refunded_amount == consignment.total == order.refunded_amount
    assert order.payment_state == PaymentState.REFUNDED
    with pytest.raises(CaseNotPossible):
        opened_case(order, quantity=1)


def test_who_changes_their_mind_bears_delivery_and_sends_the_goods_back_first() -> None:
    order = delivered_order()
    case = opened_case(order, code="change-of-mind", quantity=3)

    case_refund(case_id=case.pk, side=Side.PRODUCER, packs=agreed(case, 3))
    case.refresh_from_db()
    waiting = case.state, case.goods_due_on, Refund.objects.count()
    case_goods_received(
        case_id=case.pk,
        side=Side.PRODUCER,
        received={part.pk: Received(3, "sellable") for part in case.lines.all()},
    )

    case.refresh_from_db()
    assert waiting == (State.AWAITING_GOODS, today() + timedelta(days=10), 0)
    assert (case.state, case.refund.amount) == (State.REFUNDED, 450_000)
    assert order.consignments.get().refunded_delivery == 0


def test_only_what_is_left_of_a_line_can_be_agreed_to() -> None:
    case = opened_case()

    with pytest.raises(StepNotPossible):
        case_refund(case_id=case.pk, side=Side.PRODUCER, packs=agreed(case, 3))
    with pytest.raises(StepNotPossible):
        case_refund(case_id=case.pk, side=Side.PRODUCER, packs=agreed(case, 0))

    case.refresh_from_db()
    assert case.state == State.OPEN
    assert not Refund.objects.exists()


def test_a_late_parcel_that_never_left_is_cancelled_with_all_its_money_and_its_stock() -> None:
    pack = sold_pack()
    order = paid_order(pack)
    order.consignments.update(delivery_until=today() - timedelta(days=1))
    case = opened_case(order, code="not-arrived", quantity=3)

    case_refund(case_id=case.pk, side=Side.PROGRAMME, packs=agreed(case, 3))

    case.refresh_from_db()
    consignment = order.consignments.get()
    assert (case.state, consignment.state) == (State.REFUNDED, Consignment.State.CANCELLED)
    assert case.refund.amount == consignment.total
    assert StockRecord.objects.get(product=pack).num_allocated == 0


# --- Goods that come back -------------------------------------------------------------------------------------


def test_goods_as_new_go_back_on_the_shelf_the_others_do_not() -> None:
    pack = sold_pack(stock={"num_in_stock": 3})
    good = pack.parent
    other = PackFactory(parent=good, title="Gói 250 g")
    StockFactory(product=other, num_in_stock=3)
    NormalPriceFactory(pack=other, amount=80_000)
    order = delivered_order(pack, other, quantity=2)
    case = opened_case(order, code="wrong-goods", quantity=2)
    case_refund(case_id=case.pk, side=Side.PRODUCER, packs=agreed(case, 2, 2))
    case_goods_sent(case_id=case.pk, how="Viettel Post 1")
    sellable, spoiled = [part.pk for part in case.lines.all()]

    case_goods_received(
        case_id=case.pk,
        side=Side.PRODUCER,
        received={sellable: Received(2, "sellable"), spoiled: Received(1, "spoiled")},
    )

    case.refresh_from_db()
    stock = dict(StockRecord.objects.values_list("product", "num_in_stock"))
    assert stock == {pack.pk: 3, other.pk: 1}
    assert case.refund.amount == 2 * 150_000 + 80_000


def test_more_than_was_agreed_cannot_come_back_and_a_condition_is_named() -> None:
    case = opened_case(code="wrong-goods")
    case_refund(case_id=case.pk, side=Side.PRODUCER, packs=agreed(case, 2))
    part = case.lines.get().pk

    for received in (Received(3, "sellable"), Received(1, ""), Received(0)):
        with pytest.raises(StepNotPossible):
            case_goods_received(case_id=case.pk, side=Side.PRODUCER, received={part: received})

    assert not Refund.objects.exists()


def test_a_producer_who_contests_what_came_back_leaves_it_to_the_programme() -> None:
    case = opened_case(code="wrong-goods")
    case_refund(case_id=case.pk, side=Side.PRODUCER, packs=agreed(case, 2))
    case_goods_sent(case_id=case.pk)

    case_goods_contested(case_id=case.pk, text="Hộp rỗng")
    case_refund(case_id=case.pk, side=Side.PROGRAMME, packs=agreed(case, 1))

    case.refresh_from_db()
    assert (case.state, case.refund.amount) == (State.REFUNDED, 150_000), "nothing is sent back twice"


# --- No, and what then ---------------------------------------------------------------------------------------


def test_a_refusal_may_be_taken_to_the_programme_whose_word_is_the_last() -> None:
    case = opened_case()
    case_refuse(case_id=case.pk, side=Side.PRODUCER, text="Hàng còn nguyên khi giao")
    case.refresh_from_db()
    until = case.appeal_until

    case_appeal(case_id=case.pk, text="Ảnh cho thấy hộp vỡ")
    case_refuse(case_id=case.pk, side=Side.PROGRAMME, text="Ảnh chụp hộp khác")

    case.refresh_from_db()
    assert until == today() + timedelta(days=15)
    assert (case.state, case.decided_by) == (State.DISMISSED, "programme")
    with pytest.raises(StepNotPossible):
        case_appeal(case_id=case.pk, text="Không đồng ý")


def test_after_the_days_to_ask_the_programme_a_refusal_stands() -> None:
    case = opened_case()
    case_refuse(case_id=case.pk, side=Side.PRODUCER, text="Không")
    Case.objects.filter(pk=case.pk).update(appeal_until=today() - timedelta(days=1))

    with pytest.raises(StepNotPossible):
        case_appeal(case_id=case.pk, text="Muộn")


def test_while_another_case_about_the_goods_is_open_an_old_one_cannot_be_taken_up_again() -> None:
    order = delivered_order()
    old = opened_case(order)
    case_refuse(case_id=old.pk, side=Side.PRODUCER, text="Không")
    opened_case(order, quantity=1)

    with pytest.raises(StepNotPossible):
        case_appeal(case_id=old.pk, text="Không đồng ý")


def test_how_long_an_answer_may_take_is_data_of_a_day() -> None:
    terms = Terms.objects.get()
    terms.answer_working_days, terms.valid_from = 1, today() + timedelta(days=1)
    terms_follow(terms=terms)
    assert opened_case().answer_due_on == working_day_after(today(), count=3), "from tomorrow on"

    terms.valid_from = today() - timedelta(days=1)
    with pytest.raises(CaseNotPossible):
        terms_follow(terms=terms)
    terms.valid_from = today()
    terms_follow(terms=terms)

    assert opened_case(delivered_order()).answer_due_on == working_day_after(today(), count=1)


def test_no_answer_in_time_hands_the_case_to_the_programme_once() -> None:
    admin = User.objects.create_user("quan-tri@example.vn")
    StaffRole.objects.create(user=admin, role="admin")
    case = opened_case()
    Case.objects.filter(pk=case.pk).update(answer_due_on=today() - timedelta(days=1))

    followed = [cases_follow_up_due(), cases_follow_up_due()]

    case.refresh_from_db()
    assert followed == [1, 0]
    assert (case.state, case.answer_due_on) == (State.ESCALATED, working_day_after(today(), count=3))
    assert told("staff_case_news") == 1
    assert case.events.last().side == Side.SYSTEM


def test_on_its_last_day_an_answer_is_still_in_time() -> None:
    case = opened_case()
    Case.objects.filter(pk=case.pk).update(answer_due_on=today())

    assert cases_follow_up_due() == 0


def test_goods_not_sent_back_end_the_case_and_goods_not_confirmed_hand_it_over() -> None:
    silent, sent = opened_case(code="wrong-goods"), opened_case(code="wrong-goods")
    for case in (silent, sent):
        case_refund(case_id=case.pk, side=Side.PRODUCER, packs=agreed(case, 2))
    case_goods_sent(case_id=sent.pk, how="VNPost 1")
    yesterday = today() - timedelta(days=1)
    Case.objects.filter(pk=silent.pk).update(goods_due_on=yesterday)
    Case.objects.filter(pk=sent.pk).update(goods_due_on=yesterday, answer_due_on=yesterday)

    assert cases_follow_up_due() == 2

    assert Case.objects.get(pk=silent.pk).state == State.LAPSED
    assert Case.objects.get(pk=sent.pk).state == State.ESCALATED
    assert told("case_lapsed") == 2


def test_the_programme_may_take_a_case_up_before_its_time() -> None:
    case = opened_case()

    case_take_over(case_id=case.pk)

    case.refresh_from_db()
    assert case.state == State.ESCALATED


def test_made_good_another_way_needs_words_and_may_still_be_taken_to_the_programme() -> None:
    case = opened_case()
    with pytest.raises(StepNotPossible):
        case_settle(case_id=case.pk, side=Side.PRODUCER, text=" ")

    case_settle(case_id=case.pk, side=Side.PRODUCER, text="Gửi hai hộp mới hôm nay")
    case_appeal(case_id=case.pk, text="Hộp mới không đến")

    case.refresh_from_db()
    assert case.state == State.ESCALATED


# --- Words, and what is kept of them --------------------------------------------------------------------------


def test_messages_reach_the_other_sides_and_a_closed_case_takes_none_of_the_buyer() -> None:
    case = opened_case()
    case_message(case_id=case.pk, side=Side.BUYER, text="Bao giờ trả lời?")
    case_message(case_id=case.pk, side=Side.PRODUCER, text="Chiều nay ạ", pictures=[picture_upload()])
    case_withdraw(case_id=case.pk)

    assert (told("case_message"), told("producer_case_news")) == (2, 2)
    with pytest.raises(StepNotPossible):
        case_message(case_id=case.pk, side=Side.BUYER, text="Còn đó không?")


def test_what_was_said_and_done_is_only_added_to_and_people_can_be_forgotten() -> None:
    member = User.objects.create_user("htx@example.vn")
    case = opened_case()
    event = case_message(case_id=case.pk, side=Side.PRODUCER, text="Xin lỗi", actor=member)

    with pytest.raises(IntegrityError), transaction.atomic():
        CaseEvent.objects.filter(pk=event.pk).update(text="Không xin lỗi")
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseEvent.objects.filter(pk=event.pk)._raw_delete("default")
    member.delete()

    event.refresh_from_db()
    assert (event.actor, event.text) == (None, "Xin lỗi")


def test_every_state_has_its_steps_and_only_open_ones_hold_the_goods() -> None:
    assert set(ALLOWED) == set(State.values)
    assert {state for state, steps in ALLOWED.items() if State.WITHDRAWN in steps} == set(OPEN_STATES)


@pytest.mark.parametrize(
    ("step", "how"),
    [
        (case_refund, {"packs": {}}),
        (case_settle, {"text": "Gửi lại"}),
        (case_refuse, {"text": "Không"}),
    ],
)
def test_nothing_is_decided_twice(step: Any, how: dict[str, Any]) -> None:
    case = opened_case()
    case_refund(case_id=case.pk, side=Side.PRODUCER, packs=agreed(case, 2))

    with pytest.raises(StepNotPossible):
        step(case_id=case.pk, side=Side.PRODUCER, **how)

    assert Refund.objects.count() == 1


def test_unpaid_goods_have_nothing_to_send_back() -> None:
    order = shipped(paid_order())
    order.consignments.update(delivery_until=today() - timedelta(days=1))
    case = opened_case(order, code="not-arrived")
    type(order).objects.filter(pk=order.pk).update(settled_by=None)

    with pytest.raises(StepNotPossible):
        case_refund(case_id=case.pk, side=Side.PRODUCER, packs=agreed(case, 2))


# --- With the rest of the till ---------------------------------------------------------------------------------


def test_cash_goes_back_by_transfer_to_an_account_that_the_buyer_names() -> None:
    order = shipped(placed_order(sold_pack(), quantity=3))
    consignment_deliver(consignment_id=order.consignments.get().pk)
    case = opened_case(order)

    case_refund(case_id=case.pk, side=Side.PRODUCER, packs=agreed(case, 2))

    case.refresh_from_db()
    assert (case.refund.amount, case.refund.state) == (300_000, Refund.State.TO_TRANSFER)
    assert case.refund.payment.gateway == "cash"
    page = Client().get(case_path(case)).content.decode()
    assert "300.000 ₫ được hoàn cho bạn bằng chuyển khoản" in page.replace("\xa0", " ")
    assert "theo cách đã thanh toán" not in page


def test_the_ledger_takes_the_sale_back_with_the_packs() -> None:
    case = opened_case()

    case_refund(case_id=case.pk, side=Side.PRODUCER, packs=agreed(case, 2))

    case.refresh_from_db()
    entry = LedgerEntry.objects.get(key=f"refund:{case.refund.pk}:decided")
    assert entry.consignment == case.consignment
    assert sum(posting.amount for posting in entry.postings.all()) == 0


def test_a_reason_that_is_changed_leaves_open_cases_their_own() -> None:
    case = opened_case()
    before = case.reason
    following = Reason.objects.get(pk=before.pk)
    following.deadline_days, following.valid_from = 2, today() + timedelta(days=1)

    reason_follow(reason=following)

    case.refresh_from_db()
    before.refresh_from_db()
    offered = {
        day: [one.deadline_days for one in reasons_on(day) if one.code == before.code]
        for day in (today(), today() + timedelta(days=1))
    }
    assert (case.reason_id, case.reason.deadline_days) == (before.pk, 7)
    assert list(offered.values()) == [[7], [2]]
    assert before.valid_until == today()


def test_a_reason_by_which_a_case_was_opened_today_is_not_taken_back_today() -> None:
    following = Reason.objects.get(pk=opened_case().reason_id)
    following.valid_from = today()
    first = reason_follow(reason=following)
    opened_case(delivered_order())
    again = Reason.objects.get(pk=first.pk)

    with pytest.raises(CaseNotPossible):
        reason_follow(reason=again)
    again.valid_from = today() - timedelta(days=1)
    with pytest.raises(CaseNotPossible):
        reason_follow(reason=again)


def test_an_account_with_an_open_case_is_still_needed() -> None:
    buyer = User.objects.create_user("lan@example.vn")
    order = delivered_order()
    Order.objects.filter(pk=order.pk).update(user=buyer)
    case = opened_case(order)

    with pytest.raises(AccountStillNeeded):
        account_delete(user=buyer)
    said = personal_data(buyer)["cases"]
    case_withdraw(case_id=case.pk)
    account_delete(user=buyer)

    assert [one["description"] for one in said] == ["Hộp bị móp, trà đổ ra ngoài."]
