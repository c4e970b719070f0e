"""Goods of the highlands and the coast that no set of emoji knows, drawn by code."""

import math
from collections.abc import Callable

from marketplace.demo.drawings.fungi import cordyceps, oyster_mushroom, shiitake
from marketplace.demo.drawings.paint import (
    Canvas,
    Colour,
    colour,
    curve,
    darker,
    ellipse,
    lighter,
    seeded,
    smooth,
)

_LEAF = colour("#6fae45")


def _ball(canvas: Canvas, x: float, y: float, radius: float, value: Colour, ry: float | None = None) -> None:
    """Draw something round with light from the upper left."""
    high = ry or radius
    canvas.fill(
        ellipse(x, y, radius, high),
        [(0, lighter(value, 0.22)), (0.45, value), (1, darker(value, 0.38))],
    )
    canvas.fill(
        ellipse(x - radius * 0.32, y - high * 0.38, radius * 0.30, high * 0.22), (255, 255, 255, 120), blur=6
    )


def _leaf(canvas: Canvas, x: float, y: float, length: float, angle: float, value: Colour = _LEAF) -> None:
    turn = math.radians(angle)

    def at(along: float, across: float) -> tuple[float, float]:
        return (
            x + along * length * math.cos(turn) - across * length * math.sin(turn),
            y + along * length * math.sin(turn) + across * length * math.cos(turn),
        )

    edge = curve(at(0, 0), at(0.45, 0.42), at(1, 0)) + curve(at(1, 0), at(0.45, -0.42), at(0, 0))
    canvas.fill(edge, [(0, lighter(value, 0.25)), (1, darker(value, 0.25))])
    canvas.stroke(curve(at(0, 0), at(0.5, 0.02), at(0.92, 0)), lighter(value, 0.45), 7)


def artichoke(canvas: Canvas) -> None:
    """A flower bud of artichoke with its stalk."""
    canvas.fill(
        smooth([(455, 760), (440, 985), (560, 985), (545, 760)], closed=True),
        [(0, colour("#a9c66e")), (1, colour("#6f8f45"))],
    )
    _leaf(canvas, 480, 900, 300, 160, colour("#7fa060"))
    _leaf(canvas, 520, 920, 300, 20, colour("#7fa060"))
    base = colour("#86a862")
    bulb = smooth(
        [(500, 110), (700, 330), (790, 600), (690, 820), (500, 870), (310, 820), (210, 600), (300, 330)],
        closed=True,
    )
    canvas.fill(bulb, [(0, darker(base, 0.2)), (1, darker(base, 0.5))])
    rows = [
        (90, 1, 0),
        (160, 2, 75),
        (240, 3, 140),
        (335, 4, 195),
        (435, 5, 225),
        (540, 4, 200),
        (625, 3, 130),
    ]
    for row, (top, count, spread) in enumerate(rows):
        for number in sorted(range(count), key=lambda position: -abs(position - (count - 1) / 2)):
            share = (number / (count - 1) - 0.5) * 2 if count > 1 else 0.0
            x, y = 500 + share * spread, top + abs(share) * 40
            width, height, tilt = 118.0, 265.0, share * -34
            foot = (x + tilt, y + height)
            scale = curve((x, y), (x + width, y + height * 0.35), foot) + curve(
                foot, (x - width, y + height * 0.35), (x, y)
            )
            tint = lighter(base, 0.05 + 0.05 * (row % 3))
            canvas.fill(scale, [(0, colour("#9a6f93")), (0.3, tint), (1, darker(tint, 0.26))], upright=True)
            canvas.stroke(scale, darker(base, 0.38), 5, closed=True)


def macadamia(canvas: Canvas) -> None:
    """Two nuts in their shell, one cracked open, on leaves."""
    for angle in (200, 340, 265):
        _leaf(canvas, 500, 560, 430, angle, colour("#5f9a52"))
    _ball(canvas, 345, 585, 255, colour("#8a5632"))
    canvas.stroke(curve((200, 520), (330, 470), (480, 560)), darker(colour("#8a5632"), 0.55), 13)
    _ball(canvas, 655, 640, 265, colour("#7a4728"))
    canvas.fill(ellipse(675, 625, 200, 205), darker(colour("#7a4728"), 0.45))
    _ball(canvas, 675, 632, 172, colour("#f3dfb2"))


