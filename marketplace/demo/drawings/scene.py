"""What stands behind and beside a pack: light, ground, and goods on the table."""

import random

from PIL import Image

from marketplace.demo.drawings.paint import Canvas, box, darker, ellipse, faded, lighter, mix
from marketplace.demo.drawings.palettes import Palette

GROUND = 868.0


def draw_backdrop(canvas: Canvas, palette: Palette, manner: int) -> None:
    """Fill the canvas: a wall with light on it, sometimes with a sun or a table."""
    wall = palette.backdrop
    canvas.fill(box(0, 0, 1000, 1000), wall)
    canvas.glow(500, 470, 720, lighter(wall, 0.80))
    if manner == 1:
        canvas.fill(ellipse(500, 430, 390, 390), faded(lighter(mix(wall, palette.accent, 0.34), 0.30), 120))
    elif manner == 2:
        table = mix(wall, palette.accent, 0.16)
        canvas.fill(
            box(-10, 800, 1010, 1010), [(0, lighter(table, 0.25)), (1, darker(table, 0.05))], upright=True
        )
    elif manner == 3:
        arch = box(150, 110, 850, 1100, 350)
        canvas.fill(arch, faded(lighter(wall, 0.62), 170))


def draw_goods_beside(
    canvas: Canvas, emblem: Image.Image, chance: random.Random, *, left: float, right: float, count: int
) -> None:
    """Lay some of the goods on the ground in front, left or right of the pack."""
    sides = [left, right]
    chance.shuffle(sides)
    for number in range(count):
        side = sides[number % 2]
        lean = -1 if side == left else 1
        width = chance.uniform(118, 158) * (1 - 0.12 * (number // 2))
        x = side + lean * (width * 0.30 + (number // 2) * width * 0.72)
        y = GROUND - width * 0.36 + 26 + (number // 2) * 14
        canvas.shadow(x, y + width * 0.42, width * 0.42, 15, 60, 8)
        canvas.picture(emblem, x, y, width, turn=chance.uniform(-14, 14), flip=lean > 0)
