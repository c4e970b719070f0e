"""What the frames of pages need: links in the other language, section links, the back office's menu."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import translate_url
from django.utils.dates import MONTHS
from django.utils.text import capfirst
from django.utils.translation import get_language

from marketplace.url_words import URL_WORDS

register = template.Library()


@register.simple_tag(takes_context=True)
def language_url(context: dict[str, Any], language: str) -> str:
    """Return this page's address in `language`; the language's home page where the page has no twin."""
    page = context.get("page")
    if page is not None and hasattr(page, "get_translations"):
        twin = page.get_translations(inclusive=True).live().filter(locale__language_code=language).first()
        return twin.get_url(context.get("request")) if twin else f"/{language}/"
    request = context.get("request")
    if request is None:
        return f"/{language}/"
    here = request.get_full_path()
    there = translate_url(here, language)
    return there if there != here or language == get_language() else f"/{language}/"


@register.simple_tag(takes_context=True)
def alternates(context: dict[str, Any]) -> list[tuple[str, str]]:
    """Return language and path of this page and its twins, Vietnamese first; nothing where it has no twin. A story costs one query."""
    page = context.get("page")
    if page is not None and hasattr(page, "get_translations"):
        request = context.get("request")
        twins = page.get_translations(inclusive=True).live().select_related("locale")
        found = {twin.locale.language_code: twin.get_url(request) for twin in twins}
    else:
        here = context["request"].get_full_path()
        found = {code: translate_url(here, code) for code, _name in settings.LANGUAGES}
    addresses = [(code, found[code]) for code, _name in settings.LANGUAGES if found.get(code)]
    return addresses if len(set(addresses)) > 1 else []


@register.inclusion_tag("components/ribbon.html")
def demonstration_ribbon() -> dict[str, bool]:
    """Draw the ribbon of a demonstration; needs no context, so that pages of errors carry it too."""
    return {"shown": settings.DEMONSTRATION}


@register.simple_tag
def section_url(word: str) -> str:
    """Return the address of a section of stories, such as `regions`, in the active language."""
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    return f"/{language}/{URL_WORDS[word][1 if language == 'en' else 0]}/"


@register.simple_tag(takes_context=True)
def work_navigation(context: dict[str, Any]) -> list[Any]:
    """Return the menu of the back office for whoever looks at it."""
    from marketplace.dashboard.navigation import navigation_for

    request = context["request"]
    return navigation_for(request, membership=getattr(request, "membership", None))


@register.simple_tag
def star_range(stars: int) -> range:
    """Return a range to draw that many stars."""
    return range(int(stars or 0))


@register.filter
def bound_attributes(field: Any, extra: str = "") -> Any:
    """Return a bound field's widget, tied to its help and its error for screen readers."""
    ids = []
    if field.help_text:
        ids.append(f"{field.auto_id}-help")
    if field.errors:
        ids.append(f"{field.auto_id}-error")
    attributes: dict[str, str] = {"aria-describedby": " ".join(ids)} if ids else {}
    if field.errors:
        attributes["aria-invalid"] = "true"
    return field.as_widget(attrs=attributes)


@register.filter
def first_input(field: Any) -> str:
    """Return the id to which a link to the field leads: of radio buttons the first, since the group has no label of its own."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.simple_tag
def error_line(field: Any, error: str) -> str:
    """Return an error with the field's name before it, unless the label is a sentence of its own."""
    label = str(field.label).strip()
    return str(error) if label.endswith(("?", ".")) else f"{label}: {error}"


@register.simple_tag
def month_name(number: int) -> str:
    """Return `Tháng 11` or `November` for a month from 1 to 12."""
    return capfirst(str(MONTHS[number]))


@register.filter
def pages_around(page: Any) -> list[Any]:
    """Return the numbers of a list's pages to offer: the first, the last, those around this one, `…` for the rest."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
