"""What runs of words are taken for: places by short names, negations, fillers, the law's sets, slips of keys."""

import csv
from pathlib import Path

import pytest

import catalogue
from search.demands import meaning_of, without_unit
from search.dictionary import dictionary
from search.expressions import AllOf, AnyOf, Constant, Match
from search.facts import facts_of_texts, head_token
from search.gazetteer import gazetteer
from search.intents import IntentKind
from search.interpretation import interpret
from search.repair import decode_keys
from search.spelling import Vocabulary
from search.text import fold, words


def places(text: str) -> list[str]:
    return [named.places[0].name for named in gazetteer().find(words(text))]


@pytest.mark.parametrize(
    ("typed", "official"),
    [
        ("TP BMT", "Buôn Ma Thuột"),
        ("bmt", "Buôn Ma Thuột"),
        ("ban mê thuột", "Buôn Ma Thuột"),
        ("Buôn Mê", "Buôn Ma Thuột"),
        ("ĐL", "Đà Lạt"),
        ("sg", "Hồ Chí Minh"),
        ("tp hcm", "Hồ Chí Minh"),
        ("plây ku", "Pleiku"),
    ],
)
def test_short_and_older_names_mean_the_place(typed: str, official: str) -> None:
    (alias,) = gazetteer().find(words(typed))
    (named,) = gazetteer().find(words(f"tp {official}"))

    assert {fact for place in alias.places for fact in place.own | place.wider} <= {
        fact for place in named.places for fact in place.own | place.wider
    }


@pytest.mark.parametrize(
    "name",
    [
        "xã Đắk Sắk", "xã Krông Ana", "xã Cư M’gar", "xã Dran", "xã D’Ran", "xã Chiềng Khoong", "xã Hra", "phường B’Lao", "xã Chợ Vàm",
        "xã Al Bá", "phường Bắc Gianh", "xã Đăk Tờ Kan",
    ],
)  # fmt: skip
def test_a_place_told_with_its_kind_is_neither_mistyped_nor_undecoded(name: str) -> None:
    """Many communes have words that no goods have."""
    for typed in (name, name.lower(), f"{name}, tỉnh Lâm Đồng"):
        understood = interpret(typed)

        assert understood.intents[0].kind is IntentKind.PLACE
        assert understood.intents[0].said.split() == typed.lower().replace("’", "").split(",")[0].split()
        assert not understood.corrected


def test_an_address_that_leads_to_no_commune_tells_the_one_of_that_name_in_its_district() -> None:
    def communes(address: str) -> set[str]:
        return {fact for fact in gazetteer().facts_in(address) if fact[0] in "uc"}

    here, there = (
        communes("xã An Phú, huyện Mỹ Đức, Hà Nội"),
        communes("xã An Phú, huyện Củ Chi, TP Hồ Chí Minh"),
    )
    (asked,) = gazetteer().find(words("xã an phú"))

    assert here
    assert there
    assert here.isdisjoint(there)
    assert here | there <= {fact for place in asked.places for fact in place.own | place.wider}
    assert communes("xã An Phú, huyện Lục Ngạn, tỉnh Bắc Giang") == set()


def test_a_province_that_went_long_ago_means_its_districts() -> None:
    (asked,) = gazetteer().find(words("lụa hà tây"))
    meant = asked.places[0].own

    assert meant & set(gazetteer().facts_in("phường Vạn Phúc, quận Hà Đông, Hà Nội"))
    assert not meant & set(gazetteer().facts_in("quận Cầu Giấy, Hà Nội"))
    assert not meant & set(gazetteer().facts_in("huyện Châu Thành, tỉnh Bến Tre"))


@pytest.mark.parametrize("typed", ["dl", "h nấm", "q tây", "p"])
def test_letters_that_may_mean_anything_are_no_place(typed: str) -> None:
    assert places(typed) == []


@pytest.mark.parametrize(("typed", "full"), [("h. đơn dương", "huyện đơn dương"), ("q. tây hồ", "quận tây hồ"), ("tt. lạc dương", "thị trấn lạc dương")])  # fmt: skip
def test_a_letter_before_a_name_tells_its_kind(typed: str, full: str) -> None:
    (short,), (spelt,) = gazetteer().find(words(typed)), gazetteer().find(words(full))

    assert short.kind_said
    assert short.places == spelt.places


