"""The nudge after a commit; the work itself is in `services`."""

from django_tasks import task


@task()
def notices_send() -> int:
    """Send what is due now instead of at the next sweep."""
    from marketplace.notices.services import notices_send_due

    return notices_send_due()
