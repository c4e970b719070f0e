"""Packs of film, paper and cloth: stand-up pouch, flat-bottom bag, sack, sachet."""

from marketplace.demo.drawings.labels import Area, draw_label
from marketplace.demo.drawings.order import PackOrder
from marketplace.demo.drawings.paint import (
    Canvas,
    Outline,
    box,
    curve,
    darker,
    ellipse,
    faded,
    lighter,
    mix,
    rounded,
    smooth,
)
from marketplace.demo.drawings.palettes import flat_light
from marketplace.demo.drawings.scene import GROUND


def pouch(canvas: Canvas, order: PackOrder) -> None:
    """A stand-up pouch with a sealed top, a hole to hang it and a gusset."""
    palette = order.palette
    top, bottom = 132.0, GROUND
    canvas.shadow(500, bottom - 2, 268, 26)
    body = (
        smooth([(292, top), (286, 300), (270, 560), (250, bottom - 60)])
        + curve((250, bottom - 60), (252, bottom), (312, bottom))
        + curve((312, bottom), (500, bottom + 16), (688, bottom))
        + curve((688, bottom), (748, bottom), (750, bottom - 60))
        + smooth([(750, bottom - 60), (730, 560), (714, 300), (708, top)])
    )
    canvas.fill(body, flat_light(palette.body))
    _film(canvas, body)
    canvas.fill(box(291, top, 709, top + 58), faded(darker(palette.body, 0.25), 80))
    for line in range(5):
        y = top + 10 + line * 10
        canvas.stroke([(294, y), (706, y)], faded(lighter(palette.body, 0.5), 70), 2.4)
    canvas.stroke([(290, top + 74), (710, top + 74)], faded(lighter(palette.body, 0.75), 190), 3, dash=9)
    canvas.fill(ellipse(500, top + 29, 15, 15), palette.backdrop)
    canvas.stroke(ellipse(500, top + 29, 15, 15), faded(darker(palette.body, 0.4), 120), 2, closed=True)
    gusset = curve((256, bottom - 74), (500, bottom - 20), (744, bottom - 74))
    canvas.stroke(gusset, faded(darker(palette.body, 0.45), 120), 3)
    canvas.fill(
        [*gusset, (744, bottom - 30), (688, bottom), (500, bottom + 8), (312, bottom), (256, bottom - 30)],
        faded(darker(palette.body, 0.5), 46),
    )
    if order.variant == 1:
        _window(canvas, order, Area(352, 610, 648, 786))
        draw_label(canvas, Area(338, 232, 662, 588), order.manner, palette, order.words, order.emblem)
    elif order.manner == "band":
        draw_label(canvas, Area(272, 292, 728, 742), "band", palette, order.words, order.emblem)
    else:
        draw_label(canvas, Area(342, 244, 658, 752), order.manner, palette, order.words, order.emblem)
    _glint(canvas, body)


def bag(canvas: Canvas, order: PackOrder) -> None:
    """A paper bag with a flat bottom, folded top and a tin tie."""
    palette = order.palette
    canvas.shadow(512, GROUND, 262, 26)
    front = rounded([(282, 190), (676, 190), (690, GROUND), (268, GROUND)], 8)
    side: Outline = [(676, 190), (742, 214), (752, GROUND - 30), (690, GROUND)]
    canvas.fill(
        side,
        [(0, darker(palette.body, 0.22)), (0.5, darker(palette.body, 0.42)), (1, darker(palette.body, 0.30))],
    )
    canvas.stroke([(712, 204), (720, 520), (716, GROUND - 14)], faded(darker(palette.body, 0.6), 90), 3)
    canvas.fill(
        front,
        [
            (0, darker(palette.body, 0.10)),
            (0.2, lighter(palette.body, 0.10)),
            (0.75, palette.body),
            (1, darker(palette.body, 0.14)),
        ],
    )
    for x in (360, 470, 590):
        canvas.stroke(
            smooth([(x, 250), (x - 8, 420), (x + 4, 640), (x - 4, GROUND - 20)]),
            faded(darker(palette.body, 0.4), 22),
            7,
        )
    fold = rounded([(276, 118), (682, 118), (692, 214), (270, 214)], 10)
    canvas.fill([(x, y + 10) for x, y in fold], (30, 20, 10, 60), blur=7)
    canvas.fill(
        fold,
        [
            (0, darker(palette.body, 0.05)),
            (0.3, lighter(palette.body, 0.18)),
            (1, darker(palette.body, 0.16)),
        ],
    )
    canvas.fill(box(250, 158, 716, 182, 10), palette.accent)
    canvas.fill(box(250, 158, 716, 166, 8), faded(lighter(palette.accent, 0.6), 150))
    if order.variant == 1:
        _window(canvas, order, Area(352, 636, 606, 806))
        draw_label(canvas, Area(322, 250, 636, 618), order.manner, palette, order.words, order.emblem)
    elif order.manner == "band":
        draw_label(canvas, Area(277, 320, 683, 740), "band", palette, order.words, order.emblem)
    else:
        draw_label(canvas, Area(322, 268, 636, 770), order.manner, palette, order.words, order.emblem)


