"""Runs rounds in the background. The row is the duty; a task only nudges."""

from django_tasks import task

from checkout.settlement.reconciliation.services import reconciliations_run


@task(queue_name="imports")
def run_reconciliations() -> int:
    """Do the rounds that are due."""
    return reconciliations_run()
