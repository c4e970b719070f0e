"""Packs of glass, tin, card and wood: jar, bottles, tin, box, tube of card, hanging tag for crafts."""

from dataclasses import replace

from marketplace.demo.drawings.labels import Area, draw_label
from marketplace.demo.drawings.order import PackOrder
from marketplace.demo.drawings.paint import (
    Canvas,
    Colour,
    box,
    colour,
    curve,
    darker,
    ellipse,
    faded,
    lighter,
    mix,
    rounded,
    smooth,
    turned,
)
from marketplace.demo.drawings.palettes import rounded_light
from marketplace.demo.drawings.scene import GROUND


def jar(canvas: Canvas, order: PackOrder) -> None:
    """A glass jar with a screw lid; `variant` 1 is low and wide with a cloth over the lid."""
    palette = order.palette
    wide = order.variant == 1
    half, shoulder = (258.0, 372.0) if wide else (222.0, 300.0)
    neck = half * 0.80
    canvas.shadow(500, GROUND, half * 1.16, 28)
    profile = [
        (neck, shoulder - 62),
        (neck, shoulder - 30),
        *curve((neck, shoulder - 30), (half, shoulder - 14), (half, shoulder + 62)),
        (half, GROUND - 50),
        *curve((half, GROUND - 50), (half, GROUND), (half - 56, GROUND)),
    ]
    glass = turned(profile, 500)
    canvas.fill(glass, rounded_light(palette.body, 0.9))
    canvas.fill(
        turned([(half - 10, GROUND - 52), (half - 40, GROUND - 12)], 500),
        faded(darker(palette.body, 0.5), 60),
        blur=6,
    )
    surface = shoulder + 26
    canvas.fill(
        turned(
            [(neck, shoulder - 60), (neck, shoulder - 30), (half - 20, shoulder), (half - 6, surface)], 500
        ),
        (255, 255, 255, 96),
    )
    canvas.fill(ellipse(500, surface, half - 8, 15), faded(lighter(palette.body, 0.4), 190))
    label = Area(500 - half, shoulder + 118, 500 + half, GROUND - 74)
    if order.manner == "band":
        layer = canvas.layer()
        draw_label(layer, label, "band", palette, order.words, order.emblem)
        canvas.clipped(glass, layer)
        canvas.fill(
            box(label.left, label.top, label.right, label.bottom),
            [
                (0, (20, 10, 0, 80)),
                (0.12, (20, 10, 0, 16)),
                (0.3, (255, 255, 255, 40)),
                (0.6, (0, 0, 0, 0)),
                (0.88, (20, 10, 0, 22)),
                (1, (20, 10, 0, 90)),
            ],
        )
    else:
        manner = "framed" if order.manner == "plain" else order.manner
        draw_label(canvas, label.inset(half * 0.22, -22), manner, palette, order.words, order.emblem)
    _shine(canvas, 500 - half + 26, shoulder + 40, GROUND - 70)
    if wide:
        _cloth_lid(canvas, order, neck, shoulder)
    else:
        _screw_lid(canvas, palette.accent, neck + 12, shoulder - 148, shoulder - 46)


def _screw_lid(canvas: Canvas, value: Colour, half: float, top: float, bottom: float) -> None:
    lid = turned([(half - 14, top), (half, top + 14), (half, bottom - 8), (half - 6, bottom)], 500)
    canvas.fill([(x, y + 8) for x, y in lid], (30, 20, 10, 60), blur=6)
    canvas.fill(lid, rounded_light(value, 1.05))
    for step in range(1, 44):
        share = step / 44 * 2 - 1
        x = 500 + half * (1 - (1 - abs(share)) ** 1.6) * (1 if share > 0 else -1)
        canvas.stroke([(x, top + 26), (x, bottom - 14)], faded(darker(value, 0.45), 62), 3)
    canvas.fill(ellipse(500, top + 5, half - 12, 9), faded(lighter(value, 0.55), 170))


