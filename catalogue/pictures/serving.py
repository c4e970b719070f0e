"""How a picture of a good is written into a page: sources in few sizes, width and height, and what to show until they are there."""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from django.core.files.storage import default_storage
from pictures.conf import app_settings
from pictures.models import PillowPicture
from pictures.utils import source_set

from catalogue.models import ProductImage

#: Best first: a browser takes the first that it knows.
MIME_TYPES = {"AVIF": "image/avif", "WEBP": "image/webp", "JPEG": "image/jpeg"}
SQUARE = "1/1"


@dataclass(frozen=True, slots=True)
class Source:
    """One `<source>`: a type and its addresses by width."""

    type: str
    srcset: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What `<picture>` needs. Width and height are those of `src`, so that nothing jumps while it loads."""

    sources: tuple[Source, ...]
    src: str
    width: int
    height: int
    #: A tiny picture as data URI, to lie beneath until the real one is there; empty where there is none.
    placeholder: str
    alt: str
    is_illustration: bool


def picture_for(image: ProductImage, *, square: bool = False) -> Picture | None:
    """Return how to show `image` in full, or cut to a square as cards are; None until the worker has made it ready."""
    if not image.original:
        return None
    return picture_from_values(
        {
            "original": image.original.name,
            "width": image.width,
            "height": image.height,
            "alt": image.alt,
            "placeholder": image.placeholder,
            "processed_at": image.processed_at,
            "is_illustration": image.is_illustration,
        },
        square=square,
    )


def picture_from_values(row: dict[str, Any], *, square: bool = False) -> Picture:
    """Return how to show a picture read by `values()`: original, width, height, alt, placeholder, processed_at, is_illustration.

    An original is shown itself where it is narrower than the smallest size, and while it waits for its sizes: only small ones do
    (`catalogue.pictures.services.picture_add`).
    """
    name, width, height = row["original"], row["width"], row["height"]
    sized = None
    if row["processed_at"]:
        # A strip has no square size, but it has whole ones.
        sized = (_sizes(name, width, height, SQUARE) if square else None) or _sizes(name, width, height, None)
    sources, src, shown_width, shown_height = sized or ((), default_storage.url(name), width, height)
    return Picture(
        sources=sources,
        src=src,
        width=shown_width,
        height=shown_height,
        placeholder=row["placeholder"],
        alt=row["alt"] or "",
        is_illustration=row["is_illustration"],
    )


@lru_cache(maxsize=10_000)
def _sizes(
    name: str, width: int, height: int, ratio: str | None
) -> tuple[tuple[Source, ...], str, int, int] | None:
    """Return sources, the largest JPEG and its size. A name belongs to one original for ever, so this can be kept."""
    if not width or not height:
        return None
    widths = sorted(
        source_set(
            (width, height),
            ratio=ratio,
            max_width=app_settings.CONTAINER_WIDTH,
            cols=app_settings.GRID_COLUMNS,
        )
    )
    if not widths:
        return None
    sources = []
    for kind in app_settings.FILE_TYPES:
        addresses = [(PillowPicture(name, kind, ratio, default_storage, size).url, size) for size in widths]
        sources.append(
            Source(MIME_TYPES[kind], ", ".join(f"{address} {size}w" for address, size in addresses))
        )
    largest = PillowPicture(name, "JPEG", ratio, default_storage, widths[-1])
    shape = Fraction(1) if ratio else Fraction(width, height)
    return tuple(sources), largest.url, widths[-1], int(widths[-1] / shape)