def passion_fruit(canvas: Canvas) -> None:
    """A passion fruit and its half."""
    _leaf(canvas, 430, 330, 380, 300)
    _ball(canvas, 380, 520, 300, colour("#6d2f5e"))
    canvas.fill(ellipse(630, 640, 292, 282), [(0, colour("#8c3f76")), (1, colour("#4d1f44"))])
    canvas.fill(ellipse(630, 640, 258, 248), colour("#f6e3d3"))
    canvas.fill(ellipse(630, 640, 214, 204), [(0, colour("#ffd34d")), (1, colour("#ee9a1d"))], upright=True)
    chance = seeded(3)
    for ring, count in ((60, 5), (145, 12)):
        for number in range(count):
            angle = 2 * math.pi * number / count + ring
            x, y = 630 + ring * math.cos(angle), 640 + ring * math.sin(angle) * 0.95
            canvas.fill(ellipse(x, y, 29, 24), (255, 226, 120, 255))
            canvas.fill(ellipse(x + chance.randint(-3, 3), y, 18, 13), colour("#3b2418"))


def sea_grapes(canvas: Canvas) -> None:
    """Strings of green pearls."""
    chance = seeded(11)
    for string, (x, lean) in enumerate(((270, -110), (400, -40), (520, 25), (640, 80), (750, 150))):
        stem = curve(
            (500 + (x - 500) * 0.35, 930), (x, 620), (x + lean, 130 + abs(string - 2) * 70), steps=26
        )
        canvas.stroke(stem, colour("#3d7d3a"), 12)
        for px, py in stem[2:]:
            for side in (-1, 1):
                radius = chance.uniform(25, 36)
                tint = lighter(colour("#67ab3f"), chance.uniform(0, 0.25))
                _ball(canvas, px + side * chance.uniform(14, 40), py + chance.uniform(-14, 14), radius, tint)


def mulberry(canvas: Canvas) -> None:
    """Two mulberries on a twig with a leaf."""
    _leaf(canvas, 520, 300, 460, 330, colour("#5f9f48"))
    canvas.stroke(curve((500, 110), (510, 230), (360, 330)), colour("#6b8a3c"), 22)
    canvas.stroke(curve((505, 190), (600, 280), (640, 380)), colour("#6b8a3c"), 20)
    chance = seeded(5)
    for cx, top, tint in ((340, 330, "#3c1738"), (650, 400, "#7d2046")):
        for row in range(9):
            width = 150 * math.sin(math.pi * (row + 1.2) / 10.6)
            for number in range(4):
                x = cx + (number - 1.5) / 1.5 * width + chance.uniform(-9, 9)
                _ball(canvas, x, top + row * 54, 58, lighter(colour(tint), chance.uniform(0, 0.16)))


def pepper(canvas: Canvas) -> None:
    """Spikes of green and ripe pepper, and black corns."""
    _leaf(canvas, 470, 210, 470, 20, colour("#4f8f46"))
    _leaf(canvas, 480, 210, 400, 160, colour("#5f9f4c"))
    chance = seeded(9)
    for cx, lean, length in ((330, -70, 11), (500, 10, 13), (660, 90, 10)):
        stem = curve((cx + (500 - cx) * 0.5, 200), (cx, 420), (cx + lean, 210 + length * 46), steps=length)
        canvas.stroke(stem, colour("#6f9a3c"), 12)
        for px, py in stem[1:]:
            for side in (-1, 1):
                ripe = chance.random() < 0.22
                _ball(
                    canvas,
                    px + side * 34,
                    py + chance.uniform(-10, 10),
                    39,
                    colour("#c23a2b" if ripe else "#5d9a3f"),
                )
    for number in range(9):
        _ball(canvas, 250 + number * 62, 905 + chance.uniform(-30, 30), 42, colour("#3a2f2a"))