def sack(canvas: Canvas, order: PackOrder) -> None:
    """A full sack of rice, sewn at the top."""
    palette = order.palette
    canvas.shadow(500, GROUND, 306, 30)
    body = smooth(
        [
            (268, 150), (400, 166), (600, 166), (732, 150), (748, 250), (776, 460), (792, 690), (752, GROUND - 10),
            (500, GROUND + 10), (248, GROUND - 10), (208, 690), (224, 460), (252, 250),
        ],
        closed=True,
    )  # fmt: skip
    canvas.fill(body, flat_light(palette.body, 1.15))
    weave = canvas.layer()
    for line in range(60):
        weave.stroke(
            [(190, 150 + line * 13), (810, 150 + line * 13)], faded(darker(palette.body, 0.35), 20), 2.2
        )
        weave.stroke(
            [(190 + line * 11, 130), (190 + line * 11, 890)], faded(lighter(palette.body, 0.6), 22), 2.2
        )
    canvas.clipped(body, weave)
    canvas.fill(
        smooth([(262, 140), (500, 158), (738, 140), (742, 208), (500, 226), (258, 208)], closed=True),
        faded(lighter(palette.body, 0.3), 150),
    )
    canvas.stroke(curve((258, 206), (500, 226), (742, 206)), palette.accent, 6, dash=20)
    canvas.stroke([(742, 206), (770, 250), (764, 300)], palette.accent, 5)
    for start, end in (((232, 640), (330, 700)), ((768, 620), (676, 690)), ((250, 300), (320, 330))):
        canvas.stroke(
            curve(start, ((start[0] + end[0]) / 2, start[1] + 6), end),
            faded(darker(palette.body, 0.5), 40),
            12,
        )
    manner = "framed" if order.manner == "plain" else order.manner
    area = Area(226, 330, 774, 742) if manner == "band" else Area(322, 284, 678, 772)
    if manner == "band":
        layer = canvas.layer()
        draw_label(layer, area, manner, palette, order.words, order.emblem)
        canvas.clipped(body, layer)
    else:
        draw_label(canvas, area, manner, palette, order.words, order.emblem)


def sachet(canvas: Canvas, order: PackOrder) -> None:
    """A crimped packet of snacks, puffed with air."""
    palette = order.palette
    canvas.shadow(500, GROUND, 250, 24)
    left = smooth([(286, 138), (262, 240), (236, 480), (262, 760), (288, GROUND)])
    right = [(1000 - x, y) for x, y in reversed(left)]
    body = left + right
    canvas.fill(
        body,
        [
            (0, darker(palette.body, 0.32)),
            (0.12, palette.body),
            (0.28, lighter(palette.body, 0.30)),
            (0.5, palette.body),
            (0.74, lighter(palette.body, 0.10)),
            (1, darker(palette.body, 0.36)),
        ],
    )
    swoosh = canvas.layer()
    swoosh.fill(
        smooth([(200, 676), (420, 606), (640, 690), (820, 600), (820, 900), (200, 900)], closed=True),
        palette.accent,
    )
    swoosh.fill(
        smooth([(200, 716), (420, 646), (640, 730), (820, 640), (820, 900), (200, 900)], closed=True),
        faded(lighter(palette.body, 0.75), 225),
    )
    canvas.clipped(body, swoosh)
    _film(canvas, body)
    for edge in (138, GROUND - 46):
        canvas.fill(box(287, edge, 713, edge + 46), faded(darker(palette.body, 0.3), 90))
        for line in range(27):
            x = 292 + line * 16
            canvas.stroke([(x, edge + 4), (x, edge + 42)], faded(lighter(palette.body, 0.7), 85), 3)
    for number, (x, y, width) in enumerate(((372, 716, 150), (628, 722, 150), (500, 748, 190))):
        canvas.picture(order.goods, x, y, width, turn=(-18, 16, 4)[number])
    draw_label(
        canvas,
        Area(318, 212, 682, 600),
        "plain" if order.manner in ("band", "plain") else order.manner,
        palette,
        order.words,
        order.emblem,
    )
    _glint(canvas, body)


def _window(canvas: Canvas, order: PackOrder, area: Area) -> None:
    """Cut a window into the pack, through which the goods are seen."""
    outline = box(area.left, area.top, area.right, area.bottom, area.height * 0.46)
    ground = mix(order.palette.backdrop, order.palette.body, 0.25)
    canvas.fill(outline, [(0, darker(ground, 0.20)), (1, lighter(ground, 0.10))], upright=True)
    heap = canvas.layer()
    width = area.width * 0.30
    for row in range(3):
        for number in range(5):
            x = area.left + (number + 0.5 * (row % 2)) * area.width / 4.4
            y = area.bottom - 10 - row * area.height * 0.27
            heap.picture(order.goods, x, y, width, turn=order.chance.uniform(-35, 35))
    canvas.clipped(outline, heap)
    canvas.fill(
        ellipse(area.left + area.width * 0.3, area.top + 12, area.width * 0.22, 9),
        (255, 255, 255, 130),
        blur=4,
    )
    canvas.stroke(outline, faded(lighter(order.palette.body, 0.7), 200), 4, closed=True)


def _film(canvas: Canvas, body: Outline) -> None:
    """Let light run over film in soft folds."""
    folds = canvas.layer()
    folds.fill([(300, 110), (392, 110), (350, 900), (262, 900)], (255, 255, 255, 42), blur=14)
    folds.fill([(640, 110), (668, 110), (700, 900), (655, 900)], (255, 255, 255, 30), blur=10)
    folds.fill([(690, 110), (760, 110), (770, 900), (712, 900)], (20, 10, 0, 46), blur=14)
    canvas.clipped(body, folds)


def _glint(canvas: Canvas, body: Outline) -> None:
    """Set a thin light along the left edge."""
    layer = canvas.layer()
    layer.stroke(smooth([(306, 230), (298, 480), (284, 760)]), (255, 255, 255, 90), 7)
    canvas.clipped(body, layer)