def _cloth_lid(canvas: Canvas, order: PackOrder, neck: float, shoulder: float) -> None:
    value = order.palette.accent
    top = shoulder - 142
    skirt = smooth(
        [
            (500 - neck + 20, top + 6), (500, top - 16), (500 + neck - 20, top + 6), (500 + neck + 6, shoulder - 78),
            (500 + neck + 58, shoulder - 4), (500 + neck - 10, shoulder + 8), (500 + 96, shoulder + 24),
            (500, shoulder + 6), (500 - 110, shoulder + 26), (500 - neck + 6, shoulder + 8),
            (500 - neck - 58, shoulder - 2), (500 - neck - 6, shoulder - 78),
        ],
        closed=True,
    )  # fmt: skip
    canvas.fill([(x, y + 8) for x, y in skirt], (30, 20, 10, 70), blur=7)
    canvas.fill(skirt, rounded_light(value, 0.8))
    dots = canvas.layer()
    for row in range(9):
        for number in range(18):
            dot = 210 + number * 36 + (row % 2) * 18
            dots.fill(ellipse(dot, top - 4 + row * 24, 5.5, 5.5), faded(lighter(value, 0.85), 200))
    canvas.clipped(skirt, dots)
    for x in (-0.7, -0.35, 0.1, 0.5, 0.8):
        canvas.stroke(
            curve(
                (500 + x * neck, shoulder - 66),
                (500 + x * neck * 1.1, shoulder - 30),
                (500 + x * neck * 1.25, shoulder + 4),
            ),
            faded(darker(value, 0.5), 70),
            6,
        )
    string = colour("#d9c08a")
    canvas.stroke(
        curve((500 - neck - 4, shoulder - 78), (500, shoulder - 58), (500 + neck + 4, shoulder - 78)),
        darker(string, 0.2),
        13,
    )
    canvas.stroke(
        curve((500 - neck - 4, shoulder - 80), (500, shoulder - 60), (500 + neck + 4, shoulder - 80)),
        string,
        7,
    )
    for side in (-1, 1):
        canvas.stroke(
            smooth(
                [
                    (500, shoulder - 68),
                    (500 + side * 42, shoulder - 100),
                    (500 + side * 66, shoulder - 66),
                    (500, shoulder - 66),
                ]
            ),
            string,
            7,
        )
        canvas.stroke(
            smooth([(500, shoulder - 66), (500 + side * 24, shoulder - 30), (500 + side * 40, shoulder + 6)]),
            string,
            7,
        )


def bottle(canvas: Canvas, order: PackOrder) -> None:
    """A bottle: 0 for fish sauce with a ribbed cap, 1 with square shoulders, 2 slim for spirits, 3 small with a dropper."""
    palette = order.palette
    neck, half, neck_top, shoulder = (
        (50, 166, 150, 372),
        (54, 176, 176, 334),
        (40, 138, 96, 400),
        (58, 186, 330, 470),
    )[order.variant % 4]
    canvas.shadow(500, GROUND, half * 1.2, 24)
    bend = shoulder if order.variant == 1 else shoulder - 110
    profile = [
        (neck, neck_top),
        (neck, bend - 30),
        *curve(
            (neck, bend - 30),
            (neck + 6 if order.variant != 1 else half, bend + 10 if order.variant != 1 else bend - 40),
            (half, shoulder + 40),
        ),
        (half, GROUND - 40),
        *curve((half, GROUND - 40), (half, GROUND), (half - 40, GROUND)),
    ]
    glass = turned(profile, 500)
    canvas.fill(glass, rounded_light(palette.body, 1.05))
    level = bend - 6
    canvas.fill(turned([(neck, neck_top), (neck, level)], 500), (255, 255, 255, 74))
    canvas.fill(ellipse(500, level, neck - 3, 7), faded(lighter(palette.body, 0.5), 160))
    canvas.fill(
        turned([(half - 26, shoulder + 60), (half - 40, GROUND - 30)], 500),
        faded(lighter(palette.body, 0.35), 34),
        blur=16,
    )
    label = Area(500 - half, shoulder + 78, 500 + half, GROUND - 62)
    paper = box(label.left, label.top, label.right, label.bottom)
    layer = canvas.layer()
    draw_label(layer, label, "band", palette, order.words, order.emblem)
    canvas.clipped(glass, layer)
    canvas.fill(
        paper,
        [
            (0, (20, 10, 0, 96)),
            (0.12, (20, 10, 0, 20)),
            (0.3, (255, 255, 255, 46)),
            (0.6, (0, 0, 0, 0)),
            (0.88, (20, 10, 0, 26)),
            (1, (20, 10, 0, 104)),
        ],
    )
    _shine(canvas, 500 - half + 24, shoulder + 10, label.top - 14)
    _shine(canvas, 500 - neck + 14, neck_top + 16, bend - 40, width=9)
    if order.variant == 3:
        canvas.fill(
            turned([(26, 168), (46, 190), (46, 262), (22, 268)], 500), rounded_light(colour("#2b2b2e"), 1)
        )
        _screw_lid(canvas, mix(palette.accent, colour("#2b2420"), 0.35), neck + 8, 256, 348)
    else:
        cap_bottom = neck_top + (96 if order.variant == 2 else 60)
        _screw_lid(canvas, palette.accent, neck + 8, neck_top - 46, cap_bottom - 34)
        if order.variant == 2:
            canvas.fill(
                turned([(neck + 8, cap_bottom - 34), (neck + 2, cap_bottom + 60)], 500),
                rounded_light(darker(palette.accent, 0.15), 1),
            )


