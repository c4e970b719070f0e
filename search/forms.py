"""In which form goods come (fresh, dried, tea bags …), as visitors can narrow by it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from search.text import is_bare, words
from search.wording import forms_in

_CHOICES: Final = Path(__file__).parent / "data" / "form_choices.toml"


def forms_of(texts: Iterable[str | None]) -> tuple[str, ...]:
    """Return the keys of the forms that any of the texts says, with those that they imply, in order."""
    return tuple(sorted({form for text in texts if text for form in said_forms(text)}))


def form_choices(language: str) -> dict[str, str]:
    """Return the forms that visitors can narrow by, with their names, in the order of the filter."""
    return {choice["key"]: choice[language if language in choice else "vi"] for choice in _choices()}


@lru_cache(maxsize=4_096)
def said_forms(text: str) -> tuple[str, ...]:
    """Return the keys of the forms that a text says, each followed by those that it implies, in the order of the text."""
    spans = forms_in(words(text), lenient=is_bare(text))
    return tuple(dict.fromkeys(key for span in spans for key in (span.meaning.key, *span.meaning.implied)))


@cache
def _choices() -> tuple[dict[str, str], ...]:
    return tuple(tomllib.loads(_CHOICES.read_text(encoding="utf-8"))["choice"])
