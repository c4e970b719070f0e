"""Notices: queued with the change they tell of, sent once, put off when the way is blocked."""

import logging
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from django_tasks import default_task_backend
from pytest_django import Settings

from marketplace.clock import VIETNAM
from marketplace.duties import BACKOFF
from marketplace.notices import services
from marketplace.notices.adapters import Mail, MemorySms
from marketplace.notices.kinds import NOTICES
from marketplace.notices.models import Notice
from marketplace.notices.rendering import notice_render
from marketplace.notices.services import notice_queue, notices_send_due
from marketplace.notices.sms import sms_parts
from marketplace.tasks import do_duty

pytestmark = pytest.mark.django_db

LINES = [{"quantity": 3, "name": "Trà atiso & mật ong", "amount": 450_000}]
CONTEXT: dict[str, Any] = {
    "talk_url": "https://shop.example/vi/don-hang/7K2M-Q4XP/trao-doi/1/",
    "notices": [{"title": "Đơn <mới>", "url": "https://shop.example/vi/tai-khoan/thong-bao/1/"}],
    "more": 3,
    "list_url": "https://shop.example/vi/tai-khoan/thong-bao/",
    "choices_url": "https://shop.example/vi/tai-khoan/thong-bao/tuy-chon/",
    "answer_by": datetime(2026, 12, 8, 23, 59, tzinfo=VIETNAM),
    "account": "Vietcombank …6789",
    "accept_url": "https://shop.example/vi/tai-khoan/loi-moi/AbC:1u:xyz/",
    "invited_by": "Trần <Chủ>",
    "account_url": "https://cho-ocop.example.vn/vi/thanh-toan/hoan-tien/OC-7K3M-9QXD.AbCdEfGhIjKlMnOpQrSt/",
    "amount": 1_250_000,
    "answer_until": date(2026, 12, 1),
    "appeal_until": date(2026, 12, 15),
    "body": "Mở liên kết này: https://shop.example/x/?a=1&b=2",
    "by_producer": True,
    "by_programme": True,
    "carrier": "Vietnam Post",
    "case_number": "7K2M-Q4XP-2-K1",
    "case_url": "https://shop.example/vi/don-hang/7K2M-Q4XP/tra-hang-khieu-nai/1/",
    "cause": "late",
    "code": "123456",
    "consignment_number": "7K2M-Q4XP-2",
    "consignments": [
        {"producer": "HTX <Sương>", "lines": LINES, "delivery_charge": 30_000, "amount": 480_000}
    ],
    "count": 2,
    "closes_on": date(2026, 12, 8),
    "days": 135,
    "filing": "open",
    "opens_on": date(2026, 10, 9),
    "deadline": datetime(2026, 11, 24, 14, 30, tzinfo=VIETNAM),
    "dispatch_until": date(2026, 11, 25),
    "goods_until": date(2026, 12, 10),
    "good": "Trà atiso <hộp quà>",
    "good_url": "https://shop.example/vi/san-pham/tra-atiso-1/",
    "ground": "Lộ thông tin cá nhân",
    "has_rest": True,
    "holder": "HTX SUONG",
    "is_confirmed": True,
    "is_late": True,
    "is_paid": True,
    "is_unpaid": True,
    "lines": LINES,
    "lookup_url": "https://cho-ocop.example.vn/vi/don-hang/tra-cuu/",
    "missing": 61_000,
    "news": "message",
    "note": "Có số điện thoại",
    "offer": "Giảm 10 % trà <atiso>",
    "order_number": "7K2M-Q4XP",
    "order_url": "https://shop.example/vi/don-hang/7K2M-Q4XP/",
    "payment_url": "https://shop.example/vi/thanh-toan/1/",
    "pickup_address": "12 Trần Phú, Phường Xuân Hương - Đà Lạt, Lâm Đồng",
    "pickup_hours": "8:00–17:00",
    "producer": "HTX <Sương>",
    "producer_phone": "0263 382 2222",
    "reason": "Hết hàng",
    "review_url": "https://shop.example/vi/don-hang/7K2M-Q4XP/",
    "rules_url": "https://shop.example/vi/quy-dinh-danh-gia/",
    "stars": 4,
    "role": "Tài chính",
    "return_address": "12 Trần Phú, Phường Xuân Hương - Đà Lạt, Lâm Đồng",
    "state": "refunded",
    "subject": "Đặt lại mật khẩu",
    "until": datetime(2026, 11, 25, 14, 30, tzinfo=VIETNAM),
    "text": "Xin lỗi <bạn>",
    "tracking_number": "EA123456789VN",
    "usable_from": datetime(2026, 11, 26, 14, 30, tzinfo=VIETNAM),
    "work_url": "https://shop.example/vi/quan-ly/",
}


