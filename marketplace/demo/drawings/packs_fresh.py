"""Packs for what is fresh: basket, tray under film, egg carton, crate."""

import math

from marketplace.demo.drawings.labels import Area, draw_label
from marketplace.demo.drawings.order import PackOrder
from marketplace.demo.drawings.paint import (
    Canvas,
    box,
    colour,
    curve,
    darker,
    ellipse,
    faded,
    lighter,
    rounded,
    smooth,
)
from marketplace.demo.drawings.scene import GROUND


def _heap(
    canvas: Canvas, order: PackOrder, left: float, right: float, base: float, rows: int, width: float
) -> None:
    """Pile up the goods, the back row first."""
    for row in range(rows):
        count = rows + 2 - row if rows > 2 else 4 - row
        y = base - (rows - 1 - row) * width * 0.40
        inset = (rows - 1 - row) * (right - left) * 0.11
        amount = 3 + row if rows > 2 else max(2, count)
        for number in range(amount):
            share = (number + 0.5) / amount
            x = left + inset + share * (right - left - 2 * inset)
            canvas.picture(
                order.goods, x, y + order.chance.uniform(-8, 8), width, turn=order.chance.uniform(-20, 20)
            )


def basket(canvas: Canvas, order: PackOrder) -> None:
    """A woven basket heaped with the goods; `variant` 1 has a handle."""
    straw = colour("#c79a5e")
    canvas.shadow(500, GROUND, 330, 30)
    if order.variant == 1:
        handle = smooth([(232, 520), (270, 250), (500, 136), (730, 250), (768, 520)])
        canvas.stroke(handle, darker(straw, 0.35), 36)
        canvas.stroke([(x - 4, y - 4) for x, y in handle], lighter(straw, 0.12), 22)
    canvas.fill(ellipse(500, 516, 330, 62), darker(straw, 0.55))
    _heap(canvas, order, 196, 804, 452, 3, 226)
    wall = [(166, 512), *curve((166, 512), (500, 590), (834, 512)), (772, GROUND - 26)]
    wall += curve((772, GROUND - 26), (500, GROUND + 30), (228, GROUND - 26))
    canvas.fill(
        wall, [(0, darker(straw, 0.36)), (0.24, lighter(straw, 0.14)), (0.6, straw), (1, darker(straw, 0.42))]
    )
    weave = canvas.layer()
    for row in range(12):
        y = 520 + row * 32
        for number in range(20):
            x = 150 + number * 38 + (row % 2) * 19
            sag = 62 * (1 - ((x - 500) / 340) ** 2)
            weave.fill(box(x, y + sag, x + 32, y + sag + 24, 10), faded(lighter(straw, 0.35), 120))
            weave.fill(box(x, y + sag + 18, x + 32, y + sag + 28, 6), faded(darker(straw, 0.5), 80))
    canvas.clipped(wall, weave)
    rim = curve((158, 508), (500, 590), (842, 508))
    canvas.stroke([(x, y + 9) for x, y in rim], darker(straw, 0.42), 34)
    canvas.stroke(rim, straw, 30)
    canvas.stroke([(x, y - 6) for x, y in rim], lighter(straw, 0.4), 8)
    draw_label(canvas, Area(322, 608, 678, 846), "framed", order.palette, order.words, order.emblem)


def tray(canvas: Canvas, order: PackOrder) -> None:
    """A tray of the goods under clear film, with a label across; `variant` 1 is of dark card."""
    base = colour("#3d4a3f") if order.variant == 1 else colour("#c9a878")
    canvas.shadow(500, GROUND, 368, 28)
    canvas.fill(rounded([(130, 470), (870, 470), (836, 560), (164, 560)], 20), darker(base, 0.35))
    _heap(canvas, order, 150, 850, 520, 3, 250)
    front = rounded([(112, 560), (888, 560), (822, GROUND), (178, GROUND)], [18, 18, 46, 46])
    canvas.fill(
        front, [(0, darker(base, 0.2)), (0.25, lighter(base, 0.16)), (0.7, base), (1, darker(base, 0.28))]
    )
    for line in range(9):
        canvas.stroke(
            [(176 + line * 81, 600), (196 + line * 76, GROUND - 24)], faded(darker(base, 0.5), 44), 7
        )
    canvas.fill(
        box(104, 546, 896, 584, 17),
        [(0, lighter(base, 0.1)), (0.3, lighter(base, 0.42)), (1, darker(base, 0.12))],
    )
    film = smooth([(140, 560), (170, 380), (330, 236), (520, 206), (700, 244), (836, 390), (862, 560)])
    canvas.fill([*film, (862, 560), (140, 560)], (255, 255, 255, 34))
    canvas.stroke(film, (255, 255, 255, 130), 4)
    canvas.stroke(curve((214, 452), (268, 320), (400, 264)), (255, 255, 255, 170), 13)
    canvas.stroke(curve((640, 262), (740, 300), (792, 398)), (255, 255, 255, 110), 8)
    draw_label(canvas, Area(306, 566, 694, 846), "framed", order.palette, order.words, order.emblem)


