"""Colours of packs, taken from the goods in them."""

from dataclasses import dataclass

from marketplace.demo.drawings.paint import Colour, colour, darker, lighter, mix


@dataclass(frozen=True)
class Palette:
    """The pack's colour, one to set off against it, the label's ground, its ink, and the light behind the pack."""

    body: Colour
    accent: Colour
    label: Colour
    ink: Colour
    backdrop: Colour

    def cylinder(self, strength: float = 1.0) -> list[tuple[float, Colour]]:
        """Light from the upper left on something round, as stops from left to right."""
        return rounded_light(self.body, strength)


def rounded_light(value: Colour, strength: float = 1.0) -> list[tuple[float, Colour]]:
    """Light from the upper left on something round of this colour."""
    return [
        (0.0, darker(value, 0.34 * strength)),
        (0.07, darker(value, 0.16 * strength)),
        (0.24, lighter(value, 0.20 * strength)),
        (0.36, lighter(value, 0.08 * strength)),
        (0.62, value),
        (0.86, darker(value, 0.22 * strength)),
        (1.0, darker(value, 0.40 * strength)),
    ]


def flat_light(value: Colour, strength: float = 1.0) -> list[tuple[float, Colour]]:
    """Light on something nearly flat, such as a pouch."""
    return [
        (0.0, darker(value, 0.26 * strength)),
        (0.05, darker(value, 0.10 * strength)),
        (0.16, lighter(value, 0.10 * strength)),
        (0.5, value),
        (0.84, lighter(value, 0.05 * strength)),
        (0.95, darker(value, 0.14 * strength)),
        (1.0, darker(value, 0.30 * strength)),
    ]


def _palette(body: str, accent: str, backdrop: str, label: str = "#fffdf6", ink: str = "") -> Palette:
    ground = colour(body)
    return Palette(
        body=ground,
        accent=colour(accent),
        label=colour(label),
        ink=colour(ink) if ink else mix(ground, colour("#1e1a14"), 0.62),
        backdrop=colour(backdrop),
    )


PALETTES: dict[str, Palette] = {
    "leaf": _palette("#5a8f5c", "#d9a441", "#dfeadb"),
    "artichoke": _palette("#7c9a5b", "#8c5a86", "#e6ecd9"),
    "pine": _palette("#2f5d47", "#c98f3c", "#dbe7de"),
    "jade": _palette("#3f8a80", "#e2b65a", "#d8ebe6"),
    "coffee": _palette("#5b3d2c", "#c68a4b", "#eee3d7"),
    "espresso": _palette("#35261f", "#b8452f", "#e9e0d8"),
    "kraft": _palette("#b98d5e", "#4d7348", "#f3e8d8", ink="#43301d"),
    "cream": _palette("#e9dcc0", "#8a5a2e", "#f4ecdc", ink="#4a331d"),
    "honey": _palette("#e2a52c", "#7a4a12", "#fbefcd", ink="#5e3a0e"),
    "turmeric": _palette("#e0912a", "#7a4a1c", "#fcebcf", ink="#69350d"),
    "persimmon": _palette("#d9662e", "#f0b04d", "#fce3d3"),
    "strawberry": _palette("#cf3a4c", "#5a8f4f", "#fbdfe0"),
    "berry": _palette("#5d2f57", "#c15b7d", "#ecdde9"),
    "grape": _palette("#4c3a74", "#c9a54a", "#e3def0"),
    "sea": _palette("#2b6f8a", "#e6b45c", "#d7e9ef"),
    "seaweed": _palette("#2e7a5e", "#bfd77a", "#d9ecdf"),
    "amber": _palette("#8a3f14", "#d9a441", "#f5e2cd", ink="#5a250b"),
    "brick": _palette("#a8402c", "#e2b04a", "#f6ddd2"),
    "rice": _palette("#d8c48e", "#3f7a4a", "#f3eed9", ink="#3d4a22"),
    "tomato": _palette("#c8412f", "#4f8a49", "#fbe0d6"),
    "lemon": _palette("#e8c33c", "#5b8a3c", "#fbf4cf", ink="#5c4a0c"),
    "plum": _palette("#6e3648", "#d8a24c", "#f0dde1"),
    "sky": _palette("#6fa3c4", "#f0c25e", "#e0edf4", ink="#1f3f56"),
    "clay": _palette("#b0623d", "#e9c98d", "#f5e2d5"),
    "wood": _palette("#9c6b3f", "#4d7348", "#f0e4d4", ink="#4a2f18"),
    "mist": _palette("#9fb3a5", "#8a5a2e", "#e6ede7", ink="#2e3f35"),
    "snow": _palette("#e8e6df", "#b0893a", "#eef0ec", ink="#3a3428"),
    "night": _palette("#27344f", "#c9a54a", "#dde2ec"),
}
