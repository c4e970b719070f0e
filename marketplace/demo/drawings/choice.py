"""Which pack a product gets, by the words of its name, else by its set."""

import re
from dataclasses import dataclass

from marketplace.demo.drawings.paint import seeded
from marketplace.places.names import fold


@dataclass(frozen=True)
class PackChoice:
    """The arguments of `draw_pack` that follow from what a product is."""

    form: str
    variant: int
    palette: str
    emblem: str
    goods: str


@dataclass(frozen=True)
class _Rule:
    """Words (a pattern over the folded name), forms with variants (`jar:1`), palettes, picture on the label, goods."""

    words: str
    forms: str
    palettes: str
    emblem: str = ""
    goods: str = ""
    otherwise: str = ""  # the picture where the name doesn't say what is in it

    def fits(self, folded: str) -> bool:
        """Whether the name holds these words, as whole words."""
        return _holds(self.words, folded)


def _holds(words: str, folded: str) -> bool:
    return re.search(rf"\b(?:{words})\b", folded) is not None


#: What is in the pack, for the rules that name a form only ("dried", "tea"); the first that fits.
_CONTENTS: list[tuple[str, str]] = [
    ("atiso|actiso|artichoke", "artichoke"),
    ("dong trung|cordyceps", "cordyceps"),
    ("mac ca|macca|macadamia", "macadamia"),
    ("chanh day|chanh leo", "passion-fruit"),
    ("dau tam", "mulberry"),
    ("dau tay|strawberry", "strawberry"),
    ("khoai lang", "sweet-potato"),
    ("khoai", "potato"),
    ("ca chua", "tomato"),
    ("thom|dua(?! hau)", "pineapple"),
    ("chuoi", "banana"),
    ("xoai|trai cay", "mango"),
    ("hong (treo|say|gion)|cam|quyt|buoi", "orange"),
    ("dua hau", "watermelon"),
    ("bo", "avocado"),
    ("dieu", "cashew"),
    ("dau phong|lac rang", "peanut"),
    ("ho tieu|tieu", "pepper"),
    ("nam huong|nam dong co", "shiitake"),
    ("nam bao ngu", "oyster-mushroom"),
    ("nam", "mushroom"),
    ("bi dao", "wax-gourd"),
    ("nghe|gung", "ginger"),
    ("toi", "garlic"),
    ("hanh", "onion"),
    ("ot", "chili"),
    ("rong nho|rong bien", "sea-grapes"),
    ("mat ong", "honey-pot"),
    ("yen", "bird-nest"),
    ("tom", "shrimp"),
    ("muc", "squid"),
    ("cua|ghe", "crab"),
    ("ca com|nuoc mam|mam", "anchovy"),
    ("gao|ngu coc|com|lua", "rice-ear"),
    ("ngo|bap", "maize"),
    ("ca rot", "carrot"),
    ("ca phe|coffee|cafe|caphe", "coffee-cup"),
    ("ca cao|chocolate|so co la", "chocolate"),
    ("sen|hoa", "blossom"),
    ("o long|tra xanh|che", "leaves"),
    ("nho", "grapes"),
    ("mia|duong", "bamboo"),
]

#: Colours of packs that follow what is in them rather than how it was made.
_COLOURS = {
    "passion-fruit": "grape turmeric plum",
    "sweet-potato": "persimmon plum turmeric",
    "tomato": "tomato brick",
    "pineapple": "lemon turmeric",
    "mango": "turmeric persimmon lemon",
    "banana": "lemon cream",
    "orange": "persimmon turmeric",
    "strawberry": "strawberry",
    "mulberry": "berry grape",
    "avocado": "pine leaf",
    "shiitake": "wood kraft clay",
    "oyster-mushroom": "mist kraft",
    "artichoke": "artichoke leaf jade",
    "wax-gourd": "lemon jade leaf",
    "ginger": "turmeric clay",
}

