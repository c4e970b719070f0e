"""What landscapes are made of: sky, hills, terraces, trees, a house, boats. 1,000 units wide, 625 high."""

import math
import random
from collections.abc import Callable

from marketplace.demo.drawings.paint import (
    Canvas,
    box,
    colour,
    curve,
    darker,
    ellipse,
    faded,
    lighter,
    smooth,
)

HEIGHT = 625.0
Line = Callable[[float], float]


def draw_sky(canvas: Canvas, above: str, below: str) -> None:
    """Fill the canvas with a sky that grows lighter towards the ground."""
    canvas.fill(
        box(-5, -5, 1005, HEIGHT + 15),
        [(0, colour(above)), (0.6, colour(below)), (1, colour(below))],
        upright=True,
    )


def draw_sun(canvas: Canvas, x: float, y: float, radius: float, tint: str) -> None:
    """Draw the sun with its glow."""
    canvas.fill(ellipse(x, y, radius * 1.9, radius * 1.9), faded(lighter(colour(tint), 0.4), 90), blur=26)
    canvas.fill(ellipse(x, y, radius, radius), colour(tint))


def hills(
    canvas: Canvas, chance: random.Random, base: float, height: float, tint: str, *, peaks: int
) -> None:
    """Draw a far range with peaks, lighter at its foot."""
    step = 1000 / peaks
    points = [(-60.0, base)]
    for number in range(peaks + 1):
        x = number * step + chance.uniform(-0.08, 0.08) * step
        points += [
            (x, base - height * chance.uniform(0.55, 1.25)),
            (x + step * 0.5, base - height * chance.uniform(0.0, 0.3)),
        ]
    points.append((1060.0, base))
    value = colour(tint)
    canvas.fill(
        [*smooth(points, steps=8), (1060, HEIGHT + 20), (-60, HEIGHT + 20)],
        [(0, value), (0.35, lighter(value, 0.30)), (1, lighter(value, 0.35))],
        upright=True,
    )


def ridge(canvas: Canvas, chance: random.Random, base: float, height: float, tint: str) -> Line:
    """Draw a near ridge and return its height at every x."""
    waves = [
        (chance.uniform(0.006, 0.011), chance.uniform(0, 6), 0.6),
        (chance.uniform(0.016, 0.024), chance.uniform(0, 6), 0.4),
    ]

    def line(x: float) -> float:
        return base - height * sum(weight * math.sin(x * pace + start) for pace, start, weight in waves)

    value = colour(tint)
    shape = [(float(x), line(x)) for x in range(-10, 1021, 10)]
    canvas.fill(
        [*shape, (1020, HEIGHT + 20), (-10, HEIGHT + 20)],
        [(0, lighter(value, 0.10)), (0.4, value), (1, darker(value, 0.1))],
        upright=True,
    )
    return line


def terrace(canvas: Canvas, chance: random.Random, base: float, height: float, tint: str) -> Line:
    """Draw a terrace with its lit edge and return its height at every x."""
    line = ridge(canvas, chance, base, height, tint)
    edge = [(float(x), line(x) + 1) for x in range(-10, 1021, 10)]
    canvas.stroke(edge, lighter(colour(tint), 0.4), 3)
    return line


def draw_bush_row(
    canvas: Canvas, chance: random.Random, line: Line, below: float, tint: tuple[int, ...], size: float
) -> None:
    """Plant a row of tea along a terrace."""
    value = (tint[0], tint[1], tint[2], 255)
    x = chance.uniform(-10, 0)
    while x < 1010:
        y = line(x) + below
        canvas.fill(ellipse(x, y + size * 0.25, size * 1.08, size * 0.66), darker(value, 0.20))
        canvas.fill(ellipse(x, y, size, size * 0.62), value)
        canvas.fill(ellipse(x - size * 0.25, y - size * 0.18, size * 0.5, size * 0.25), lighter(value, 0.28))
        x += size * chance.uniform(1.62, 1.85)


def draw_pine(canvas: Canvas, x: float, foot: float, height: float, tint: str) -> None:
    """Draw a pine with layered boughs."""
    value = colour(tint)
    canvas.stroke([(x, foot), (x, foot - height * 0.3)], colour("#6b4a33"), height * 0.05)
    for number in range(4):
        top = foot - height + number * height * 0.19
        half = height * (0.13 + number * 0.055)
        bottom = top + height * 0.34
        bough = [
            (x, top),
            (x + half, bottom),
            (x + half * 0.45, bottom - height * 0.03),
            (x, bottom + height * 0.02),
            (x - half * 0.45, bottom - height * 0.03),
            (x - half, bottom),
        ]
        canvas.fill(bough, [(0, lighter(value, 0.16)), (0.5, value), (1, darker(value, 0.24))])


def draw_house(canvas: Canvas, x: float, foot: float, width: float, roof: str) -> None:
    """Draw a small house, its foot on the ground."""
    wall = colour("#fbf0dc")
    half, height = width / 2, width * 0.46
    canvas.shadow(x + 6, foot + 2, half * 1.1, 6, 60, 4)
    canvas.fill(box(x - half, foot - height, x + half, foot), [(0, wall), (1, darker(wall, 0.14))])
    canvas.fill(box(x - width * 0.10, foot - height * 0.66, x + width * 0.10, foot), colour("#7a5232"))
    for side in (-1, 1):
        left = x + side * width * 0.29
        canvas.fill(
            box(left - width * 0.08, foot - height * 0.70, left + width * 0.08, foot - height * 0.34),
            colour("#9dbac0"),
        )
    top = foot - height - width * 0.36
    shape = [
        (x - half * 1.26, foot - height + 2),
        (x - half * 0.5, top),
        (x + half * 0.5, top),
        (x + half * 1.26, foot - height + 2),
    ]
    value = colour(roof)
    canvas.fill(shape, [(0, lighter(value, 0.2)), (1, darker(value, 0.16))])
    for number in range(1, 4):
        y = top + (foot - height - top) * number / 4
        reach = half * (0.5 + 0.76 * number / 4)
        canvas.stroke([(x - reach, y), (x + reach, y)], faded(darker(value, 0.4), 70), width * 0.018)


