"""Slugs of Vietnamese names: `Đông trùng` becomes `dong-trung`, not `u0110ong-trung`."""

from django.utils.text import slugify


def vietnamese_slug(value: str) -> str:
    """Return an ASCII slug of `value`; `đ` and `Đ` become `d`."""
    return slugify(value.replace("đ", "d").replace("Đ", "D"))