def tin(canvas: Canvas, order: PackOrder) -> None:
    """A round tin with rims, printed all over; `variant` 1 is lower and wider."""
    palette = order.palette
    half, top = (262.0, 330.0) if order.variant == 1 else (216.0, 236.0)
    canvas.shadow(500, GROUND + 4, half * 1.14, 30)
    bottom = GROUND - 26
    wall = [(500 - half, top), *reversed(ellipse(500, bottom, half, 34, 0, 180)), (500 + half, top)]
    canvas.fill(wall, rounded_light(palette.body, 1))
    layer = canvas.layer()
    for offset in (28, bottom - top - 8):
        layer.stroke(ellipse(500, top + offset, half, 34, 0, 180), palette.accent, 15)
    draw_label(
        layer,
        Area(500 - half * 0.80, top + 74, 500 + half * 0.80, bottom - 26),
        order.manner if order.manner != "band" else "arch",
        palette,
        order.words,
        order.emblem,
    )
    canvas.clipped(wall, layer)
    metal = colour("#cfcac0")
    for y in (bottom, top):
        rim = ellipse(500, y, half + 5, 36, 0, 180)
        canvas.stroke(rim, darker(metal, 0.30), 15)
        canvas.stroke([(x, py - 3) for x, py in rim], lighter(metal, 0.45), 5)
    canvas.fill(
        ellipse(500, top, half + 7, 40),
        [(0, darker(metal, 0.15)), (0.3, lighter(metal, 0.6)), (0.6, metal), (1, darker(metal, 0.35))],
    )
    canvas.fill(
        ellipse(500, top - 2, half - 12, 31),
        [
            (0, lighter(palette.body, 0.28)),
            (0.5, lighter(palette.body, 0.10)),
            (1, darker(palette.body, 0.22)),
        ],
    )
    canvas.stroke(ellipse(500, top - 2, half - 34, 25), faded(darker(palette.body, 0.4), 90), 3, closed=True)
    _shine(canvas, 500 - half + 30, top + 60, bottom - 30)


