"""The home page at its own explicit address, and the way there from `/`."""

from django.http import Http404, HttpRequest, HttpResponse
from wagtail.models import Locale

from cms.home.models import HomePage


def home(request: HttpRequest) -> HttpResponse:
    """Serve the live home page of the address's language, Vietnamese where that language has none."""
    pages = HomePage.objects.live().select_related("locale").order_by("path")
    by_language = {page.locale.language_code: page for page in pages}
    page = by_language.get(Locale.get_active().language_code) or next(iter(by_language.values()), None)
    if page is None:
        raise Http404("no home page yet")
    return page.serve(request)
