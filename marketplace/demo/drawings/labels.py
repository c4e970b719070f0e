"""Labels of packs: the goods' picture, the name, a line below; in several manners."""

from dataclasses import dataclass

from PIL import Image

from marketplace.demo.drawings.paint import (
    SANS_BOLD,
    SERIF,
    Canvas,
    Colour,
    box,
    ellipse,
    faded,
    lighter,
    mix,
    rounded,
)
from marketplace.demo.drawings.palettes import Palette

MANNERS = ("framed", "band", "arch", "plain", "round")
_NAME_SIZES = (62, 56, 50, 46, 42, 38, 34, 30, 27, 24)
_MAX_NAME_LINES = 4


@dataclass(frozen=True)
class Words:
    """What stands on a label."""

    name: str
    subtitle: str


@dataclass(frozen=True)
class Area:
    """A rectangle on the canvas, in its units."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        """Half way from left to right."""
        return (self.left + self.right) / 2

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    def inset(self, across: float, down: float | None = None) -> "Area":
        """The area without a margin."""
        down = across if down is None else down
        return Area(self.left + across, self.top + down, self.right - across, self.bottom - down)


def draw_label(
    canvas: Canvas, area: Area, manner: str, palette: Palette, words: Words, emblem: Image.Image
) -> None:
    """Draw a label into `area` in one of `MANNERS`."""
    if manner == "framed":
        canvas.fill(box(area.left, area.top + 5, area.right, area.bottom + 5, 16), (30, 20, 10, 46), blur=5)
        canvas.fill(box(area.left, area.top, area.right, area.bottom, 16), palette.label)
        inner = area.inset(11)
        canvas.stroke(
            box(inner.left, inner.top, inner.right, inner.bottom, 9),
            faded(palette.ink, 110),
            2.6,
            closed=True,
        )
        _write(canvas, area.inset(24, 26), palette.ink, palette.accent, words, emblem)
    elif manner == "band":
        canvas.fill(box(area.left, area.top, area.right, area.bottom), palette.label)
        for top in (area.top, area.bottom - 16):
            canvas.fill(box(area.left, top, area.right, top + 16), palette.accent)
        _write(canvas, area.inset(26, 38), palette.ink, palette.accent, words, emblem)
    elif manner == "arch":
        radius = min(area.width / 2, area.height * 0.42)
        outline = rounded(
            [
                (area.left, area.top),
                (area.right, area.top),
                (area.right, area.bottom),
                (area.left, area.bottom),
            ],
            [radius, radius, 14, 14],
        )
        canvas.fill([(x, y + 5) for x, y in outline], (30, 20, 10, 46), blur=5)
        canvas.fill(outline, palette.label)
        sun = mix(palette.backdrop, palette.accent, 0.22)
        _write(canvas, area.inset(26, 30), palette.ink, palette.accent, words, emblem, halo=sun)
    elif manner == "round":
        radius = min(area.width, area.height) / 2
        middle = (area.top + area.bottom) / 2
        canvas.fill(ellipse(area.middle, middle + 5, radius, radius), (30, 20, 10, 46), blur=5)
        canvas.fill(ellipse(area.middle, middle, radius, radius), palette.label)
        canvas.stroke(ellipse(area.middle, middle, radius - 12, radius - 12), palette.accent, 4, closed=True)
        inner = Area(area.middle - radius, middle - radius, area.middle + radius, middle + radius)
        _write(canvas, inner.inset(radius * 0.27, radius * 0.32), palette.ink, palette.accent, words, emblem)
    else:
        ink = lighter(palette.body, 0.93) if _is_dark(palette.body) else palette.ink
        _write(
            canvas,
            area.inset(8, 6),
            ink,
            lighter(palette.accent, 0.25),
            words,
            emblem,
            halo=(255, 253, 246, 235),
        )


def _is_dark(value: Colour) -> bool:
    return value[0] * 0.30 + value[1] * 0.59 + value[2] * 0.11 < 175


def _write(
    canvas: Canvas,
    area: Area,
    ink: Colour,
    accent: Colour,
    words: Words,
    emblem: Image.Image,
    *,
    halo: Colour | None = None,
) -> None:
    """Set picture, name and subtitle one below the other in the middle of an area."""
    subtitle_size = _fitting_size(canvas, words.subtitle, area.width * 0.88)
    foot = subtitle_size * 1.6 if words.subtitle else 0
    lines, size = _name_lines(canvas, words.name, area.width, (area.height - foot) * 0.52)
    line_height = size * 1.24
    text_height = line_height * len(lines)
    room = area.height - foot - text_height - 14
    picture = max(60.0, min(room, area.width * 0.80))
    top = area.top + max(0.0, room - picture) * 0.45
    if halo:
        canvas.fill(ellipse(area.middle, top + picture / 2, picture * 0.56, picture * 0.56), halo)
    canvas.picture(emblem, area.middle, top + picture / 2, picture * (0.86 if halo else 0.98))
    base = top + picture + 10 + size * 0.95
    for number, line in enumerate(lines):
        canvas.text(area.middle, base + number * line_height, line, SERIF, size, ink)
    if words.subtitle:
        rule = base + (len(lines) - 1) * line_height + size * 0.50
        if area.bottom - foot - rule > 6:
            canvas.stroke([(area.middle - 34, rule + 8), (area.middle + 34, rule + 8)], accent, 4)
        canvas.text(
            area.middle,
            area.bottom,
            words.subtitle.upper(),
            SANS_BOLD,
            subtitle_size,
            ink,
            spacing=subtitle_size * 0.10,
        )


def _fitting_size(canvas: Canvas, text: str, width: float) -> float:
    size = 23.0
    while size > 13 and canvas.text_width(text.upper(), SANS_BOLD, size, size * 0.10) > width:
        size -= 1
    return size


def _name_lines(canvas: Canvas, name: str, width: float, height: float) -> tuple[list[str], float]:
    """Break the name into the fewest lines at the largest size that fits."""
    lines: list[str] = [name]
    for size in _NAME_SIZES:
        lines = _wrapped(canvas, name, width, size)
        fits = all(canvas.text_width(line, SERIF, size) <= width for line in lines)
        if fits and len(lines) <= _MAX_NAME_LINES and len(lines) * size * 1.24 <= height:
            return lines, float(size)
    return lines[: _MAX_NAME_LINES + 1], float(_NAME_SIZES[-1])


def _wrapped(canvas: Canvas, text: str, width: float, size: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and canvas.text_width(longer, SERIF, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return _balanced(canvas, text.split(), len(lines), size, width) or lines


def _balanced(canvas: Canvas, words: list[str], count: int, size: float, width: float) -> list[str] | None:
    """Spread words over as many lines, the longest as short as can be, so that no word is left alone."""
    if count < 2 or len(words) > 14:
        return None
    best: tuple[float, list[str]] | None = None

    def spread(start: int, left: int, lines: list[str]) -> None:
        nonlocal best
        if left == 1:
            whole = [*lines, " ".join(words[start:])]
            longest = max(canvas.text_width(line, SERIF, size) for line in whole)
            if longest <= width and (best is None or longest < best[0]):
                best = (longest, whole)
            return
        for end in range(start + 1, len(words) - left + 2):
            spread(end, left - 1, [*lines, " ".join(words[start:end])])

    spread(0, count, [])
    return best[1] if best else None
