"""What those who keep the money see: events of providers, disputes, money that goes back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from checkout.order.models import Order, PaymentState
from checkout.payment.events import REFUSED_BY_THE_BANK
from checkout.payment.models import Dispute, Payment, Refund, WebhookEvent
from checkout.payment.refunds import CANCELLED, OF_NO_USE, RETURNED, refund_request
from checkout.payment.services import webhook_events_process_due
from marketplace.accounts.models import StaffRole
from marketplace.audit.models import AuditEvent
from marketplace.money import format_dong
from tests.factories.payments import call_webhook, make_order, make_paid, make_payment, webhook_body
from tests.factories.people import account_with_proved_mail
from tests.factories.places import ProvinceFactory

pytestmark = pytest.mark.django_db


def desk(*provinces: str) -> Client:
    user = account_with_proved_mail(f"chi-{'-'.join(provinces)}@example.vn")
    role = StaffRole.objects.create(user=user, role=StaffRole.Role.ADMIN)
    role.provinces.set([ProvinceFactory(code=code) for code in provinces])
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, name: str, query: str = "", **kwargs: Any) -> str:
    answer = client.get(reverse(f"dashboard:{name}", kwargs=kwargs) + query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def order() -> Order:
    return make_order()


def heard(order: Order, event_id: str, kind: str = "payment.paid", **data: Any) -> WebhookEvent:
    payment = order.payments.first() or make_payment(order)
    call_webhook(webhook_body(payment, event_id=event_id, kind=kind, **data))
    webhook_events_process_due()
    return WebhookEvent.objects.get(event_id=event_id)


def test_events_are_found_by_order_state_and_provider(order: Order) -> None:
    heard(order, "evt-1", "payment.failed")
    failed = heard(order, "evt-2", amount=1)
    WebhookEvent.objects.filter(pk=failed.pk).update(state=WebhookEvent.State.FAILED)
    other = make_order(number="OC-7K3M-9QXD")
    heard(other, "evt-3")
    client = desk()

    def found(query: str) -> list[bool]:
        words = page(client, "payment-events", query)
        return [reverse("dashboard:payment-event", args=[event.pk]) in words for event in events]

    events = list(WebhookEvent.objects.order_by("pk"))
    assert found("") == [True, True, True]
    assert found(f"?q={other.number.lower()}") == [False, False, True]
    assert found("?state=failed") == [False, True, False]
    assert found("?q=evt-1") == [True, False, False]
    assert found("?gateway=stripe") == [False, False, False]
    assert "Không tìm thấy tin báo" in page(client, "payment-events", "?q=nothing")


def test_before_anything_was_heard_the_screen_says_so() -> None:
    client = desk()

    assert "Chưa có tin báo nào" in page(client, "payment-events")
    assert "Không có khiếu nại thẻ" in page(client, "disputes")


def test_the_list_costs_as_much_for_many_events_as_for_one(
    order: Order, django_assert_max_num_queries: Any
) -> None:
    client = desk()
    heard(order, "evt-0")
    page(client, "payment-events")
    with django_assert_max_num_queries(12) as one:
        page(client, "payment-events")
    queries = len(one)
    for number in range(1, 8):
        heard(order, f"evt-{number}", "payment.failed")

    with django_assert_max_num_queries(queries):
        page(client, "payment-events")


def test_an_event_that_failed_is_tried_again_and_counts_once(order: Order) -> None:
    """Another sum than ours came in; a person mends the payment and has the event tried again."""
    event = heard(order, "evt-1", amount=600_000)
    WebhookEvent.objects.update(state=WebhookEvent.State.FAILED, attempts=9)
    client = desk()
    assert "600000 đồng came in" in page(client, "payment-event", pk=event.pk)
    Payment.objects.update(amount=600_000)
    Order.objects.update(total_incl_tax=600_000)
    replay = reverse("dashboard:payment-event-replay", args=[event.pk])

    for _ in range(2):
        client.post(replay)
        webhook_events_process_due()

    event.refresh_from_db()
    order.refresh_from_db()
    assert event.state == WebhookEvent.State.PROCESSED
    assert (order.payment_state, order.paid_amount) == (PaymentState.PAID, 600_000)
    assert "Đã nhận tiền" in page(client, "payment-event", pk=event.pk)


def test_an_event_that_found_no_order_is_tried_again_once_there_is_one(order: Order) -> None:
    payment = make_payment(order, reference=None)
    number = order.number
    Order.objects.update(number="OC-7K3M-9QXD")
    call_webhook(webhook_body(payment, event_id="evt-1", reference="sp_theirs", order=number))
    for _try in range(2):
        WebhookEvent.objects.update(next_try_at=timezone.now())
        webhook_events_process_due()
    event = WebhookEvent.objects.get()
    assert (event.state, event.order) == (WebhookEvent.State.PROCESSED, None)
    client = desk()
    replay = reverse("dashboard:payment-event-replay", args=[event.pk])
    assert replay in page(client, "payment-event", pk=event.pk)

    Order.objects.update(number=number)
    client.post(replay)
    webhook_events_process_due()

    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID
    assert replay not in page(client, "payment-event", pk=event.pk)


def test_only_who_looks_after_all_provinces_sees_them(order: Order) -> None:
    event = heard(order, "evt-1")
    client = desk("68")

    for name, kwargs in [("payment-events", {}), ("payment-event", {"pk": event.pk}), ("disputes", {})]:
        assert client.get(reverse(f"dashboard:{name}", kwargs=kwargs)).status_code == 403
    assert client.post(reverse("dashboard:payment-event-replay", args=[event.pk])).status_code == 403


def test_a_dispute_stands_on_its_order_and_in_the_list(order: Order) -> None:
    payment = make_paid(order)
    Dispute.objects.create(
        payment=payment,
        reference="dp_1",
        amount=625_000,
        reason="fraudulent",
        state="open",
        answer_by=timezone.now(),
    )
    Payment.objects.update(disputed_amount=625_000)
    client = desk()

    assert "dp_1" in page(client, "disputes")
    words = page(client, "order", number=order.number)
    assert "đòi lại" in words
    assert reverse("dashboard:order-payment-refund", args=[order.number, payment.pk]) not in words
    assert f"{reverse('dashboard:payment-events')}?q={order.number}" in words


def test_a_dispute_that_wants_an_answer_stands_on_the_first_screen(order: Order) -> None:
    """An answer that comes too late loses the money."""
    until = timezone.now() + timedelta(days=5)
    Dispute.objects.create(
        payment=make_paid(order), reference="dp_1", amount=625_000, state="under_review", answer_by=until
    )
    client = desk()
    assert "khiếu nại thẻ cần trả lời" not in page(client, "programme")

    Dispute.objects.update(state=Dispute.State.OPEN)

    assert "khiếu nại thẻ cần trả lời" not in page(desk("68"), "programme"), "of all provinces alone"
    shown = page(client, "programme")
    assert "khiếu nại thẻ cần trả lời" in shown
    assert f"{timezone.localtime(until):%H:%M %d/%m/%Y}" in shown


def test_what_a_provider_refused_is_sent_by_bank_transfer(order: Order) -> None:
    refund = refund_request(payment=make_paid(order), reason="", key="a")
    Refund.objects.update(state=Refund.State.FAILED, error=REFUSED_BY_THE_BANK, reference="re_1")
    client = desk()
    path = reverse("dashboard:order-refund-transfer", args=[order.number, refund.pk])
    shown = page(client, "order", number=order.number)
    assert path in shown
    assert "ngân hàng của người mua từ chối" in shown

    client.post(path)

    refund.refresh_from_db()
    assert (refund.state, refund.error) == (Refund.State.TO_TRANSFER, "")
    assert "Chờ chuyển khoản" in page(client, "order", number=order.number)


def test_a_refund_that_is_no_longer_refused_is_left_as_it_is(order: Order) -> None:
    """Two tabs, or a provider that made it meanwhile: nothing is said to be done that wasn't."""
    refund = refund_request(payment=make_paid(order), reason="", key="a")
    Refund.objects.update(state=Refund.State.DONE, reference="re_1")
    client = desk()

    for name in ("order-refund-transfer", "order-refund-retry"):
        client.post(reverse(f"dashboard:{name}", args=[order.number, refund.pk]))
        assert "không còn làm được việc đó" in page(client, "order", number=order.number)

    refund.refresh_from_db()
    assert refund.state == Refund.State.DONE
    assert not AuditEvent.objects.filter(action__in=["refund.retried", "refund.turned"]).exists()