@pytest.mark.parametrize(
    ("typed", "kind", "said"),
    [
        ("sapa", IntentKind.PLACE, "sa pa"),
        ("miendong nari", IntentKind.PLACE, "na ri"),
        ("bánh nam định", IntentKind.PLACE, "nam định"),
        ("mien dong bac kan", IntentKind.PLACE, "bac kan"),  # glass noodles, nothing of miền Đông Bắc
        ("đặc sản miền đông bắc", IntentKind.PLACE, "miền đông bắc"),
        ("vải, may mặc", IntentKind.KIND, "vải may mặc"),
        ("rau, củ, quả, hạt tươi", IntentKind.KIND, "rau củ quả hạt tươi"),
        ("coffee without sugar", IntentKind.WITHOUT, "sugar"),
        ("coffee not instant", IntentKind.WITHOUT, "instant"),
        ("nước mắm không phải của phú quốc", IntentKind.WITHOUT, "phú quốc"),
        ("tỏi đảo lý sơn", IntentKind.PLACE, "đảo lý sơn"),
        ("lá tắm người dao sa pa", IntentKind.PLACE, "sa pa"),  # no island
        ("kẹo xứ dừa", IntentKind.PLACE, "xứ dừa"),
        ("hòa bình cũ", IntentKind.PLACE, "hòa bình"),
        ("thot not an giang", IntentKind.PLACE, "an giang"),
    ],
)
def test_what_is_understood(typed: str, kind: IntentKind, said: str) -> None:
    assert [(intent.kind, intent.said) for intent in interpret(typed).intents if intent.kind is kind] == [
        (kind, said)
    ]


def test_a_kind_whose_name_has_a_negation_in_it_is_the_kind() -> None:
    assert interpret("non-alcoholic drinks").intents == ()
    assert interpret("alcoholic drinks").exact != interpret("non-alcoholic drinks").exact


def test_a_negation_means_the_same_in_both_languages() -> None:
    says_so = facts_of_texts(["Cà phê hoà tan không đường"])

    for typed in ("without sugar", "no sugar", "không đường"):
        negation, *thing = words(typed)
        expression = without_unit(negation, thing).expression
        assert isinstance(expression, Match)
        assert set(expression.tokens) & set(says_so), typed


@pytest.mark.parametrize(
    ("typed", "thing", "tokens"),
    [
        ("bánh không đường", "đường", {"-duong", "-1sugar"}),
        ("bánh không có đường", "đường", {"-duong", "-1sugar"}),
        ("mật ong không phải hoa cà phê", "hoa cà phê", {"-hoa"}),
        ("kẹo dừa không vị sầu riêng", "vị sầu riêng", {"-vi"}),
        ("bánh không sử dụng đường", "đường", {"-duong", "-1sugar"}),
        ("cakes no added sugar", "sugar", {"-sugar", "-1sugar"}),
        ("mứt không chứa chất bảo quản", "chất bảo quản", {"-chat"}),
        ("mứt không phẩm màu", "phẩm màu", {"-pham"}),
        ("mật ong không pha", "pha", {"-pha"}),
        ("chuối không có", "có", {"-co"}),
        ("bánh tráng không cần nhúng nước", "nhúng nước", {"-nhung"}),
        ("muối ớt không mì chính", "mì chính", {"-1msg"}),
        ("miến không hàn the", "hàn the", {"-han"}),
        ("cá rút xương", "xương", {"-xuong"}),
        ("lươn bỏ xương", "xương", {"-xuong"}),
        ("hạt sen bóc vỏ", "vỏ", {"-vo"}),
        ("hat sen tach vo", "vo", {"-vo"}),
        ("banh khong co duong", "duong", {"-duong"}),
        ("ca phe khong phai hoa tan", "hoa tan", {"-hoa"}),
        ("banh khong cua", "cua", {"-cua"}),
    ],
)
def test_what_a_negation_is_about(typed: str, thing: str, tokens: set[str]) -> None:
    [said] = [intent.said for intent in interpret(typed).intents if intent.kind is IntentKind.WITHOUT]

    assert said == thing
    assert set(facts_of_texts([typed])) >= tokens