def cashew(canvas: Canvas) -> None:
    """Roasted cashew nuts."""
    for cx, cy, turn, tint in (
        (390, 390, 20, "#e9bd7c"),
        (640, 470, 200, "#dca864"),
        (430, 700, 300, "#f0ca8e"),
    ):
        outer = [
            (cx + r * math.cos(math.radians(a + turn)), cy + r * math.sin(math.radians(a + turn)))
            for a, r in [(angle, 215) for angle in range(-20, 201, 10)]
            + [(angle, 78) for angle in range(200, -21, -10)]
        ]
        body = smooth(outer[::3], closed=True)
        base = colour(tint)
        canvas.fill(body, [(0, lighter(base, 0.35)), (0.6, base), (1, darker(base, 0.3))])
        canvas.stroke(
            [
                (cx + 160 * math.cos(math.radians(a + turn)), cy + 160 * math.sin(math.radians(a + turn)))
                for a in range(30, 150, 8)
            ],
            darker(base, 0.18),
            9,
        )


def anchovy(canvas: Canvas) -> None:
    """Three anchovies."""
    for x, y, tint in ((440, 330, "#9fb9c6"), (540, 520, "#b7cbd3"), (460, 710, "#8fadbd")):
        base = colour(tint)
        body = smooth(
            [
                (x - 350, y + 5),
                (x - 200, y - 80),
                (x + 60, y - 78),
                (x + 270, y - 12),
                (x + 270, y + 14),
                (x + 60, y + 72),
                (x - 200, y + 74),
            ],
            closed=True,
        )
        canvas.fill(
            body,
            [
                (0, darker(base, 0.52)),
                (0.34, darker(base, 0.18)),
                (0.5, lighter(base, 0.62)),
                (1, lighter(base, 0.22)),
            ],
            upright=True,
        )
        tail = smooth([(x + 250, y), (x + 400, y - 95), (x + 365, y), (x + 400, y + 100)], closed=True)
        canvas.fill(tail, [(0, darker(base, 0.2)), (1, darker(base, 0.42))])
        canvas.fill(ellipse(x - 262, y - 14, 26, 26), (255, 255, 255, 255))
        canvas.fill(ellipse(x - 264, y - 14, 15, 15), (25, 30, 36, 255))
        canvas.stroke(curve((x - 195, y - 60), (x - 165, y), (x - 198, y + 58)), darker(base, 0.32), 9)
        canvas.stroke(curve((x - 150, y + 4), (x + 60, y + 10), (x + 250, y)), (255, 255, 255, 150), 12)


def wax_gourd(canvas: Canvas) -> None:
    """A wax gourd with a slice."""
    body = smooth(
        [(190, 620), (240, 420), (480, 300), (760, 300), (860, 470), (780, 680), (520, 800), (270, 790)],
        closed=True,
    )
    canvas.fill(
        body, [(0, colour("#8fc07a")), (0.5, colour("#4d8f55")), (1, colour("#2f6a3f"))], upright=True
    )
    for offset in (-60, 20, 100):
        canvas.stroke(
            curve((250, 620 + offset), (520, 470 + offset), (800, 440 + offset * 0.5)),
            (255, 255, 255, 70),
            12,
        )
    canvas.fill(ellipse(330, 720, 205, 205), colour("#3d7d48"))
    canvas.fill(ellipse(330, 720, 182, 182), [(0, colour("#fbfff2")), (1, colour("#dcebc8"))])
    canvas.fill(ellipse(330, 720, 78, 78), colour("#e9f0cf"))
    for angle in range(0, 360, 45):
        x, y = 330 + 100 * math.cos(math.radians(angle)), 720 + 100 * math.sin(math.radians(angle))
        canvas.fill(ellipse(x, y, 16, 24), colour("#d9b878"))
    canvas.stroke(curve((800, 330), (870, 260), (850, 180)), colour("#5f8a3c"), 26)


