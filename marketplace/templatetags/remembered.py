"""Components rendered once for the same inputs.

A component depends on its inputs and the language alone, so its HTML can be kept by them: a card that stands on many pages is
drawn once a process. Whatever changes on it changes an input.
"""

from collections.abc import Hashable
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

#: Pieces of HTML that a process keeps; a card takes two to three kilobytes.
MOST_KEPT = 4_096


@register.simple_tag
def remembered(template_name: str, **inputs: Any) -> SafeString:
    """Return the component `template_name` with `inputs` and nothing else, as `include … only` would.

    The inputs must be hashable. Their types belong to the key: a safe text equals an unsafe one of the same letters.
    """
    if settings.DEBUG:  # templates are being worked on
        return render_to_string(template_name, inputs)
    return _rendered(
        template_name, get_language(), tuple((name, type(value), value) for name, value in inputs.items())
    )


@lru_cache(maxsize=MOST_KEPT)
def _rendered(
    template_name: str, _language: str | None, inputs: tuple[tuple[str, type, Hashable], ...]
) -> SafeString:
    return render_to_string(template_name, {name: value for name, _, value in inputs})
