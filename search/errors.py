"""What can go wrong in search."""


class SearchError(Exception):
    """Anything that the search reports to its callers."""


class SearchUnavailable(SearchError):
    """The engine does not answer, or there is no index yet; pages say so and offer browsing."""
