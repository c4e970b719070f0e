"""Landscapes of regions in layers: each kind its own sky, ground and growth."""

import math
import random
from collections.abc import Callable

from PIL import Image

from marketplace.demo.drawings.landscape_parts import (
    draw_boat,
    draw_bush_row,
    draw_house,
    draw_palm,
    draw_pepper_pole,
    draw_pine,
    draw_sky,
    draw_sun,
    hills,
    ridge,
    terrace,
)
from marketplace.demo.drawings.paint import (
    Canvas,
    box,
    colour,
    curve,
    darker,
    ellipse,
    faded,
    lighter,
    mix,
    seeded,
    smooth,
)

#: Width to height of every landscape.
RATIO = 1000 / 625


def draw_landscape(kind: str, size: tuple[int, int] = (1600, 1000), *, key: str = "") -> Image.Image:
    """Return a landscape of one of `KINDS`, `size` in pixels (RGB).

    It is drawn 8:5 and cut to `size` from the middle, so that any shape works. The same key gives the same picture.
    """
    width, height = size
    drawn_width = max(width, math.ceil(height * RATIO))
    canvas = Canvas(drawn_width, math.ceil(drawn_width / RATIO), supersample=1 if drawn_width > 1800 else 2)
    KINDS[kind](canvas, seeded(f"{kind} {key}"))
    picture = canvas.finish()
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return picture.crop((left, top, left + width, top + height)).convert("RGB")