def carton(canvas: Canvas, order: PackOrder) -> None:
    """A card box seen a little from the right; `variant` 1 lies lower and is wider, 2 has a ribbon as a gift."""
    palette = order.palette
    left, right, top, depth = (
        (214.0, 690.0, 372.0, 96.0) if order.variant == 1 else (262.0, 646.0, 238.0, 94.0)
    )
    lift = 62.0
    canvas.shadow(520, GROUND + 2, (right - left) / 2 + depth * 0.7, 28)
    canvas.fill(
        [(left, top), (left + depth, top - lift), (right + depth, top - lift), (right, top)],
        [(0, lighter(palette.body, 0.42)), (1, lighter(palette.body, 0.20))],
    )
    canvas.fill(
        [(right, top), (right + depth, top - lift), (right + depth, GROUND - lift), (right, GROUND)],
        [(0, darker(palette.body, 0.24)), (1, darker(palette.body, 0.46))],
    )
    front = box(left, top, right, GROUND, 4)
    canvas.fill(
        front, [(0, lighter(palette.body, 0.10)), (0.6, palette.body), (1, darker(palette.body, 0.10))]
    )
    canvas.stroke(
        [(left + depth * 0.5, top - lift * 0.5), (right + depth * 0.5, top - lift * 0.5)],
        faded(darker(palette.body, 0.5), 70),
        3,
    )
    pattern = canvas.layer()
    base = GROUND - 12
    for wave in range(3):
        height = base - 96 + wave * 34
        pattern.fill(
            [
                *smooth(
                    [
                        (left - 20, height + 26),
                        (left + (right - left) * 0.3, height - 26),
                        (left + (right - left) * 0.66, height + 30),
                        (right + 20, height - 12),
                    ]
                ),
                (right + 20, GROUND + 20),
                (left - 20, GROUND + 20),
            ],
            faded(mix(palette.accent, palette.body, wave * 0.30), 235),
        )
    canvas.clipped(front, pattern)
    middle = Area(left + 44, top + 34, right - 44, GROUND - 146)
    if order.variant == 2:
        ribbon = palette.accent
        x = left + (right - left) * 0.16
        canvas.fill(
            box(x - 20, top, x + 20, GROUND),
            [(0, darker(ribbon, 0.2)), (0.5, lighter(ribbon, 0.25)), (1, darker(ribbon, 0.2))],
        )
        canvas.fill(
            [(x - 20, top), (x - 20 + depth, top - lift), (x + 20 + depth, top - lift), (x + 20, top)],
            lighter(ribbon, 0.2),
        )
        _bow(canvas, x + depth * 0.5, top - lift * 0.5, ribbon)
        middle = Area(left + 108, top + 34, right - 26, GROUND - 146)
    draw_label(
        canvas,
        middle,
        "framed" if order.manner == "band" else order.manner,
        palette,
        order.words,
        order.emblem,
    )
    canvas.stroke([(left, top), (right, top)], faded(lighter(palette.body, 0.7), 150), 3)
    canvas.stroke([(right, top), (right, GROUND)], faded(lighter(palette.body, 0.6), 110), 3)


def _bow(canvas: Canvas, x: float, y: float, value: Colour) -> None:
    for side in (-1, 1):
        loop = smooth(
            [(x, y), (x + side * 44, y - 66), (x + side * 96, y - 50), (x + side * 84, y - 4)], closed=True
        )
        canvas.fill(loop, [(0, darker(value, 0.12)), (0.5, lighter(value, 0.28)), (1, darker(value, 0.2))])
    canvas.fill(ellipse(x, y - 6, 19, 17), darker(value, 0.15))


def craft(canvas: Canvas, order: PackOrder) -> None:
    """A craft without a pack: the thing itself on a wooden stand, with a tag on a thread."""
    palette = order.palette
    canvas.shadow(500, GROUND + 4, 330, 28)
    wood = colour("#a9764a")
    stand = [(190, 770), (810, 770), (850, 812), (850, GROUND), (150, GROUND), (150, 812)]
    canvas.fill(
        rounded(stand, 8), [(0, darker(wood, 0.18)), (0.3, lighter(wood, 0.18)), (1, darker(wood, 0.26))]
    )
    canvas.fill(
        [(190, 770), (810, 770), (850, 812), (150, 812)], [(0, lighter(wood, 0.22)), (1, lighter(wood, 0.40))]
    )
    for line in range(5):
        canvas.stroke(
            curve((160, 824 + line * 9), (480, 818 + line * 9), (842, 826 + line * 9)),
            faded(darker(wood, 0.5), 60),
            2.5,
        )
    canvas.shadow(470, 790, 230, 18, 80, 8)
    canvas.picture(order.goods, 430, 500, 560)
    tag = rounded([(640, 470), (700, 424), (860, 424), (860, 770), (640, 770)], 16)
    canvas.fill([(x, y + 7) for x, y in tag], (30, 20, 10, 70), blur=7)
    canvas.fill(tag, palette.label)
    canvas.stroke(tag, faded(palette.ink, 90), 2.5, closed=True)
    canvas.fill(ellipse(752, 452, 11, 11), darker(palette.backdrop, 0.3))
    canvas.stroke(smooth([(752, 450), (700, 380), (580, 400), (470, 470)]), colour("#8a6a3c"), 5)
    draw_label(
        canvas,
        Area(652, 470, 848, 762),
        "plain",
        replace(palette, body=palette.label),
        order.words,
        order.emblem,
    )


def _shine(canvas: Canvas, x: float, top: float, bottom: float, width: float = 14) -> None:
    """Set an upright reflection of a window on glass or tin."""
    canvas.fill(box(x, top, x + width, bottom, width / 2), (255, 255, 255, 120), blur=3)
    canvas.fill(box(x + width * 1.8, top + 14, x + width * 2.2, bottom - 30, 3), (255, 255, 255, 70), blur=2)
