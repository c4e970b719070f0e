"""Slugs of Vietnamese names: `Đông trùng` becomes `dong-trung`, not `u0110ong-trung`."""

from django.utils.text import slugify


def vietnamese_slug(value: str, *, allow_unicode: bool = False) -> str:
    """Return an ASCII slug of `value`; `đ` and `Đ` become `d`.

    Oscar passes `allow_unicode`; addresses here are ASCII whatever it says.
    """
    return slugify(value.replace("đ", "d").replace("Đ", "D"))