def highland(canvas: Canvas, chance: random.Random) -> None:
    """Đà Lạt: pine ridges in the mist, tea terraces, a small house."""
    draw_sky(canvas, "#cfe3ef", "#f7efe0")
    draw_sun(canvas, 735, 150, 62, "#fde7a3")
    hills(canvas, chance, 300, 95, "#b5ccc3", peaks=5)
    mist(canvas, 318)
    hills(canvas, chance, 355, 70, "#93b7a2", peaks=6)
    mist(canvas, 372)
    back = ridge(canvas, chance, 388, 26, "#6f9f81")
    for x in range(20, 1000, 34):
        draw_pine(canvas, x + chance.uniform(-8, 8), back(x) + 10, chance.uniform(40, 66), "#4d8266")
    for number, (y, tint) in enumerate(
        ((428, "#9dbb78"), (470, "#84ab66"), (516, "#6d9b58"), (566, "#5a8a4e"))
    ):
        line = terrace(canvas, chance, y, 24, tint)
        for row in range(2 + number // 2):
            draw_bush_row(canvas, chance, line, 18 + row * 17, darker(colour(tint), 0.16), 7 + number * 2.2)
    draw_house(canvas, 690, 432, 74, "#b5653a")
    for x, size in ((70, 190), (128, 230), (190, 165), (905, 215), (962, 250)):
        draw_pine(canvas, x, 622, size, "#2f5d47")


def coast(canvas: Canvas, chance: random.Random) -> None:
    """Bình Thuận: the sea, fishing boats, red and white dunes, palms."""
    draw_sky(canvas, "#bfe0ee", "#fdf0dc")
    draw_sun(canvas, 250, 160, 58, "#fff0b8")
    hills(canvas, chance, 262, 40, "#b9cfd2", peaks=4)
    canvas.fill(
        box(-5, 264, 1005, 470),
        [(0, colour("#7fbccb")), (0.5, colour("#3f8fa8")), (1, colour("#2b7390"))],
        upright=True,
    )
    for number in range(60):
        y = 274 + (number / 60) ** 1.4 * 176
        x = chance.uniform(0, 960)
        canvas.stroke([(x, y), (x + 16 + y * 0.12, y)], (255, 255, 255, 90), 1.2 + (y - 270) / 110)
    canvas.stroke([(232, 270), (268, 270)], (255, 240, 190, 190), 3)
    for x, y, size in ((640, 318, 60), (820, 346, 88), (420, 300, 40), (322, 366, 72)):
        draw_boat(canvas, x, y, size)
    foam = smooth(
        [(-10, 452), (180, 436), (400, 462), (620, 440), (820, 466), (1010, 444), (1010, 500), (-10, 500)]
    )
    canvas.fill(foam, (255, 255, 255, 190))
    for y, depth, tint in (
        (452, 30, "#f2dfb6"),
        (486, 44, "#eac58c"),
        (530, 50, "#dd9f63"),
        (582, 34, "#c97f4a"),
    ):
        crest = [
            (x, y + depth * math.sin(x / 170 + y) * 0.5 + chance.uniform(-4, 4)) for x in range(-20, 1151, 90)
        ]
        shape = smooth(crest)
        value = colour(tint)
        canvas.fill(
            [*shape, (1150, 640), (-20, 640)],
            [(0, lighter(value, 0.24)), (1, darker(value, 0.10))],
            upright=True,
        )
        canvas.stroke(shape, lighter(value, 0.5), 2.5)
        for row in range(3):
            canvas.stroke([(x, py + 12 + row * 10) for x, py in shape], faded(darker(value, 0.3), 36), 2)
    for x, y, size, lean in ((78, 600, 300, 30), (168, 612, 236, -24), (932, 604, 280, -36)):
        draw_palm(canvas, x, y, size, lean)
    for x, y in ((300, 560), (356, 590), (700, 574), (770, 600)):
        canvas.fill(ellipse(x, y, 16, 9), colour("#7d9a55"))
        canvas.fill(ellipse(x + 11, y + 2, 12, 7), colour("#5f8348"))


def red_earth(canvas: Canvas, chance: random.Random) -> None:
    """Đắk Nông: red basalt soil, living pepper poles in rows, coffee in between, extinct volcanoes behind."""
    draw_sky(canvas, "#f3d9bd", "#fdf3e0")
    draw_sun(canvas, 500, 214, 70, "#ffdf94")
    for x, y, half, tint in ((250, 312, 250, "#c3b6a6"), (720, 316, 300, "#b3a999")):
        cone = smooth(
            [
                (x - half, y + 60),
                (x - half * 0.45, y - 30),
                (x - half * 0.16, y - 96),
                (x, y - 84),
                (x + half * 0.16, y - 98),
                (x + half * 0.5, y - 26),
                (x + half, y + 60),
            ]
        )
        canvas.fill(
            [*cone, (x + half, y + 90), (x - half, y + 90)],
            [(0, lighter(colour(tint), 0.25)), (1, colour(tint))],
            upright=True,
        )
    mist(canvas, 350)
    ridge(canvas, chance, 366, 24, "#8fa878")
    line = ridge(canvas, chance, 398, 18, "#6c9160")
    for x in range(-10, 1010, 26):
        canvas.fill(
            ellipse(x, line(x) + 3, chance.uniform(14, 22), chance.uniform(12, 19)), colour("#547f50")
        )
    canvas.fill(
        box(-5, 424, 1005, 640),
        [(0, colour("#c97a4d")), (0.4, colour("#b5573a")), (1, colour("#8f3f2b"))],
        upright=True,
    )
    for number in range(-9, 10):
        canvas.stroke([(500 + number * 26, 424), (500 + number * 128, 640)], faded(colour("#7a3524"), 80), 4)
        canvas.stroke([(504 + number * 27, 424), (512 + number * 131, 640)], faded(colour("#e0966a"), 60), 3)
    for depth in range(5):
        share = depth / 4
        y, size = 452 + share**1.25 * 158, 58 + share**1.2 * 190
        step = 58 + share * 116
        offset = (depth % 2) * step * 0.5
        count = math.ceil(1000 / step) + 2
        for number in range(-1, count):
            place = number * step + offset + chance.uniform(-5, 5)
            if depth in (1, 3):
                canvas.fill(ellipse(place + step * 0.5, y + 2, size * 0.17, size * 0.13), colour("#4b7a45"))
                canvas.fill(
                    ellipse(place + step * 0.47, y - size * 0.04, size * 0.12, size * 0.09), colour("#689a55")
                )
            draw_pepper_pole(canvas, chance, place, y, size)


def delta(canvas: Canvas, chance: random.Random) -> None:
    """A plain of rice with a canal, a stilt house and palms, for regions that have no picture of their own."""
    draw_sky(canvas, "#c7e2ec", "#fbf3dd")
    draw_sun(canvas, 780, 140, 56, "#fdeaa8")
    hills(canvas, chance, 300, 30, "#bcd3cc", peaks=5)
    line = ridge(canvas, chance, 322, 8, "#86ad84")
    for x in range(0, 1000, 40):
        canvas.fill(
            ellipse(x + chance.uniform(-8, 8), line(x), chance.uniform(14, 28), chance.uniform(12, 22)),
            colour("#6a9a6e"),
        )
    for y, tint in ((336, "#cfd986"), (372, "#bccf72"), (420, "#a5c262"), (482, "#8bb254"), (556, "#729f48")):
        field = terrace(canvas, chance, y, 7, tint)
        for row in range(4):
            canvas.stroke(
                [(x, field(x) + 10 + row * (y - 320) / 12) for x in range(-10, 1021, 10)],
                faded(lighter(colour(tint), 0.4), 120),
                2 + (y - 330) / 110,
            )
    canal = smooth([(612, 336), (600, 380), (640, 440), (590, 520), (640, 640)]) + smooth(
        [(420, 640), (486, 520), (560, 440), (566, 380), (598, 336)]
    )
    canvas.fill(canal, [(0, colour("#a9d4de")), (1, colour("#5b9fb5"))], upright=True)
    draw_boat(canvas, 560, 520, 90)
    draw_house(canvas, 250, 372, 96, "#a9643c")
    for x, y, size, lean in (
        (160, 392, 150, 14),
        (350, 388, 130, -18),
        (66, 620, 300, 26),
        (946, 616, 290, -30),
    ):
        draw_palm(canvas, x, y, size, lean)


def orchard(canvas: Canvas, chance: random.Random) -> None:
    """Persimmon gardens in autumn light: round trees with fruit, racks where it dries in the wind."""
    draw_sky(canvas, "#f5d6bb", "#fdf1dd")
    draw_sun(canvas, 690, 150, 60, "#ffe3a0")
    hills(canvas, chance, 300, 84, "#cdbfae", peaks=5)
    mist(canvas, 322)
    hills(canvas, chance, 356, 60, "#aeb38f", peaks=6)
    back = ridge(canvas, chance, 396, 22, "#8ea26c")
    for x in range(10, 1000, 42):
        draw_pine(canvas, x + chance.uniform(-9, 9), back(x) + 10, chance.uniform(34, 56), "#5f8458")
    for y, tint in ((430, "#b7b46c"), (490, "#9ba75c"), (560, "#7d934e")):
        line = terrace(canvas, chance, y, 20, tint)
        size = 26 + (y - 420) * 0.34
        for x in range(-20, 1040, int(size * 2.3)):
            place = x + chance.uniform(-10, 10)
            ground = line(min(max(place, 0), 1000)) + 16
            canvas.stroke([(place, ground), (place, ground - size)], colour("#6f4a2c"), size * 0.16)
            crown = colour("#c9762f") if chance.random() < 0.45 else colour("#7f9a48")
            canvas.fill(
                ellipse(place, ground - size * 1.35, size * 0.86, size * 0.74),
                [(0, lighter(crown, 0.22)), (1, darker(crown, 0.24))],
            )
            for _ in range(9):
                canvas.fill(
                    ellipse(
                        place + chance.uniform(-0.62, 0.62) * size,
                        ground - size * 1.35 + chance.uniform(-0.5, 0.5) * size,
                        size * 0.10,
                        size * 0.10,
                    ),
                    colour("#f08a32"),
                )
    draw_house(canvas, 270, 436, 84, "#96482e")
    for y in (520, 560):
        canvas.stroke([(620, y), (960, y - 8)], colour("#6b4a30"), 6)
        for number in range(12):
            x = 640 + number * 27
            canvas.stroke([(x, y), (x, y + 12)], colour("#d9c7a3"), 2)
            canvas.fill(ellipse(x, y + 22, 9, 11), [(0, colour("#f6a04a")), (1, colour("#c9531f"))])
    for x in (622, 958):
        canvas.stroke([(x, 500), (x, 622)], colour("#5a3d26"), 9)


def hero(canvas: Canvas, chance: random.Random) -> None:
    """The home page: a morning over all of it, from pine hills to the sea."""
    draw_sky(canvas, "#cfe3ef", "#fbeed8")
    draw_sun(canvas, 716, 166, 72, "#fde5a0")
    hills(canvas, chance, 286, 118, "#b7cfc8", peaks=4)
    mist(canvas, 318)
    hills(canvas, chance, 352, 92, "#97bca8", peaks=5)
    bay = smooth([(-10, 360), (180, 360), (330, 372), (430, 394), (330, 424), (-10, 436)])
    canvas.fill(bay, [(0, colour("#a7d0d8")), (1, colour("#5f9fb5"))], upright=True)
    for x, y, size in ((96, 378, 34), (210, 388, 44)):
        draw_boat(canvas, x, y, size)
    mist(canvas, 380)
    back = ridge(canvas, chance, 408, 30, "#74a585")
    for x in range(420, 1000, 30):
        draw_pine(canvas, x + chance.uniform(-8, 8), back(x) + 12, chance.uniform(38, 70), "#4f8467")
    for number, (y, tint) in enumerate(
        ((440, "#a9c17c"), (482, "#8cb06a"), (532, "#729f5b"), (584, "#5d8d50"))
    ):
        line = terrace(canvas, chance, y, 30, tint)
        for row in range(2 + number // 2):
            draw_bush_row(canvas, chance, line, 20 + row * 19, darker(colour(tint), 0.15), 8 + number * 2.4)
    draw_house(canvas, 748, 440, 92, "#bb6a3d")
    for x, size in ((930, 240), (984, 290)):
        draw_pine(canvas, x, 630, size, "#2f5d47")
    for x, y in ((60, 590), (130, 606), (212, 598)):
        for _ in range(10):
            fruit = mix(colour("#cf3a4c"), colour("#f08a32"), chance.random())
            canvas.fill(ellipse(x + chance.uniform(-30, 30), y + chance.uniform(-20, 14), 6, 6), fruit)
        canvas.stroke(curve((x - 30, y + 20), (x, y - 30), (x + 34, y + 18)), colour("#44733f"), 4)


def mist(canvas: Canvas, y: float) -> None:
    """Lay a band of mist across."""
    canvas.fill(ellipse(300, y, 460, 20), (255, 252, 244, 110), blur=14)
    canvas.fill(ellipse(760, y + 8, 380, 16), (255, 252, 244, 100), blur=14)


KINDS: dict[str, Callable[[Canvas, random.Random], None]] = {
    "highland": highland,
    "coast": coast,
    "red_earth": red_earth,
    "delta": delta,
    "orchard": orchard,
    "hero": hero,
}
