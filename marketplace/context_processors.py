"""What every template may know; nothing personal, so that public pages can be cached whole."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from marketplace.operator import operator


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the site's name and address, who runs it, and whether this is a demonstration."""
    return {
        "site_name": settings.OSCAR_SHOP_NAME,
        "site_url": settings.SITE_URL,
        "is_demonstration": settings.DEMONSTRATION,
        "operator": operator(),
    }