@pytest.fixture(autouse=True)
def _empty_sms_outbox() -> None:
    MemorySms.outbox.clear()


def queue(key: str = "order:1:expired", **changes: Any) -> int:
    values: dict[str, Any] = {
        "key": key,
        "template": "order_expired",
        "language": "en",
        "context": CONTEXT,
        "email": "lan@example.com",
        "phone": "+84912345678",
        **changes,
    }
    return notice_queue(**values)


def test_goes_by_whatever_the_person_has() -> None:
    assert queue("a", phone="") == 1
    assert queue("b", email=None) == 1
    assert queue("c") == 2
    assert queue("d", email="", phone=None) == 0

    assert set(Notice.objects.values_list("key", "recipient")) == {
        ("a:mail", "lan@example.com"),
        ("b:sms", "+84912345678"),
        ("c:mail", "lan@example.com"),
        ("c:sms", "+84912345678"),
    }


def test_without_an_sms_gateway_only_mail_goes_out(settings: Any) -> None:
    settings.SMS_ADAPTER = ""

    assert queue() == 1

    assert Notice.objects.get().channel == Notice.Channel.MAIL


def test_the_same_key_is_queued_once() -> None:
    queue()
    queue()

    assert Notice.objects.count() == 2


def test_a_rollback_takes_the_notice_with_it() -> None:
    def change_that_fails() -> None:
        with transaction.atomic():
            queue()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_that_fails()

    assert not Notice.objects.exists()


def test_a_mistake_shows_where_the_notice_is_queued() -> None:
    with pytest.raises(ValueError, match="no such notice: order_eaten"):
        queue(template="order_eaten")
    with pytest.raises(ValueError, match="order_expired lacks order_number, order_url"):
        queue(context={})


def test_one_nudge_a_transaction(django_capture_on_commit_callbacks: Any) -> None:
    before = len(default_task_backend.results)

    with django_capture_on_commit_callbacks(execute=True):
        queue("a")
        queue("b")

    assert len(default_task_backend.results) == before + 1
    assert default_task_backend.results[-1].args == ["marketplace.notices.services.notices_send_due"]


def test_a_nudge_does_the_duty_that_it_names() -> None:
    queue()

    assert do_duty.call("marketplace.notices.services.notices_send_due") == 2
    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}


def test_the_queue_runs_nothing_that_is_no_duty() -> None:
    with pytest.raises(LookupError, match="PERIODIC_JOBS"):
        do_duty.call("os.getpid")


def test_whatever_is_nudged_is_swept_too(settings: Settings) -> None:
    """Else the nudge would be refused by the worker, unseen."""
    nudged = re.compile(r"nudge_on_commit\((\w+)\)")
    for room in ("catalogue", "checkout", "cms", "marketplace", "search"):
        for path in (Path(settings.BASE_DIR) / room).rglob("*.py"):
            for name in nudged.findall(path.read_text(encoding="utf-8")):
                assert any(job.endswith(f".{name}") for job in settings.PERIODIC_JOBS), f"{path}: {name}"


