"""Drawn packs and landscapes: each name gives a pack, the same each time, small in bytes."""

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from PIL import ImageChops, ImageStat

from marketplace.demo.drawings import choice, paint
from marketplace.demo.drawings.emblems import emblem_names, emblem_picture
from marketplace.demo.drawings.landscapes import KINDS, draw_landscape
from marketplace.demo.drawings.packs import FORMS, draw_pack, draw_product
from marketplace.demo.drawings.palettes import PALETTES

VIETNAMESE = (
    "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵđ"
    "AÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬEÈẺẼÉẸÊỀỂỄẾỆIÌỈĨÍỊOÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢUÙỦŨÚỤƯỪỬỮỨỰYỲỶỸÝỴĐ0123456789().,-–·%"
)
SMALL = 200


@pytest.mark.parametrize("font", [paint.SERIF, paint.SANS, paint.SANS_BOLD])
def test_fonts_hold_every_vietnamese_letter(font):
    letters = TTFont(paint.FONT_FOLDER / font).getBestCmap()

    assert [letter for letter in VIETNAMESE if ord(letter) not in letters] == []


@pytest.mark.parametrize(
    ("name", "form", "emblem"),
    [
        ("Nước mắm cá cơm nguyên chất 40 độ đạm Suchi", "bottle", "anchovy"),
        ("beCHAMP Coffee Natural Nắng Vàng", None, "coffee-cup"),
        ("Mắm xay có gia vị hiệu Con Cá Vàng", None, "anchovy"),
        ("Gạo sạch Bắc Ruộng ST25", "sack", "rice-ear"),
        ("Trứng gà tươi TAFA", "egg_carton", "hen"),
        ("Trứng gà nướng TAFA", "carton", "egg"),
        ("Rượu Tryvat 49", "bottle", "rice-wine"),
        ("Cao Atiso Hoàng An", None, "artichoke"),
        ("Chanh dây sấy dẻo", None, "passion-fruit"),
        ("Nấm hương Phú Thịnh tươi", "tray", "shiitake"),
        ("Khoai Khoái sấy giòn vị phô mai cay", "sachet", "cheese"),
        ("Đông trùng hạ thảo ngâm mật ong", "jar", "cordyceps"),
        ("Rong nho", None, "sea-grapes"),
        ("Yến sào Minh Huyền", None, "bird-nest"),
    ],
)
def test_a_name_tells_the_pack(name, form, emblem):
    chosen = choice.choose_pack(name)

    assert form in (None, chosen.form)
    assert chosen.emblem == emblem


@pytest.mark.parametrize("product_set", [None, *range(1, 27), 99])
def test_a_name_that_says_nothing_gets_a_pack_by_its_set(product_set):
    chosen = choice.choose_pack("Xyz", product_set)

    assert chosen.form in FORMS
    assert chosen.palette in PALETTES
    assert {chosen.emblem, chosen.goods} <= set(emblem_names())


def test_every_rule_names_what_exists():
    rules = [*choice._RULES, *choice._BY_SET.values(), choice._ANY]
    emblems = {name for rule in rules for name in (rule.emblem, rule.goods, rule.otherwise) if name}
    emblems |= {emblem for _, emblem in choice._CONTENTS}
    palettes = {name for rule in rules for name in rule.palettes.split()}
    palettes |= {name for names in choice._COLOURS.values() for name in names.split()}
    forms = {form.split(":")[0] for rule in rules for form in rule.forms.split()}

    assert emblems <= set(emblem_names())
    assert palettes <= set(PALETTES)
    assert forms <= set(FORMS)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("variant", [0, 1, 2, 3])
def test_every_form_is_drawn(form, variant):
    picture = draw_pack(
        name="Đông trùng hạ thảo sấy thăng hoa",
        subtitle="Đức Trọng",
        form=form,
        variant=variant,
        palette="leaf",
        emblem="cordyceps",
        size=SMALL,
    )

    assert (picture.size, picture.mode) == ((SMALL, SMALL), "RGB")
    assert min(ImageStat.Stat(picture).stddev) > 10


def test_a_picture_is_drawn_alike_each_time_and_differs_by_key():
    first = draw_product("Chanh dây sấy dẻo", key="a", size=SMALL)

    assert (
        ImageChops.difference(first, draw_product("Chanh dây sấy dẻo", key="a", size=SMALL)).getbbox() is None
    )
    assert ImageChops.difference(first, draw_product("Chanh dây sấy dẻo", key="b", size=SMALL)).getbbox()


@pytest.mark.parametrize("name", ["", "A", "Một cái tên rất dài " * 12, "Khôngcókhoảngtrắng" * 6, "🙂"])
def test_odd_names_are_drawn_too(name):
    assert draw_product(name, size=SMALL).size == (SMALL, SMALL)


@pytest.mark.parametrize("name", emblem_names())
def test_every_emblem_opens(name):
    assert emblem_picture(name).mode == "RGBA"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(320, 200), (200, 300), (400, 100)])
def test_landscapes_take_any_shape(kind, size):
    assert draw_landscape(kind, size).size == size


def test_landscapes_differ_from_each_other():
    small = [draw_landscape(kind, (64, 40)).tobytes() for kind in KINDS]

    assert len(set(small)) == len(KINDS)


def test_parts_and_fonts_stay_small():
    folder = Path(paint.__file__).parent
    size = sum(
        path.stat().st_size for root in (folder / "parts", paint.FONT_FOLDER) for path in root.iterdir()
    )

    assert size < 6 * 1024 * 1024
