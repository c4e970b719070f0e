"""The nudge after a commit."""

from django_tasks import task


@task()
def sandbox_deliveries_send() -> int:
    """Call the shop now instead of at the next sweep."""
    from checkout.payment.sandbox.services import sandbox_deliveries_send_due

    return sandbox_deliveries_send_due()