@pytest.mark.parametrize(
    ("typed", "fact"), [("kẹo không đường", "f:lowsugar"), ("muối ớt không cay", "f:mild")]
)
def test_what_has_little_of_it_is_not_kept_out(typed: str, fact: str) -> None:
    exact = interpret(typed).exact
    assert isinstance(exact, AllOf)
    [kept_out] = exact.without
    assert isinstance(kept_out, AllOf)

    assert f"'{fact}'" in str(kept_out.without)


@pytest.mark.parametrize("typed", ["kẹo ko đường", "kẹo k đường", "kẹo hok đường"])
def test_a_shortened_negation_is_one(typed: str) -> None:
    assert interpret(typed).exact == interpret("kẹo không đường").exact


@pytest.mark.parametrize("typed", ["kẹo 200 k ngon", "vitamin k"])
def test_a_unit_and_a_last_letter_are_no_negation(typed: str) -> None:
    assert [intent for intent in interpret(typed).intents if intent.kind is IntentKind.WITHOUT] == []


@pytest.mark.parametrize("typed", ["đường thốt nốt", "duong thot not an giang"])
def test_goods_whose_name_ends_in_other_goods_are_of_no_place_called_like_those(typed: str) -> None:
    """Thốt Nốt is a district, and a palm."""
    assert "palmsugar" in interpret(typed).concepts
    assert "thot not" not in [fold(intent.said) for intent in interpret(typed).intents]


@pytest.mark.parametrize(
    ("typed", "group"),
    [("keo dua ben tre", "coconutcandy"), ("gio lua thanh hoa", "porkham"), ("muối bạc liêu", "salt")],
)
def test_goods_of_a_place_that_the_lexicon_names_stay_the_goods_and_the_place_binds(
    typed: str, group: str
) -> None:
    interpretation = interpret(typed)

    assert group in interpretation.concepts
    assert [(intent.kind, intent.binds) for intent in interpretation.intents] == [(IntentKind.PLACE, True)]


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("shop có bán mật ong rừng không", "mật ong rừng"),
        ("quà tặng cho bố mẹ", "quà tặng"),
        ("bánh đậu xanh biếu sếp", "bánh đậu xanh"),
        ("gift for mom", "gift"),
        ("sản phẩm cấp quốc gia trà", "trà"),
    ],
)
def test_a_question_and_for_whom_it_is_say_nothing_of_the_goods(typed: str, same: str) -> None:
    assert interpret(typed).exact == interpret(same).exact


def test_a_place_can_be_denied() -> None:
    [place] = gazetteer().find(words("phú quốc"))
    [(asked, _)] = [(unit, 0) for unit in interpret("nước mắm không phải phú quốc").intents]
    expression = str(interpret("nước mắm không phải phú quốc").exact)

    assert (asked.kind, asked.said) == (IntentKind.WITHOUT, "phú quốc")
    assert all(f"'{fact}'" in expression for fact in place.places[0].own)


def test_what_is_denied_is_kept_out_under_its_other_names() -> None:
    assert "'1peanut'" in str(interpret("kẹo không đậu phộng").exact)


@pytest.mark.parametrize("typed", ["hút chân không", "quà không gian", "nho không hạt", "bánh có đường"])
def test_these_are_no_negations(typed: str) -> None:
    assert [intent for intent in interpret(typed).intents if intent.kind is IntentKind.WITHOUT] == []


@pytest.mark.parametrize(
    "typed", ["cty", "hkd", "dntn", "htx", "công ty", "cty tnhh", "doanh nghiệp tư nhân", "dn"]
)
def test_the_kind_of_a_maker_is_wished_for_and_not_asked(typed: str) -> None:
    asked = str(interpret(f"{typed} sương mai").exact)

    assert [
        name for name in (typed, "1company", "1household", "1privateenterprise") if f"'{name}'" in asked
    ] == []


@pytest.mark.parametrize("typed", ["combo trà", "set trà"])
def test_a_set_of_several_is_wished_for_and_no_misspelt_word(typed: str) -> None:
    interpretation = interpret(typed)

    assert (interpretation.understood, interpretation.corrected) == (typed, False)
    assert f"'{typed.split()[0]}'" not in str(interpretation.exact)


def test_each_set_is_found_by_the_name_that_the_law_gives_it() -> None:
    with (Path(catalogue.__file__).parent / "data" / "product_groups.csv").open(encoding="utf-8-sig") as file:
        sets = [(row["set"], row["subgroup_vi"], row["subgroup_en"]) for row in csv.DictReader(file)]

    missed = [
        name
        for number, *names in sets
        for name in names
        if f"'k:{number}'" not in str(interpret(name).required)
    ]
    assert missed == []