def crate(canvas: Canvas, order: PackOrder) -> None:
    """A wooden crate of the goods."""
    wood = colour("#b98a57")
    canvas.shadow(500, GROUND, 372, 28)
    for x in (150, 806):
        canvas.fill(box(x, 420, x + 44, GROUND, 5), [(0, darker(wood, 0.45)), (1, darker(wood, 0.25))])
    canvas.fill(box(160, 470, 840, 560), darker(wood, 0.62))
    _heap(canvas, order, 170, 830, 486, 3, 244)
    for row, top in enumerate((548, 656, 764)):
        plank = box(118, top, 882, top + 96, 6)
        canvas.fill(
            plank,
            [(0, darker(wood, 0.16)), (0.22, lighter(wood, 0.20)), (0.7, wood), (1, darker(wood, 0.24))],
        )
        for line in range(4):
            y = top + 16 + line * 20
            canvas.stroke(
                smooth(
                    [
                        (128, y),
                        (330, y + order.chance.uniform(-6, 6)),
                        (620, y + order.chance.uniform(-6, 6)),
                        (872, y),
                    ]
                ),
                faded(darker(wood, 0.5), 46),
                2.5,
            )
        for x in (148, 852):
            canvas.fill(ellipse(x, top + 48, 8, 8), darker(wood, 0.6))
        canvas.fill(box(118, top + 90, 882, top + 98), faded(darker(wood, 0.7), 90 + row))
    draw_label(canvas, Area(306, 572, 694, 846), "framed", order.palette, order.words, order.emblem)


def egg_carton(canvas: Canvas, order: PackOrder) -> None:
    """A carton of eggs, open, with its lid up behind."""
    pulp = colour("#b7a98f")
    canvas.shadow(500, GROUND, 382, 28)
    lid = rounded([(164, 190), (836, 190), (866, 520), (134, 520)], [34, 34, 10, 10])
    canvas.fill(lid, [(0, darker(pulp, 0.2)), (0.3, lighter(pulp, 0.26)), (1, darker(pulp, 0.22))])
    canvas.stroke(lid, faded(darker(pulp, 0.5), 70), 4, closed=True)
    draw_label(canvas, Area(262, 214, 738, 486), "framed", order.palette, order.words, order.emblem)
    canvas.fill(rounded([(134, 520), (866, 520), (890, 640), (110, 640)], 10), darker(pulp, 0.42))
    shell = colour("#e2b084")
    for row, (y, left, step, size) in enumerate(((588, 206, 118, 56), (664, 178, 129, 64))):
        for number in range(6):
            x = left + number * step
            tint = lighter(shell, order.chance.uniform(0.0, 0.28))
            egg = [
                (
                    x + size * 0.86 * math.cos(angle) * (1 - 0.16 * math.sin(-angle)),
                    y - 6 + size * 1.16 * math.sin(angle),
                )
                for angle in (math.radians(step) for step in range(0, 360, 6))
            ]
            canvas.fill(egg, [(0, lighter(tint, 0.25)), (0.5, tint), (1, darker(tint, 0.30))])
            canvas.fill(
                ellipse(x - size * 0.28, y - size * 0.56, size * 0.20, size * 0.28),
                (255, 255, 255, 140),
                blur=4,
            )
            if row == 0:
                canvas.fill(ellipse(x, y + size * 0.95, size * 1.02, size * 0.40), darker(pulp, 0.22))
    scallops = [(96.0, 700.0)]
    for number in range(6):
        left_end = 96 + number * 134.7
        scallops += curve((left_end, 690), (left_end + 67, 778), (left_end + 134.7, 690))
    front = [*scallops, (904, 700), (862, GROUND), (138, GROUND)]
    canvas.fill(
        front, [(0, darker(pulp, 0.22)), (0.25, lighter(pulp, 0.26)), (0.7, pulp), (1, darker(pulp, 0.3))]
    )
    for number in range(5):
        groove = 230.7 + number * 134.7
        canvas.stroke(
            [(groove, 706), (500 + (groove - 500) * 0.93, GROUND - 8)], faded(darker(pulp, 0.5), 84), 9
        )
    canvas.stroke(scallops[1:], lighter(pulp, 0.5), 7)