def test_what_came_back_from_the_buyers_bank_is_not_offered_the_same_way_again(order: Order) -> None:
    refund = refund_request(payment=make_paid(order), reason="", key="a")
    Refund.objects.update(state=Refund.State.FAILED, reference="re_1")

    shown = page(desk(), "order", number=order.number)

    assert reverse("dashboard:order-refund-retry", args=[order.number, refund.pk]) not in shown
    assert reverse("dashboard:order-refund-transfer", args=[order.number, refund.pk]) in shown


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (OF_NO_USE, "đơn hàng không cần khoản tiền này"),
        (CANCELLED, "đã huỷ trước khi gửi"),
        (RETURNED, "hàng quay lại"),
        ("Khách đổi ý", "Khách đổi ý"),
    ],
)
def test_why_money_goes_back_is_told_in_the_language_of_the_page(
    order: Order, reason: str, words: str
) -> None:
    refund_request(payment=make_paid(order), reason=reason, key="a")

    shown = page(desk(), "order", number=order.number)

    assert words in shown
    assert reason == words or reason not in shown
    assert shown.count("<h2>Thanh toán</h2>") == 1, "told once"


def test_the_sum_that_an_event_tells_of_is_written_as_money(order: Order) -> None:
    event = heard(order, "evt-1")

    shown = page(desk(), "payment-event", pk=event.pk).replace("&nbsp;", "\u00a0")

    assert format_dong(order.total_incl_tax) in shown


def test_the_log_says_what_was_sent_back_not_what_the_bank_holds(order: Order) -> None:
    payment = make_paid(order)
    Payment.objects.update(disputed_amount=600_000)
    rest = payment.amount - 600_000

    desk().post(
        reverse("dashboard:order-payment-refund", args=[order.number, payment.pk]),
        {"reason": "Đã thoả thuận"},
    )

    assert Refund.objects.get().amount == rest
    assert AuditEvent.objects.get(action="refund.requested").changes["amount"] == rest
