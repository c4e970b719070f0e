"""Texts of the catalogue in both languages, where rows are read by `values()` and modeltranslation doesn't help."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.db.models import Model
from modeltranslation.fields import TranslationField

FALLBACK = "vi"
LANGUAGES = ("vi", "en")
#: What is told of a good, in the order in which its page tells it.
TEXT_FIELDS = ("description", "ingredients", "origin", "usage")


def text_in(row: Mapping[str, Any], field: str, language: str) -> str:
    """Return `field` of `row` in `language`, else in Vietnamese; `row` holds `<field>_vi` and `<field>_en`."""
    return row.get(f"{field}_{language}") or row.get(f"{field}_{FALLBACK}") or ""


@cache
def no_texts(model: type[Model]) -> dict[str, Any]:
    """Return what the translated fields of `model` hold where nothing is said, to make many rows of it.

    Left to itself, modeltranslation switches the language on and off for each such field of each row.
    """
    return {
        field.name: field.get_default()
        for field in model._meta.concrete_fields
        if isinstance(field, TranslationField)
    }
