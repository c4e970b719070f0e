"""Cases at the same moment, on PostgreSQL: one case a line, one refund a case, one end."""

import pytest

from catalogue.models import Product
from catalogue.producers.models import StockRecord
from catalogue.reviews.models import ProductReview
from checkout.aftersale.decisions import Received, case_goods_received, case_refund, case_refuse
from checkout.aftersale.errors import CaseNotPossible, ReviewNotPossible, StepNotPossible
from checkout.aftersale.models import Case, CaseLine, Side
from checkout.aftersale.overdue import cases_follow_up_due
from checkout.aftersale.reviews import review_write
from checkout.aftersale.services import case_withdraw
from checkout.order.services import consignment_return
from checkout.payment.models import Refund
from marketplace.clock import today
from tests.concurrency.together import at_once
from tests.factories.aftersale import delivered_order, opened_case
from tests.factories.catalogue import sold_pack

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_ten_taps_open_one_case_about_a_line() -> None:
    order = delivered_order()

    opened = at_once(*[lambda: opened_case(order, code="other", quantity=1, pictures=[])] * 10)

    assert [type(one) for one in opened].count(Case) == 1
    assert all(isinstance(one, Case | CaseNotPossible) for one in opened)
    assert CaseLine.objects.filter(is_open=True).count() == 1


def test_refund_refusal_and_withdrawal_at_once_end_a_case_once() -> None:
    order = delivered_order()
    case = opened_case(order, pictures=[], code="other")
    packs = {part.pk: 2 for part in case.lines.all()}

    ends = at_once(
        *[
            lambda: case_refund(case_id=case.pk, side=Side.PRODUCER, packs=packs),
            lambda: case_refuse(case_id=case.pk, side=Side.PRODUCER, text="Không"),
            lambda: case_withdraw(case_id=case.pk),
        ]
        * 3
    )

    case.refresh_from_db()
    assert [type(one) for one in ends].count(StepNotPossible) == 8
    assert Refund.objects.count() == (case.state == Case.State.REFUNDED)


def test_goods_confirmed_ten_times_at_once_are_put_back_and_paid_back_once() -> None:
    case = opened_case(delivered_order(), code="change-of-mind", pictures=[])
    part = case.lines.get()
    before = StockRecord.objects.get().num_in_stock
    case_refund(case_id=case.pk, side=Side.PRODUCER, packs={part.pk: 2})

    at_once(
        *[
            lambda: case_goods_received(
                case_id=case.pk, side=Side.PRODUCER, received={part.pk: Received(2, "sellable")}
            )
        ]
        * 10
    )

    assert StockRecord.objects.get().num_in_stock == before + 2
    assert Refund.objects.count() == 1


def test_a_whole_return_and_a_case_s_refund_at_once_send_back_what_was_paid() -> None:
    order = delivered_order()
    consignment = order.consignments.get()
    case = opened_case(order, code="other", pictures=[])
    packs = {part.pk: 2 for part in case.lines.all()}

    at_once(
        lambda: case_refund(case_id=case.pk, side=Side.PRODUCER, packs=packs),
        lambda: consignment_return(consignment_id=consignment.pk),
    )

    consignment.refresh_from_db()
    assert consignment.refunded_amount == consignment.total
    assert sum(refund.amount for refund in Refund.objects.all()) == consignment.total


def test_four_workers_hand_a_late_case_over_once() -> None:
    case = opened_case(pictures=[], code="other")
    Case.objects.filter(pk=case.pk).update(answer_due_on=today().replace(year=2025))

    followed = at_once(*[cases_follow_up_due] * 4)

    assert sum(followed) == 1
    assert case.events.filter(to_state="escalated").count() == 1


def test_ten_reviews_of_one_purchase_at_once_are_one_and_the_mean_counts_it_once() -> None:
    line = delivered_order(quantity=1).lines.get()

    written = at_once(*[lambda: review_write(line_id=line.pk, stars=4)] * 10)

    good = Product.objects.get(pk=line.product.parent_id)
    assert [type(one) for one in written].count(ProductReview) == 1
    assert all(isinstance(one, ProductReview | ReviewNotPossible) for one in written)
    assert (good.review_count, good.rating) == (1, 4.0)


def test_reviews_of_one_good_at_once_are_all_counted() -> None:
    pack = sold_pack(stock={"num_in_stock": 50})
    lines = [delivered_order(pack, quantity=1).lines.get().pk for _number in range(8)]

    at_once(
        *[
            lambda pk=pk, stars=1 + number % 5: review_write(line_id=pk, stars=stars)
            for number, pk in enumerate(lines)
        ]
    )

    good = Product.objects.get(pk=pack.parent_id)
    assert (good.review_count, good.rating) == (8, 2.63)
