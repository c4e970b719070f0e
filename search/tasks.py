"""Long looks at the index, off the request; the work itself is in `search.checking`."""

from django_tasks import task


@task()
def check_search_index(*, mend: bool) -> int:
    """Compare the index with the database; return how many goods differ still."""
    from search.checking import check_index

    report = check_index(mend=mend)
    return report.differences - report.mended
