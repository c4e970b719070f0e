"""A canvas to draw on with Pillow: measures from 0 to 1000, drawn larger and scaled down, so that edges are smooth."""

import math
import random
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

Colour = tuple[int, int, int] | tuple[int, int, int, int]
Point = tuple[float, float]
Outline = list[Point]
Stops = Sequence[tuple[float, Colour]]

FONT_FOLDER = Path(__file__).resolve().parent.parent / "fonts"
SERIF, SANS, SANS_BOLD = "label-serif-semibold.ttf", "label-sans-medium.ttf", "label-sans-bold.ttf"
UNITS = 1000.0


def colour(value: str, alpha: int = 255) -> Colour:
    """Return the colour of `#rrggbb`."""
    return (int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16), alpha)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return `first` with `share` (0 to 1) of `second` in it."""
    left, right = _with_alpha(first), _with_alpha(second)
    red, green, blue, alpha = (round(a + (b - a) * share) for a, b in zip(left, right, strict=True))
    return (red, green, blue, alpha)


def seeded(key: object) -> random.Random:
    """Return chance that is the same for the same key: a picture is drawn alike each time."""
    return random.Random(str(key))  # noqa: S311


def darker(value: Colour, share: float) -> Colour:
    """Return the colour with a share of warm black."""
    return mix(value, (24, 16, 10, _with_alpha(value)[3]), share)


def lighter(value: Colour, share: float) -> Colour:
    """Return the colour with a share of warm white."""
    return mix(value, (255, 252, 245, _with_alpha(value)[3]), share)


def faded(value: Colour, alpha: int) -> Colour:
    """Return the colour with another opacity (0 to 255)."""
    return (value[0], value[1], value[2], alpha)


def _with_alpha(value: Colour) -> tuple[int, int, int, int]:
    return (value[0], value[1], value[2], value[3] if len(value) == 4 else 255)


# --- Outlines ---------------------------------------------------------------------------------------


def ellipse(x: float, y: float, rx: float, ry: float, start: float = 0, end: float = 360) -> Outline:
    """Return an ellipse, or a part of it, around a point; degrees run clockwise from the right."""
    steps = 72
    angles = [math.radians(start + (end - start) * step / steps) for step in range(steps + 1)]
    return [(x + rx * math.cos(angle), y + ry * math.sin(angle)) for angle in angles]


def rounded(points: Sequence[Point], radius: float | Sequence[float]) -> Outline:
    """Return a polygon whose corners are rounded, all by one radius or each by its own."""
    radii = [radius] * len(points) if isinstance(radius, int | float) else list(radius)
    outline: Outline = []
    for position, corner in enumerate(points):
        before, after = points[position - 1], points[(position + 1) % len(points)]
        reach = min(radii[position], math.dist(corner, before) / 2, math.dist(corner, after) / 2)
        start, end = _towards(corner, before, reach), _towards(corner, after, reach)
        outline += curve(start, corner, end) if reach else [corner]
    return outline


def box(left: float, top: float, right: float, bottom: float, radius: float = 0) -> Outline:
    """Return an upright rectangle with rounded corners."""
    return rounded([(left, top), (right, top), (right, bottom), (left, bottom)], radius)


def curve(start: Point, control: Point, end: Point, steps: int = 14) -> Outline:
    """Return a quadratic curve."""
    return [
        (
            (1 - t) ** 2 * start[0] + 2 * (1 - t) * t * control[0] + t**2 * end[0],
            (1 - t) ** 2 * start[1] + 2 * (1 - t) * t * control[1] + t**2 * end[1],
        )
        for t in (step / steps for step in range(steps + 1))
    ]


def smooth(points: Sequence[Point], closed: bool = False, steps: int = 12) -> Outline:
    """Return a curve that passes through the points."""
    count = len(points)
    outline: Outline = []
    for position in range(count if closed else count - 1):
        p0 = points[(position - 1) % count] if closed or position else points[0]
        p1, p2 = points[position], points[(position + 1) % count]
        p3 = points[(position + 2) % count] if closed or position + 2 < count else points[-1]
        outline += [_catmull_rom(p0, p1, p2, p3, step / steps) for step in range(steps)]
    return outline if closed else [*outline, points[-1]]


def turned(profile: Sequence[Point], x: float) -> Outline:
    """Return the outline of something turned on a lathe: half widths and heights, mirrored at `x`."""
    right = [(x + half, y) for half, y in profile]
    return right + [(x - half, y) for half, y in reversed(profile)]


def _towards(point: Point, other: Point, reach: float) -> Point:
    length = math.dist(point, other) or 1
    return (
        point[0] + (other[0] - point[0]) * reach / length,
        point[1] + (other[1] - point[1]) * reach / length,
    )


def _catmull_rom(p0: Point, p1: Point, p2: Point, p3: Point, t: float) -> Point:
    def one(a: float, b: float, c: float, d: float) -> float:
        return 0.5 * (
            2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
        )

    return one(p0[0], p1[0], p2[0], p3[0]), one(p0[1], p1[1], p2[1], p3[1])


# --- The canvas -------------------------------------------------------------------------------------


class Canvas:
    """An image of `width` by `height` pixels on which 1,000 units are the width."""

    def __init__(self, width: int, height: int | None = None, *, supersample: int = 2) -> None:
        self.width, self.height = width, height or width
        self.supersample = supersample
        self.scale = width * supersample / UNITS
        self.image = Image.new("RGBA", (width * supersample, self.height * supersample), (0, 0, 0, 0))

    def finish(self) -> Image.Image:
        """Return the picture at its size."""
        return self.image.resize((self.width, self.height), Image.Resampling.LANCZOS)

    def fill(
        self, outline: Outline, paint: Colour | Stops, *, upright: bool = False, blur: float = 0
    ) -> None:
        """Fill an outline with a colour, or with a gradient from left to right (`upright`: from top to bottom)."""
        area, mask = self._mask(outline, blur)
        if area is None:
            return
        size = (area[2] - area[0], area[3] - area[1])
        if isinstance(paint[0], int | float):
            flat = _with_alpha(paint)  # type: ignore[arg-type]
            layer = Image.new("RGBA", size, (*flat[:3], 255))
            mask = mask if flat[3] == 255 else mask.point(lambda value: value * flat[3] // 255)
        else:
            layer = _gradient(paint, size, upright)  # type: ignore[arg-type]
            mask = ImageChops.multiply(mask, layer.getchannel("A"))
            layer.putalpha(255)
        layer.putalpha(mask)
        self.image.alpha_composite(layer, (area[0], area[1]))

    def stroke(
        self, points: Sequence[Point], ink: Colour, width: float, *, closed: bool = False, dash: float = 0
    ) -> None:
        """Draw a line through the points, with round joints; `dash` is the length of its strokes and gaps."""
        line = [*points, points[0]] if closed else points
        if dash:
            for position, (start, end) in enumerate(_walk(line, dash)):
                if position % 2 == 0:
                    self.stroke([start, end], ink, width)
            return
        half = width / 2
        area = self._area([(x + dx, y + dx) for x, y in line for dx in (-half, half)])
        if area is None:
            return
        mask = Image.new("L", (area[2] - area[0], area[3] - area[1]), 0)
        pen = ImageDraw.Draw(mask)
        scaled = [(x * self.scale - area[0], y * self.scale - area[1]) for x, y in line]
        pixels = max(1, round(width * self.scale))
        pen.line(scaled, fill=255, width=pixels, joint="curve")
        for x, y in (scaled[0], scaled[-1]):
            pen.ellipse((x - pixels / 2, y - pixels / 2, x + pixels / 2, y + pixels / 2), fill=255)
        red, green, blue, alpha = _with_alpha(ink)
        layer = Image.new("RGBA", mask.size, (red, green, blue, 255))
        layer.putalpha(mask.point(lambda value: value * alpha // 255))
        self.image.alpha_composite(layer, (area[0], area[1]))

    def shadow(self, x: float, y: float, rx: float, ry: float, strength: int = 70, blur: float = 14) -> None:
        """Lay a soft shadow on the ground."""
        self.fill(ellipse(x, y, rx, ry), (40, 30, 20, strength), blur=blur)

    def glow(self, x: float, y: float, radius: float, light: Colour) -> None:
        """Let light fade out from a point."""
        pixels = round(radius * 2 * self.scale)
        mask = ImageChops.invert(Image.radial_gradient("L")).resize(
            (pixels, pixels), Image.Resampling.BILINEAR
        )
        red, green, blue, _ = _with_alpha(light)
        layer = Image.new("RGBA", self.image.size, (red, green, blue, 0))
        layer.putalpha(0)
        layer.paste(
            (red, green, blue, 255),
            (round((x - radius) * self.scale), round((y - radius) * self.scale)),
            mask,
        )
        self.image.alpha_composite(layer)

    def picture(
        self, picture: Image.Image, x: float, y: float, width: float, *, turn: float = 0, flip: bool = False
    ) -> None:
        """Lay a picture around a point; `turn` in degrees."""
        pixels = max(1, round(width * self.scale))
        small = picture.resize(
            (pixels, round(pixels * picture.height / picture.width)), Image.Resampling.LANCZOS
        )
        if flip:
            small = small.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        if turn:
            small = small.rotate(turn, Image.Resampling.BICUBIC, expand=True)
        left, top = round(x * self.scale - small.width / 2), round(y * self.scale - small.height / 2)
        layer = Image.new("RGBA", self.image.size, (0, 0, 0, 0)) if left < 0 or top < 0 else None
        if layer:
            layer.paste(small, (left, top))
            self.image.alpha_composite(layer)
        else:
            self.image.alpha_composite(small, (left, top))

    def clipped(self, outline: Sequence[Point], drawn: "Canvas") -> None:
        """Lay another canvas of the same size on this one, inside an outline only."""
        area, mask = self._mask(outline, 0)
        if area is None:
            return
        part = drawn.image.crop(area)
        part.putalpha(ImageChops.multiply(part.getchannel("A"), mask))
        self.image.alpha_composite(part, (area[0], area[1]))

    def layer(self) -> "Canvas":
        """Return an empty canvas of the same size."""
        return Canvas(self.width, self.height, supersample=self.supersample)

    def text(
        self, x: float, y: float, text: str, font: str, size: float, ink: Colour, *, spacing: float = 0
    ) -> None:
        """Write one line with its middle at `x` and its base line at `y`; `spacing` between letters."""
        face = _font(font, max(1, round(size * self.scale)))
        pen = ImageDraw.Draw(self.image)
        gap = spacing * self.scale
        start = x * self.scale - (face.getlength(text) + gap * (len(text) - 1)) / 2
        if not gap:
            pen.text((start, y * self.scale), text, font=face, fill=_with_alpha(ink), anchor="ls")
            return
        for position, letter in enumerate(text):
            offset = face.getlength(text[:position]) + gap * position
            pen.text((start + offset, y * self.scale), letter, font=face, fill=_with_alpha(ink), anchor="ls")

    def text_width(self, text: str, font: str, size: float, spacing: float = 0) -> float:
        """Return how wide one line would be."""
        return _font(font, 200).getlength(text) * size / 200 + spacing * max(0, len(text) - 1)

    def _area(self, points: Sequence[Point]) -> tuple[int, int, int, int] | None:
        left = max(0, math.floor(min(x for x, _ in points) * self.scale) - 1)
        top = max(0, math.floor(min(y for _, y in points) * self.scale) - 1)
        right = min(self.image.width, math.ceil(max(x for x, _ in points) * self.scale) + 1)
        bottom = min(self.image.height, math.ceil(max(y for _, y in points) * self.scale) + 1)
        return (left, top, right, bottom) if right > left and bottom > top else None

    def _mask(
        self, outline: Sequence[Point], blur: float
    ) -> tuple[tuple[int, int, int, int] | None, Image.Image]:
        margin = blur * 3
        area = self._area([(x + d, y + d) for x, y in outline for d in (-margin, margin)])
        if area is None:
            return None, Image.new("L", (1, 1))
        mask = Image.new("L", (area[2] - area[0], area[3] - area[1]), 0)
        scaled = [(x * self.scale - area[0], y * self.scale - area[1]) for x, y in outline]
        ImageDraw.Draw(mask).polygon(scaled, fill=255)
        if blur:
            mask = mask.filter(ImageFilter.GaussianBlur(blur * self.scale))
        return area, mask


def _gradient(stops: Stops, size: tuple[int, int], upright: bool) -> Image.Image:
    strip = Image.new("RGBA", (256, 1))
    for position in range(256):
        strip.putpixel((position, 0), _with_alpha(_at(stops, position / 255)))
    if upright:
        strip = strip.transpose(Image.Transpose.ROTATE_270)
    return strip.resize(size, Image.Resampling.BILINEAR)


def _at(stops: Stops, share: float) -> Colour:
    for (start, left), (end, right) in pairwise(stops):
        if share <= end:
            return mix(left, right, max(0.0, share - start) / ((end - start) or 1))
    return stops[-1][1]


def _walk(points: Sequence[Point], length: float) -> list[tuple[Point, Point]]:
    """Cut a line into pieces of one length."""
    pieces = []
    for start, end in pairwise(points):
        count = max(1, round(math.dist(start, end) / length))
        cuts = [
            (start[0] + (end[0] - start[0]) * n / count, start[1] + (end[1] - start[1]) * n / count)
            for n in range(count + 1)
        ]
        pieces += list(pairwise(cuts))
    return pieces


@lru_cache(maxsize=64)
def _font(name: str, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT_FOLDER / name), pixels, layout_engine=ImageFont.Layout.BASIC)
