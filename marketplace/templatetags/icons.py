"""Lucide's icons, each drawn once a process: the library parses and writes its XML anew for every use.

Stands in the place of the library's own tags under their name, `{% load lucide %}`.
"""

from functools import lru_cache
from typing import Any

from django import template
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide as draw

register = template.Library()


@register.simple_tag
def lucide(name: str, *, size: int | None = 24, **attributes: Any) -> SafeString:
    """Return the inline SVG of an icon; `attributes` go to its root."""
    return _drawn(name, size, tuple(attributes.items()))


@lru_cache(maxsize=512)
def _drawn(name: str, size: int | None, attributes: tuple[tuple[str, Any], ...]) -> SafeString:
    return SafeString(draw(name, size=size, **dict(attributes)))