def test_mail_has_text_and_html_and_a_name_of_its_own() -> None:
    queue(template="order_confirmed", phone="")

    assert notices_send_due() == 1

    [message] = mail.outbox
    assert message.to == ["lan@example.com"]
    assert message.subject == "Order 7K2M-Q4XP is confirmed"
    assert "3 × Trà atiso & mật ong: 450.000\u00a0₫" in message.body
    assert "HTX <Sương>" in message.body
    html, kind = message.alternatives[0]  # type: ignore[attr-defined]
    assert kind == "text/html"
    assert "HTX &lt;Sương&gt;" in html
    notice = Notice.objects.get()
    assert message.extra_headers["Message-ID"].startswith(f"<notice-{notice.pk}@")
    assert (notice.state, notice.attempts) == (Notice.State.SENT, 1)
    assert notice.sent_at is not None


def test_a_sent_notice_is_not_sent_again() -> None:
    queue()

    assert [notices_send_due(), notices_send_due()] == [2, 0]

    assert len(mail.outbox) == 1
    assert len(MemorySms.outbox) == 1


def test_a_blocked_way_puts_the_notice_off(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    queue(phone="")

    def refuse(self: Mail, message: Any) -> None:
        raise ConnectionRefusedError(f"cannot reach {message.recipient}")

    monkeypatch.setattr(Mail, "send", refuse)
    started = timezone.now()
    with caplog.at_level(logging.WARNING):
        assert notices_send_due() == 0

    notice = Notice.objects.get()
    assert (notice.state, notice.attempts, notice.error) == ("pending", 1, "ConnectionRefusedError")
    assert notice.next_try_at >= started + BACKOFF[0]
    assert "lan@example.com" not in caplog.text

    assert notices_send_due() == 0
    notice.refresh_from_db()
    assert notice.attempts == 1


def test_after_the_last_attempt_a_person_has_to_look(monkeypatch: pytest.MonkeyPatch) -> None:
    queue(phone="")
    monkeypatch.setattr(services, "notice_render", lambda notice: 1 / 0)

    for _ in range(len(BACKOFF) + 1):
        Notice.objects.update(next_try_at=timezone.now())
        notices_send_due()

    notice = Notice.objects.get()
    assert (notice.state, notice.attempts, notice.error) == ("failed", len(BACKOFF) + 1, "ZeroDivisionError")


def test_a_claimed_notice_is_left_to_its_worker_until_the_lease_ends() -> None:
    queue(phone="")
    Notice.objects.update(attempts=1, next_try_at=timezone.now() + timedelta(minutes=5))

    assert notices_send_due() == 0

    Notice.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
    assert notices_send_due() == 1


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("template", NOTICES)
def test_every_notice_can_be_written(template: str, language: str) -> None:
    context = {name: CONTEXT[name] for name in NOTICES[template]}
    queue(template=template, language=language, context=context)

    messages = {notice.channel: notice_render(notice) for notice in Notice.objects.all()}

    assert messages
    for channel, message in messages.items():
        assert message.text
        for words in (message.subject, message.text, message.html):
            assert "None" not in words
            assert "{{" not in words
        if channel == Notice.Channel.MAIL:
            assert message.subject
            assert f'<html lang="{language}">' in message.html
        else:
            assert sms_parts(message.text) == 1


def test_a_notice_without_words_for_mail_goes_by_text_message_alone() -> None:
    assert queue(template="phone_code", context={"code": "123456"}) == 1

    assert Notice.objects.get().channel == Notice.Channel.SMS


def test_what_was_said_is_not_kept() -> None:
    queue(template="phone_code", context={"code": "123456"})

    notices_send_due()

    assert "123456" in MemorySms.outbox[0].text
    assert Notice.objects.get().context == {}


def test_every_template_belongs_to_a_notice() -> None:
    folder = Path(__file__).parents[2] / "templates" / "notices"
    names = {path.name.split(".")[0] for path in folder.glob("*.*")} - {"layout"}

    assert names == NOTICES.keys()
