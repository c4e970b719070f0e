"""Draws packs before they are asked for, on the cores that nobody else uses: drawing is most of what loading the demonstration costs.

The last is drawn first: whoever loads the demonstration begins with the first, draws what isn't there yet, and the two meet in between.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import Final

from marketplace.demo.drawings.packs import draw_product

SIDE: Final = 1200
_QUALITY: Final = 90


@dataclass(frozen=True, slots=True)
class PackPicture:
    """What a picture of a pack depends on (see `draw_product`)."""

    name: str
    subtitle: str
    product_set: int | None
    key: str = ""

    @property
    def file_name(self) -> str:
        """A name that the same picture has in every process."""
        return f"{blake2b(repr(self).encode(), digest_size=12).hexdigest()}.jpg"


def pack_jpeg(picture: PackPicture, folder: Path) -> bytes:
    """Return the picture as JPEG: the one that lies ready in `folder`, else drawn now."""
    ready = folder / picture.file_name
    return ready.read_bytes() if ready.exists() else _drawn(picture)


def draw_ahead(pictures: Sequence[PackPicture], folder: Path, *, processes: int) -> None:
    """Put the pictures that are missing into `folder`, the last ones first."""
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(processes, initializer=_step_back) as pool:
        for _done in pool.map(partial(_put, folder=folder), reversed(pictures)):
            """Only an error is of interest."""


def _put(picture: PackPicture, folder: Path) -> None:
    ready = folder / picture.file_name
    if ready.exists():
        return
    # Under another name until it is whole: a load that was broken off goes on with what lies here.
    unfinished = ready.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(_drawn(picture))
    unfinished.replace(ready)


def _drawn(picture: PackPicture) -> bytes:
    drawn = draw_product(
        name=picture.name,
        subtitle=picture.subtitle,
        product_set=picture.product_set,
        key=picture.key,
        size=SIDE,
    )
    buffer = BytesIO()
    drawn.convert("RGB").save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()


def _step_back() -> None:
    """Let whoever prepares the database go first."""
    os.nice(10)
