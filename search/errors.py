"""What can go wrong in search."""


class SearchError(Exception):
    """Anything that the search reports to its callers."""


class SearchUnavailable(SearchError):
    """The engine does not answer, or there is no index yet; pages say so and offer browsing."""


class IndexOutdated(SearchUnavailable):
    """The index in use was made by another release, in a form that this one doesn't read."""

    def __init__(self, index_name: str) -> None:
        super().__init__(
            f"the search index {index_name} was made by another release of the shop: run `manage.py search_rebuild` "
            "(a running worker does it by itself)"
        )


class RebuildRunning(SearchError):
    """Another rebuild is at work."""

    def __init__(self) -> None:
        super().__init__("another rebuild is at work; wait for it, its progress is in the back office")


class RebuildRefused(SearchError):
    """The new index is not right and was not put in use; says why."""
