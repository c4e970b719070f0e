"""What a pack is to look like."""

import random
from dataclasses import dataclass

from PIL import Image

from marketplace.demo.drawings.labels import Words
from marketplace.demo.drawings.palettes import Palette


@dataclass(frozen=True)
class PackOrder:
    """Everything that a form of pack needs: `emblem` for the label, `goods` for heaps and windows."""

    palette: Palette
    words: Words
    emblem: Image.Image
    goods: Image.Image
    manner: str
    variant: int
    chance: random.Random
