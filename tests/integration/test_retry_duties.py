"""Duties that were given up, and how a person lets them be tried again."""

import io

import pytest
from django.core.management import call_command

from checkout.payment.models import WebhookEvent
from marketplace.notices.models import Notice
from marketplace.notices.services import notice_queue, notices_send_due

pytestmark = pytest.mark.django_db


def run(*args: str) -> list[str]:
    out = io.StringIO()
    call_command("retry_duties", *args, stdout=out)
    return out.getvalue().splitlines()


def test_shows_what_was_given_up_and_changes_nothing() -> None:
    WebhookEvent.objects.create(gateway="stripe", event_id="e1", kind="x", payload={}, state="failed")

    assert "webhook events: 1" in run()
    assert WebhookEvent.objects.get().state == "failed"


def test_lets_the_named_ones_be_tried_again() -> None:
    context = {"order_number": "A", "order_url": "https://shop.example/"}
    notice_queue(key="k", template="order_expired", language="vi", context=context, email="lan@example.com")
    Notice.objects.update(state="failed", attempts=9)

    assert run("notices") == ["notices: 1 will be tried again"]

    assert notices_send_due() == 1
