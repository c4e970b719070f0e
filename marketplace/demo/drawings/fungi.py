"""Mushrooms of the highlands, drawn by code."""

from marketplace.demo.drawings.paint import Canvas, colour, curve, darker, ellipse, lighter, seeded, smooth


def cordyceps(canvas: Canvas) -> None:
    """Fingers of cordyceps rising from rice."""
    chance = seeded(7)
    for number in range(13):
        x = 240 + number * 43
        top = 120 + abs(number - 6) * 42 + chance.randint(-50, 60)
        bend = (number - 6) * 22 + chance.randint(-20, 20)
        stalk = curve((500 + (x - 500) * 0.72, 840), (x, 560), (x + bend, top), steps=24)
        tint = colour("#f08a24") if number % 2 else colour("#e2701a")
        canvas.stroke(stalk, darker(tint, 0.22), 48)
        canvas.stroke([(px - 7, py) for px, py in stalk], tint, 34)
        canvas.stroke([(px - 12, py) for px, py in stalk[8:]], lighter(tint, 0.45), 9)
    canvas.fill(
        smooth(
            [(200, 830), (330, 770), (500, 790), (670, 770), (800, 830), (760, 930), (500, 960), (240, 930)],
            closed=True,
        ),
        [(0, colour("#f3e3bd")), (1, colour("#c9a66b"))],
    )
    for _ in range(46):
        place = (chance.uniform(240, 760), chance.uniform(805, 925))
        canvas.fill(ellipse(*place, 24, 11), lighter(colour("#ecd9ab"), chance.uniform(0, 0.6)))


def shiitake(canvas: Canvas) -> None:
    """Three brown mushrooms."""
    for x, y, size in ((315, 430, 0.82), (690, 400, 0.75), (505, 560, 1.12)):
        stem = smooth(
            [
                (x - 78 * size, y),
                (x - 66 * size, y + 300 * size),
                (x + 66 * size, y + 300 * size),
                (x + 78 * size, y),
            ],
            closed=True,
        )
        canvas.fill(stem, [(0, colour("#fff3dc")), (1, colour("#cfb289"))])
        canvas.fill(
            ellipse(x, y + 20 * size, 235 * size, 62 * size), [(0, colour("#f0dcb4")), (1, colour("#b89363"))]
        )
        cap = smooth(
            [
                (x - 262 * size, y + 26 * size),
                (x - 215 * size, y - 130 * size),
                (x, y - 225 * size),
                (x + 215 * size, y - 130 * size),
                (x + 262 * size, y + 26 * size),
                (x, y + 66 * size),
            ],
            closed=True,
        )
        base = colour("#8a5a3a")
        canvas.fill(cap, [(0, lighter(base, 0.3)), (0.4, base), (1, darker(base, 0.4))])
        for dx, dy in ((-110, -70), (20, -130), (110, -50), (-20, -40), (-60, -140), (60, 5)):
            canvas.fill(ellipse(x + dx * size, y + dy * size, 30 * size, 15 * size), lighter(base, 0.55))


def oyster_mushroom(canvas: Canvas) -> None:
    """A cluster of grey oyster mushrooms."""
    for x, y, size in ((280, 470, 0.9), (720, 450, 0.9), (400, 300, 0.85), (610, 310, 0.8), (500, 540, 1.15)):
        base = colour("#b9b0a4")
        canvas.fill(
            smooth(
                [(x - 60 * size, y + 20), (500 - 55, 930), (500 + 55, 930), (x + 60 * size, y + 20)],
                closed=True,
            ),
            [(0, colour("#fffaf0")), (1, colour("#d6c8b2"))],
        )
        cap = smooth(
            [
                (x - 225 * size, y + 10 * size),
                (x - 150 * size, y - 120 * size),
                (x + 20 * size, y - 150 * size),
                (x + 190 * size, y - 90 * size),
                (x + 225 * size, y + 30 * size),
                (x + 70 * size, y + 92 * size),
                (x - 110 * size, y + 88 * size),
            ],
            closed=True,
        )
        canvas.fill(cap, [(0, lighter(base, 0.45)), (0.5, base), (1, darker(base, 0.32))])
        canvas.stroke(cap[20:50], lighter(base, 0.6), 9)
