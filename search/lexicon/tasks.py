"""Nudges after a commit; the work itself is in `search.lexicon.reindexing`."""

from django_tasks import task


@task()
def lexicon_edits_apply() -> int:
    """Mark the goods of new edits now instead of at the next sweep."""
    from search.lexicon.reindexing import edits_apply_due

    return edits_apply_due()
