"""The nudge after a commit. What is to be done stands in rows (`marketplace.duties`); the sweep that does it stands in its room."""

from django.conf import settings
from django.utils.module_loading import import_string
from django_tasks import task


@task()
def do_duty(job: str) -> int:
    """Do one of `PERIODIC_JOBS`, named by its dotted path, now instead of at the next sweep; return what it returns.

    Raises LookupError for any other name: the queue must not decide what a worker runs.
    """
    if job not in settings.PERIODIC_JOBS:
        raise LookupError(f"{job} is none of PERIODIC_JOBS")
    return int(import_string(job)())
