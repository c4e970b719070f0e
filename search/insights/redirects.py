"""Texts that lead to a page instead of a list: asked at each search, so all of them lie in the cache."""

from __future__ import annotations

from datetime import date
from typing import Final
from urllib.parse import urlsplit

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from marketplace.clock import today
from search.models import SearchRedirect
from search.text import words

_KEY: Final = "search-redirects"
_LIFE: Final = 10 * 60


def redirect_key(text: str) -> str:
    """Return the form in which texts are compared: words without marks, one space between."""
    return " ".join(word.folded for word in words(text))


def redirect_for(text: str, *, language: str) -> str | None:
    """Return the path that a searched text leads to today, or None. One read of the cache."""
    table: dict[str, tuple[str, str, date | None]] | None = cache.get(_KEY)
    if table is None:
        rows = SearchRedirect.objects.values_list("key", "path_vi", "path_en", "ends_on")
        table = {key: (path_vi, path_en, ends_on) for key, path_vi, path_en, ends_on in rows}
        cache.set(_KEY, table, timeout=_LIFE)
    found = table.get(redirect_key(text)) if table else None
    if found is None:
        return None
    path_vi, path_en, ends_on = found
    if ends_on is not None and ends_on < today():
        return None
    return path_vi if language == "vi" else path_en or None


def redirect_save(redirect: SearchRedirect) -> SearchRedirect:
    """Keep a redirect; it is in force on every machine at once.

    Raises ValidationError, by field, for a text without words, one that leads somewhere already, or an address that isn't a page here.
    """
    redirect.key = redirect_key(redirect.text)[:120]
    faults: dict[str, str] = {}
    if not redirect.key:
        faults["text"] = _("Type at least one word.")
    elif SearchRedirect.objects.exclude(pk=redirect.pk).filter(key=redirect.key).exists():
        faults["text"] = _("This text leads to a page already; change that one.")
    for name, language in (("path_vi", "vi"), ("path_en", "en")):
        if (path := getattr(redirect, name)) or name == "path_vi":
            try:
                check_page(path, language)
            except ValidationError as fault:
                faults[name] = str(fault.message)
    if faults:
        raise ValidationError(faults)
    with transaction.atomic():
        redirect.save()
        transaction.on_commit(forget_redirects)
    return redirect


def redirect_delete(redirect: SearchRedirect) -> None:
    """Let a text find goods again."""
    with transaction.atomic():
        redirect.delete()
        transaction.on_commit(forget_redirects)


def forget_redirects() -> None:
    """Let the next search read the redirects anew."""
    cache.delete(_KEY)


def check_page(path: str, language: str) -> str:
    """Return `path` where it is an address of this shop in `language`. Raises ValidationError.

    One that Wagtail answers is taken on trust: pages come and go.
    """
    parts = urlsplit(path)
    is_ours = not parts.scheme and not parts.netloc and "\\" not in path
    if is_ours and parts.path.startswith(f"/{language}/"):
        try:
            resolve(parts.path)
        except Resolver404:
            pass
        else:
            return path
    raise ValidationError(
        _("Not a page of this shop: copy its address from the browser, it begins with /%(language)s/.")
        % {"language": language}
    )
