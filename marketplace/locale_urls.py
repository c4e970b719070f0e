"""Addresses under `/vi/` and `/en/` whose words follow the language."""

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver
from django.utils import translation
from django.utils.functional import lazy

from marketplace.url_words import URL_WORDS

_WORD = re.compile(r"\{([a-z-]+)\}")


def _translate_route(template: str) -> str:
    position = 1 if (translation.get_language() or "vi").startswith("en") else 0
    return _WORD.sub(lambda match: URL_WORDS[match[1]][position], template)


_lazy_route = lazy(_translate_route, str)


def localized_path(
    route: str, view: Any, kwargs: dict[str, Any] | None = None, name: str | None = None
) -> Any:
    """Return `django.urls.path` for `route`, in which `{key}` stands for a word of `URL_WORDS`.

    `localized_path("{products}/<slug:slug>/", view)` answers at `/vi/san-pham/…` and `/en/products/…`.
    """
    for key in _WORD.findall(route):
        if key not in URL_WORDS:
            raise KeyError(f"no such address word: {key}")
    pattern: URLPattern | URLResolver = path(_lazy_route(route), view, kwargs, name)  # type: ignore[arg-type]
    return pattern


class UrlLocaleMiddleware(LocaleMiddleware):
    """Take the language from the address alone, else Vietnamese.

    Django's own middleware also reads a cookie and Accept-Language, which makes pages vary by visitor; these pages are
    cached whole. An address without a language (a webhook, a health check) speaks Vietnamese.
    """

    def process_request(self, request: HttpRequest) -> None:
        language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response