_RULES: list[_Rule] = [
    _Rule("nuoc mam", "bottle:0 bottle:1", "amber brick espresso", "anchovy"),
    _Rule("ruou|^vang|vang (do|trang)|whisky|vodka|bia", "bottle:2", "honey snow night amber pine", otherwise="rice-wine"),
    _Rule("mam nem|mam xay|mam tom|mam", "bottle:1 jar:0", "brick plum clay", "anchovy"),
    _Rule("ngam mat ong", "jar:1", "amber honey"),
    _Rule("mat ong|sua ong chua|phan hoa", "jar:0 jar:1", "honey turmeric", "honey-pot"),
    _Rule("cao (nuoc )?(atiso|actiso)|^cao", "jar:0 carton:2 jar:1", "artichoke plum pine", "artichoke"),
    _Rule("tra bi dao", "carton:0 tin:0", "lemon jade", "wax-gourd"),
    _Rule("hoa tan", "carton:1 tin:0", "coffee brick", "coffee-cup", "coffee-bean"),
    _Rule(
        "ca phe|coffee|cafe|caphe", "pouch:0 bag:1 pouch:1 bag:0 tin:0", "coffee espresso kraft brick night",
        "coffee-cup", "coffee-bean",
    ),
    _Rule("ca cao|cacao|chocolate|so co la", "carton:1 bag:0", "coffee plum", "chocolate"),
    _Rule("tui loc", "carton:0 carton:1", "leaf artichoke jade", goods="tea-bag"),
    _Rule("^moc|thao moc", "tin:0 carton:0 carton:2 bag:0", "jade pine plum leaf night", "herb", "leaves"),
    _Rule("tra|che|tea", "tin:0 carton:0 pouch:0 tin:1", "leaf jade pine persimmon artichoke"),
    _Rule("mac ca|macca|macadamia", "bag:1 jar:0 tin:1 pouch:1", "kraft espresso cream clay pine", "macadamia"),
    _Rule("hat dieu|dieu rang", "tin:0 jar:0 pouch:1", "persimmon cream clay", "cashew"),
    _Rule("tieu", "jar:0 pouch:1 tin:0", "pine espresso leaf", "pepper"),
    _Rule("vi rong bien", "sachet:0", "seaweed", "sea-grapes", "potato"),
    _Rule("vi bo", "sachet:0", "clay", "meat", "potato"),
    _Rule("vi matcha", "sachet:0", "leaf", "leaves", "potato"),
    _Rule("vi pho mai", "sachet:0", "turmeric", "cheese", "potato"),
    _Rule("vi wasabi", "sachet:0", "jade", "sprout", "potato"),
    _Rule("vi tom", "sachet:0", "persimmon", "shrimp", "potato"),
    _Rule("say gion|snack|chips|banh", "sachet:0 pouch:1", "persimmon lemon tomato sea"),
    _Rule("trung .*(nuong|muoi)", "carton:1", "clay persimmon", "egg"),
    _Rule("trung (ga|vit|cut)", "egg_carton:0", "lemon kraft", "hen", "egg"),
    _Rule("yen sao|to yen|yen chung", "tin:1 carton:2", "snow plum night", "bird-nest"),
    _Rule("(dong trung|cordyceps).*tuoi|nam fresh", "tray:1", "turmeric", "cordyceps"),
    _Rule("dong trung|cordyceps", "jar:0 carton:2 tin:1", "turmeric plum night persimmon", "cordyceps"),
    _Rule("nam .*(kho|say)", "pouch:1 bag:1", "kraft wood clay"),
    _Rule("nam .*tuoi|^nam ", "tray:0 tray:1", "kraft mist wood"),
    _Rule("linh chi", "carton:2 tin:0", "plum clay", "mushroom"),
    _Rule("rong nho tach nuoc|rong nho kho", "sachet:0 pouch:1", "seaweed sea", "sea-grapes"),
    _Rule("rong nho|rong bien", "tray:1 jar:0", "seaweed sea", "sea-grapes"),
    _Rule("tinh bot nghe|nghe", "jar:0 pouch:0", "turmeric honey", "ginger"),
    _Rule("ngu coc|yen mach", "tin:0 jar:1 bag:1", "cream rice kraft", "rice-ear"),
    _Rule("gao|lua gao|nep", "sack:0", "rice cream jade", "rice-ear"),
    _Rule("bun|mien|pho kho|mi chu|banh trang", "pouch:1 carton:1", "cream rice", "rice-bowl"),
    _Rule("sua|yaourt|sua chua", "bottle:1", "snow sky", "milk", "cow"),
    _Rule("tinh dau", "bottle:3", "pine jade amber", "herb", "leaves"),
    _Rule("xa phong|my pham|dau goi|son duong", "carton:1 bottle:3", "strawberry sky leaf", "soap"),
    _Rule("tho cam|vai|ao|khan|det", "craft:0", "brick night", "garment", "yarn"),
    _Rule("gui|may tre|(?<!treo )gio|go my nghe|tuong go|thu cong|gom", "craft:0", "wood kraft", "basket", "basket"),
    _Rule("hoa (hong|cuc|ly|lan|dong tien)|hoa tuoi", "basket:0", "strawberry berry", "rose"),
    _Rule("cay canh|bonsai|sen da", "craft:0", "leaf pine", "potted-plant"),
    _Rule("say (deo|kho|thang hoa)|treo gio|say|mut|keo", "pouch:1 carton:1 jar:0", "persimmon kraft lemon plum cream"),
    _Rule("dau tay|dau tam|nho|trai tuoi", "basket:0 basket:1 tray:0", "strawberry berry"),
    _Rule("cam|quyt|buoi|xoai|chuoi|hong|bo|mang cut|sau rieng|thanh long", "crate:0 basket:1", "persimmon leaf lemon"),
    _Rule("ca chua|ca rot|khoai|bap|bi|ot|rau|cai|xa lach", "crate:0 basket:0 tray:0", "leaf tomato mist"),
    _Rule("thit|bo kho|cha|xuc xich|gio lua", "tray:1 pouch:1", "brick tomato", "meat"),
    _Rule("ca|muc|tom|cua|hai san", "tray:1 pouch:1", "sea sky", "fish"),
    _Rule("muoi|gia vi|sot|tuong", "jar:0 bottle:1", "brick clay tomato", "salt"),
]  # fmt: skip

