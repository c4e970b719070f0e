"""Nudges after a commit; the work itself is in the services."""

from django_tasks import task


@task()
def webhook_events_process() -> int:
    """Deal with stored events now instead of at the next sweep."""
    from checkout.payment.services import webhook_events_process_due

    return webhook_events_process_due()


@task()
def refunds_send() -> int:
    """Send refunds now instead of at the next sweep."""
    from checkout.payment.refunds import refunds_send_due

    return refunds_send_due()