def bird_nest(canvas: Canvas) -> None:
    """A white swiftlet's nest."""
    chance = seeded(21)
    canvas.fill(
        smooth(
            [(120, 420), (300, 350), (700, 350), (880, 420), (760, 760), (500, 850), (240, 760)], closed=True
        ),
        [(0, colour("#fffaf0")), (1, colour("#dccdb2"))],
    )
    for _ in range(70):
        y = chance.uniform(440, 800)
        half = 350 - max(0.0, y - 470) * 0.62
        canvas.stroke(
            curve(
                (500 - half, y - 40),
                (500 + chance.uniform(-80, 80), y + chance.uniform(20, 90)),
                (500 + half, y - 40),
            ),
            lighter(colour("#cdbb98"), chance.uniform(0, 0.9)),
            chance.uniform(5, 11),
        )
    canvas.fill(ellipse(500, 410, 372, 95), [(0, colour("#cbb791")), (1, colour("#efe4cc"))], upright=True)
    for _ in range(26):
        x = chance.uniform(200, 700)
        canvas.stroke(
            curve(
                (x, 400 + chance.uniform(-50, 50)), (x + 60, 430), (x + 150, 400 + chance.uniform(-40, 50))
            ),
            (255, 252, 244, 210),
            7,
        )


def tea_bag(canvas: Canvas) -> None:
    """A tea bag on its thread."""
    canvas.stroke(curve((430, 420), (560, 180), (760, 240)), colour("#c9b58c"), 12)
    canvas.fill(
        smooth([(700, 190), (860, 190), (860, 330), (700, 330)], closed=True, steps=2), colour("#6fae45")
    )
    canvas.fill(
        [(250, 480), (360, 390), (520, 390), (630, 480), (630, 900), (250, 900)],
        [(0, (250, 245, 232, 255)), (1, (214, 202, 176, 255))],
    )
    canvas.fill([(280, 640), (600, 640), (600, 875), (280, 875)], (110, 92, 48, 190), blur=10)
    canvas.stroke([(285, 480), (595, 480)], colour("#cbbd9c"), 7, dash=22)


def coffee_bean(canvas: Canvas) -> None:
    """Three roasted coffee beans."""
    for x, y, turn, tint in ((330, 400, -30, "#6b4029"), (680, 390, 35, "#5a3320"), (500, 680, 5, "#744831")):
        base, angle = colour(tint), math.radians(turn)
        body = [
            (
                x + 165 * math.cos(a) * math.cos(angle) - 225 * math.sin(a) * math.sin(angle),
                y + 165 * math.cos(a) * math.sin(angle) + 225 * math.sin(a) * math.cos(angle),
            )
            for a in (math.radians(step) for step in range(0, 360, 6))
        ]
        canvas.fill(body, [(0, lighter(base, 0.26)), (0.45, base), (1, darker(base, 0.42))])
        crease = [
            (
                x + sway * math.cos(angle) - along * math.sin(angle),
                y + sway * math.sin(angle) + along * math.cos(angle),
            )
            for along, sway in ((step, 34 * math.sin(step / 62)) for step in range(-195, 196, 15))
        ]
        canvas.stroke(crease, darker(base, 0.62), 24)
        canvas.stroke([(cx + 10, cy) for cx, cy in crease], lighter(base, 0.24), 6)


DRAWN: dict[str, Callable[[Canvas], None]] = {
    "artichoke": artichoke,
    "macadamia": macadamia,
    "cordyceps": cordyceps,
    "passion-fruit": passion_fruit,
    "sea-grapes": sea_grapes,
    "mulberry": mulberry,
    "pepper": pepper,
    "cashew": cashew,
    "anchovy": anchovy,
    "shiitake": shiitake,
    "oyster-mushroom": oyster_mushroom,
    "wax-gourd": wax_gourd,
    "bird-nest": bird_nest,
    "tea-bag": tea_bag,
    "coffee-bean": coffee_bean,
}