#: By number of the product set, for names that say nothing.
_BY_SET: dict[int, _Rule] = {
    1: _Rule("", "crate:0 basket:0 basket:1", "leaf tomato mist", "leafy-greens"),
    2: _Rule("", "tray:1 tray:0", "brick sea", "meat"),
    3: _Rule("", "sack:0", "rice cream", "rice-ear"),
    4: _Rule("", "jar:0 jar:1", "honey turmeric", "honey-pot"),
    5: _Rule("", "sachet:0 pouch:1", "persimmon lemon sea", "maize"),
    6: _Rule("", "pouch:1 carton:1", "cream rice", "rice-bowl"),
    7: _Rule("", "pouch:1 bag:1 jar:0", "kraft persimmon leaf plum", "mango"),
    8: _Rule("", "jar:0 pouch:1 carton:1", "brick amber clay", "fish"),
    9: _Rule("", "bottle:0 bottle:1", "amber brick", "anchovy"),
    10: _Rule("", "jar:0 tin:0", "brick pine", "pepper"),
    11: _Rule("", "tin:0 carton:0", "leaf jade pine", "leaves"),
    12: _Rule("", "carton:0 tin:0 pouch:0", "jade artichoke leaf", "herb", "leaves"),
    13: _Rule("", "pouch:0 bag:0 bag:1 pouch:1", "coffee espresso kraft", "coffee-cup", "coffee-bean"),
    14: _Rule("", "bottle:2", "snow night", "rice-wine"),
    15: _Rule("", "bottle:2", "honey plum amber", "grapes"),
    16: _Rule("", "bottle:1", "sky", "drop"),
    17: _Rule("", "bottle:1 carton:1", "persimmon lemon jade", "orange"),
    18: _Rule("", "jar:0 carton:2", "pine plum turmeric", "ginger"),
    19: _Rule("", "carton:1 bottle:3", "strawberry sky", "soap"),
    20: _Rule("", "bottle:3", "pine jade amber", "herb", "leaves"),
    21: _Rule("", "craft:0", "wood kraft", "basket"),
    22: _Rule("", "craft:0", "brick night", "garment", "yarn"),
    23: _Rule("", "basket:0 basket:1", "strawberry berry", "rose"),
    24: _Rule("", "craft:0", "leaf pine", "potted-plant"),
    25: _Rule("", "craft:0", "sky sea", "fish"),
    26: _Rule("", "craft:0", "leaf kraft", "sunflower"),
}
_ANY = _Rule("", "carton:0 pouch:0 jar:0", "kraft leaf clay", "sprout")


def choose_pack(name: str, product_set: int | None = None, *, key: str = "") -> PackChoice:
    """Return the pack for a product's name and set (its number, 1 to 26); `key` chooses among the forms that fit."""
    folded = fold(name)
    contents = next((emblem for words, emblem in _CONTENTS if _holds(words, folded)), "")
    of_set = _BY_SET.get(product_set or 0, _ANY)
    rule = next((rule for rule in _RULES if rule.fits(folded)), of_set)
    if rule is of_set:
        emblem = contents or rule.emblem
    else:
        emblem = rule.emblem or contents or rule.otherwise or of_set.emblem
    palettes = rule.palettes if rule.emblem else _COLOURS.get(contents, rule.palettes)
    chance = seeded(key or name)
    form, variant = chance.choice(rule.forms.split()).split(":")
    return PackChoice(
        form=form,
        variant=int(variant),
        palette=chance.choice(palettes.split()),
        emblem=emblem,
        goods=rule.goods or emblem,
    )
