"""Texts of the catalogue in both languages, where rows are read by `values()` and modeltranslation doesn't help."""

from collections.abc import Mapping
from typing import Any

FALLBACK = "vi"


def text_in(row: Mapping[str, Any], field: str, language: str) -> str:
    """Return `field` of `row` in `language`, else in Vietnamese; `row` holds `<field>_vi` and `<field>_en`."""
    return row.get(f"{field}_{language}") or row.get(f"{field}_{FALLBACK}") or ""