def draw_boat(canvas: Canvas, x: float, y: float, size: float) -> None:
    """Draw a wooden fishing boat with painted eyes."""
    canvas.fill(ellipse(x, y + size * 0.13, size * 0.62, size * 0.06), (20, 50, 70, 70), blur=3)
    hull = curve(
        (x - size * 0.6, y - size * 0.16),
        (x - size * 0.46, y + size * 0.16),
        (x - size * 0.2, y + size * 0.12),
    ) + curve(
        (x + size * 0.3, y + size * 0.12),
        (x + size * 0.54, y + size * 0.12),
        (x + size * 0.66, y - size * 0.24),
    )
    canvas.fill(
        [*hull, (x + size * 0.3, y - size * 0.06), (x - size * 0.3, y - size * 0.06)],
        [(0, colour("#3b6f9a")), (0.55, colour("#2b5578")), (1, colour("#9a3b2c"))],
        upright=True,
    )
    canvas.stroke(
        [
            (x - size * 0.58, y - size * 0.12),
            (x - size * 0.3, y - size * 0.05),
            (x + size * 0.3, y - size * 0.05),
            (x + size * 0.64, y - size * 0.2),
        ],
        colour("#e2b04a"),
        size * 0.035,
    )
    canvas.fill(box(x - size * 0.26, y - size * 0.30, x + size * 0.10, y - size * 0.06, 2), colour("#f3e3c3"))
    canvas.fill(box(x - size * 0.30, y - size * 0.35, x + size * 0.14, y - size * 0.28, 2), colour("#b8452f"))
    canvas.stroke(
        [(x + size * 0.22, y - size * 0.06), (x + size * 0.22, y - size * 0.66)],
        colour("#5a4030"),
        size * 0.03,
    )
    canvas.fill(
        [
            (x + size * 0.23, y - size * 0.64),
            (x + size * 0.44, y - size * 0.56),
            (x + size * 0.23, y - size * 0.48),
        ],
        colour("#c8322b"),
    )
    canvas.fill(ellipse(x + size * 0.49, y - size * 0.08, size * 0.04, size * 0.04), (255, 255, 255, 255))


def draw_palm(canvas: Canvas, x: float, foot: float, height: float, lean: float) -> None:
    """Draw a coconut palm that leans."""
    trunk = curve(
        (x, foot), (x + lean * 0.2, foot - height * 0.5), (x + lean, foot - height * 0.82), steps=18
    )
    canvas.stroke(trunk, colour("#8a6a48"), height * 0.05)
    canvas.stroke([(px - height * 0.01, py) for px, py in trunk], colour("#b08d63"), height * 0.018)
    head_x, head_y = trunk[-1]
    for number, angle in enumerate((-165, -135, -105, -72, -40, -12, 12, 168)):
        turn = math.radians(angle)
        reach = height * (0.42 if number % 2 else 0.36)
        tip = (head_x + reach * math.cos(turn), head_y + reach * math.sin(turn) * 0.8 + reach * 0.34)
        control = (
            head_x + reach * 0.6 * math.cos(turn),
            head_y + reach * 0.9 * math.sin(turn) - reach * 0.12,
        )
        upper = curve((head_x, head_y), control, tip)
        lower = curve(tip, (control[0], control[1] + reach * 0.22), (head_x, head_y))
        tint = colour("#3f7d4a") if number % 2 else colour("#5b9a55")
        canvas.fill([*upper, *lower], [(0, lighter(tint, 0.15)), (1, darker(tint, 0.2))], upright=True)
    for dx in (-0.03, 0.03):
        canvas.fill(
            ellipse(head_x + dx * height, head_y + height * 0.02, height * 0.025, height * 0.03),
            colour("#8a5a2c"),
        )


def draw_pepper_pole(canvas: Canvas, chance: random.Random, x: float, foot: float, height: float) -> None:
    """Draw a living pole with pepper climbing on it."""
    half = height * 0.105
    canvas.fill(ellipse(x + half * 0.4, foot + 2, half * 1.5, height * 0.035), (60, 20, 10, 90), blur=3)
    canvas.stroke([(x, foot), (x, foot - height)], colour("#8a7358"), height * 0.05)
    base = colour("#44783f")
    column = smooth(
        [
            (x - half * 0.9, foot - 2),
            (x - half * 1.05, foot - height * 0.4),
            (x - half * 0.8, foot - height * 0.8),
            (x, foot - height * 0.92),
            (x + half * 0.8, foot - height * 0.8),
            (x + half * 1.05, foot - height * 0.4),
            (x + half * 0.9, foot - 2),
        ],
        closed=True,
    )
    canvas.fill(column, [(0, lighter(base, 0.22)), (0.5, base), (1, darker(base, 0.34))])
    for _ in range(max(8, int(height / 7))):
        share = chance.uniform(0.05, 0.86)
        px = x + chance.uniform(-0.9, 0.9) * half
        py = foot - height * share
        tint = lighter(base, chance.uniform(0.08, 0.42))
        canvas.fill(ellipse(px, py, half * 0.34, half * 0.22), tint)
        if height > 110 and chance.random() < 0.3:
            canvas.fill(ellipse(px, py + half * 0.3, half * 0.10, half * 0.10), colour("#c23a2b"))
