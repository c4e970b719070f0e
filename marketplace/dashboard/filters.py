"""What a list was narrowed by, for the links to its other pages."""

from django.http import HttpRequest


def filters_kept(request: HttpRequest) -> str:
    """Return the query string without the page, ending in `&` where there is one."""
    query = request.GET.copy()
    query.pop("page", None)
    return f"{query.urlencode()}&" if query else ""
