"""Draws a pack: `draw_pack` for what is chosen, `draw_product` for a product's name."""

from collections.abc import Callable

from PIL import Image

from marketplace.demo.drawings import packs_fresh, packs_hard, packs_soft
from marketplace.demo.drawings.choice import choose_pack
from marketplace.demo.drawings.emblems import emblem_picture
from marketplace.demo.drawings.labels import MANNERS, Words
from marketplace.demo.drawings.order import PackOrder
from marketplace.demo.drawings.paint import Canvas, seeded
from marketplace.demo.drawings.palettes import PALETTES
from marketplace.demo.drawings.scene import draw_backdrop, draw_goods_beside

FORMS: dict[str, Callable[[Canvas, PackOrder], None]] = {
    "pouch": packs_soft.pouch,
    "bag": packs_soft.bag,
    "sack": packs_soft.sack,
    "sachet": packs_soft.sachet,
    "jar": packs_hard.jar,
    "bottle": packs_hard.bottle,
    "tin": packs_hard.tin,
    "carton": packs_hard.carton,
    "craft": packs_hard.craft,
    "basket": packs_fresh.basket,
    "tray": packs_fresh.tray,
    "crate": packs_fresh.crate,
    "egg_carton": packs_fresh.egg_carton,
}
#: Half widths of the forms beside which there is room for some of the goods.
_ROOM_BESIDE = {"pouch": 245, "bag": 245, "jar": 240, "bottle": 190, "tin": 250, "sachet": 240}
#: How far low packs are lifted, so that they stand in the middle of the picture.
_LOW_FORMS = {
    ("carton", 1): 74,
    ("tin", 1): 60,
    ("jar", 1): 30,
    ("carton", 0): 26,
    ("carton", 2): 20,
    ("tin", 0): 24,
}


def draw_pack(
    *,
    name: str,
    subtitle: str,
    form: str,
    palette: str,
    emblem: str,
    goods: str = "",
    variant: int = 0,
    key: str = "",
    size: int = 1200,
) -> Image.Image:
    """Return a square picture (`size` pixels, RGB) of a pack with `name` and `subtitle` on its label.

    `form` is one of `FORMS`, `palette` of `PALETTES`, `emblem` and `goods` (what lies beside or in the pack; else the
    emblem) of `emblem_names()`. The rest follows from `key` (else the name): the same key gives the same picture.
    """
    chance = seeded(key or name)
    manner = chance.choice(MANNERS)
    wall, stage = Canvas(size, supersample=1), Canvas(size)
    order = PackOrder(
        palette=PALETTES[palette],
        words=Words(name, subtitle),
        emblem=emblem_picture(emblem),
        goods=emblem_picture(goods or emblem),
        manner=manner,
        variant=variant,
        chance=chance,
    )
    draw_backdrop(wall, order.palette, chance.randrange(4))
    FORMS[form](stage, order)
    room = _ROOM_BESIDE.get(form)
    if room:
        draw_goods_beside(
            stage,
            order.goods,
            chance,
            left=500 - room,
            right=500 + room,
            count=chance.choice((0, 1, 2, 2, 3)),
        )
    lift = _LOW_FORMS.get((form, variant), 0)
    wall.image.alpha_composite(stage.finish(), source=(0, round(lift * wall.scale)))
    return wall.image.convert("RGB")


def draw_product(
    name: str, *, product_set: int | None = None, subtitle: str = "", key: str = "", size: int = 1200
) -> Image.Image:
    """Return the picture of a product's pack, chosen by its name and the number of its set.

    Two products of one name differ by `key`; without a key the name decides.
    """
    choice = choose_pack(name, product_set, key=key)
    return draw_pack(
        name=name,
        subtitle=subtitle,
        form=choice.form,
        variant=choice.variant,
        palette=choice.palette,
        emblem=choice.emblem,
        goods=choice.goods,
        key=key,
        size=size,
    )
