"""Pictures of goods for labels and heaps: parts of Fluent Emoji, and what `produce.py` draws."""

from functools import lru_cache
from pathlib import Path

from PIL import Image

from marketplace.demo.drawings.paint import Canvas
from marketplace.demo.drawings.produce import DRAWN

PARTS_FOLDER = Path(__file__).resolve().parent / "parts"
_SIZE = 512


@lru_cache(maxsize=128)
def emblem_picture(name: str) -> Image.Image:
    """Return the picture of this name, on nothing. Raises FileNotFoundError for an unknown name."""
    if name in DRAWN:
        canvas = Canvas(_SIZE)
        DRAWN[name](canvas)
        return canvas.finish()
    with Image.open(PARTS_FOLDER / f"{name}.webp") as picture:
        return picture.convert("RGBA").resize((_SIZE, _SIZE), Image.Resampling.LANCZOS)


def emblem_names() -> list[str]:
    """Return every name that `emblem_picture` knows."""
    return sorted([*DRAWN, *(path.stem for path in PARTS_FOLDER.glob("*.webp"))])