@pytest.mark.parametrize("typed", ["trà hoa", "mật ong hoa nhãn", "hoa atiso", "nước hoa", "rượu trắng nếp"])
def test_the_name_of_a_set_in_other_words_is_a_word(typed: str) -> None:
    assert "'k:23'" not in str(interpret(typed).required)
    assert "'k:14'" not in str(interpret(typed).exact)


def test_a_gift_is_wished_for_and_not_asked() -> None:
    both = interpret("quà tết cà phê").exact
    coffee = interpret("cà phê").exact

    assert both == coffee
    assert isinstance(interpret("quà biếu").exact, AnyOf)


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("traf hoa atisoo", "trà hoa atisô"),  # a loan word of several syllables
        ("sapa", "sa pa"),  # no sấp in Telex
        ("nuwowcs mawsm cats hair", "nước mắm cát hải"),  # *hair* is a word, and here it isn't meant
        ("traf green", "trà green"),
        ("hair", "hair"),
    ],
)
def test_keys_are_undone_only_where_somebody_knows_the_result(typed: str, understood: str) -> None:
    assert interpret(typed).understood == understood


def test_a_word_that_goods_have_is_never_undone() -> None:
    sold = dictionary(Vocabulary({"hair": 1}))

    assert decode_keys("nuwowcs mawsm cats hair", sold) == "nước mắm cát hair"


def test_keys_of_which_nothing_known_comes_are_slips() -> None:
    known = dictionary(Vocabulary({}))

    assert decode_keys("ca phw", known) == "ca phw"  # no phư
    assert decode_keys("caf phee", known) == "cà phê"


@pytest.mark.parametrize(("typed", "full"), [("nc mắm", "nước mắm"), ("cá ko xương", "cá không xương")])
def test_shortened_words_are_read_in_full(typed: str, full: str) -> None:
    assert interpret(typed).understood == full


def test_a_drink_of_everyday_is_no_misspelt_cocoa() -> None:
    assert interpret("coca cola").understood == "coca cola"
    assert "1cocoa" not in str(interpret("coca cola").exact)


@pytest.mark.parametrize(
    ("typed", "group"),
    [
        ("hoa chưng tết", "apricotblossom"),
        ("đồ nhậu", "smokedmeat"),
        ("dược liệu ngâm rượu", "morinda"),
        ("bún phở miến khô", "noodle"),
        ("đồ ăn vặt", "shrimpcracker"),
    ],
)
def test_a_use_is_asked_for_by_the_families_that_serve_it(typed: str, group: str) -> None:
    assert f"'1{group}'" in str(interpret(typed).required)


def test_a_word_without_marks_among_marked_ones_is_meant_so() -> None:
    known = Vocabulary({"cam": 2, "cẩm": 3})

    alone = str(interpret("cam hoa binh", known).exact)
    among = str(interpret("cam hoà bình", known).exact)

    assert "form=<Form.EXACT: 'exact'>, tokens=('cam', '0cam')" in among
    assert "tokens=('cam', '0cam')" not in alone


def test_with_a_place_a_whole_phrase_counts_in_names_that_begin_so() -> None:
    """Or else honey of coffee blossoms from Gia Lai would stand before the coffee of Gia Lai."""
    beginning = f"tokens=({head_token('caphe')!r},)"

    assert beginning in str(interpret("cà phê gia lai").preferred)
    assert beginning not in str(interpret("cà phê sữa đá").preferred)


@pytest.mark.parametrize(
    ("typed", "lifted"),
    [("sầu riêng", True), ("sầu riêng sấy", False), ("mật ong", False), ("xoài tươi", False)],
)
def test_fruit_stands_before_what_was_dried_of_it_where_no_form_is_said(typed: str, lifted: bool) -> None:
    kept_out = [
        part.part.without
        for part in interpret(typed).preferred
        if isinstance(part, Constant) and isinstance(part.part, AllOf) and "'1dried" in str(part.part.without)
    ]

    assert bool(kept_out) is lifted


def test_a_meaning_that_two_words_share_is_asked_for_once() -> None:
    (match,) = meaning_of(["atiso", "atiso", "tra"])

    assert isinstance(match, Match)
    assert match.tokens == ("1atiso", "1tra")
