"""Runs queued imports in the background. The record in the database is the duty; a task only nudges."""

from django_tasks import task

from catalogue.certification.imports.services import import_preview_queued, import_run_queued


@task(queue_name="imports")
def run_import(pk: int) -> None:
    """Run the import with this id."""
    import_run_queued(pk=pk)


@task(queue_name="imports")
def preview_import(pk: int) -> None:
    """Preview a file too long for a request."""
    import_preview_queued(pk=pk)
