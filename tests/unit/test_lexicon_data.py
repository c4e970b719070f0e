"""The lexicon that is shipped: its form, and what it makes of goods of the whole country."""

import itertools
import re
import time

import pytest

from search.facts import facts_of_names, head_token
from search.lexicon.files import common_words, shared_phrases, shipped_groups
from search.lexicon.groups import BroaderLoop, Entry, Group, Kind, Language, Source, all_broader
from search.lexicon.in_force import shipped_lexicon
from search.synonyms import compile_lexicon, find_concepts, further_keys, indexed_keys
from search.text import words

GROUPS = shipped_groups()
#: Everyday umbrellas that a buyer names, with goods that must be of that kind.
KINDS = {
    "fruit": ["Bưởi da xanh", "Thanh long ruột đỏ", "Na Chi Lăng", "Vải thiều Lục Ngạn", "Xoài Cát Hòa Lộc sấy dẻo"],
    "driedfruit": ["Hồng treo gió", "Mít sấy giòn", "Xoài Cát Hòa Lộc sấy dẻo", "Ô mai mơ", "Chuối Laba sấy"],
    "seafood": ["Chả mực Hạ Long", "Sá sùng khô", "Mực một nắng", "Khô cá lóc", "Hàu sữa Vân Đồn", "Tôm khô Rạch Gốc"],
    "spice": ["Mắc khén", "Hạt dổi", "Tiêu đen Chư Sê", "Muối tôm Tây Ninh", "Quế Trà Bồng", "Nước mắm Cát Hải"],
    "sweets": ["Kẹo dừa Bến Tre", "Cu đơ Hà Tĩnh", "Mè xửng Huế", "Mứt gừng"],
    "cake": ["Bánh pía Sóc Trăng", "Bánh đậu xanh", "Bánh gai Tứ Trụ", "Bánh chưng Bờ Đậu"],
    "noodle": ["Miến dong Bình Liêu", "Bún khô", "Phở khô Nam Định", "Hủ tiếu Sa Đéc", "Mì Chũ", "Bánh đa cua"],
    "herb": ["Hà thủ ô", "Ba kích tím", "Trà xạ đen", "Sâm Ngọc Linh", "Giảo cổ lam", "Đông trùng hạ thảo"],
    "handicraft": ["Đũa gỗ", "Thổ cẩm Lùng Tám", "Nón lá Huế", "Tranh sơn mài", "Gốm Bát Tràng", "Giỏ mây tre đan"],
    "bamboorattan": ["Chiếu cói Nga Sơn", "Túi cỏ bàng", "Nón lá Huế", "Giỏ mây tre đan"],
    "drinks": ["Rượu ngô men lá", "Nước ép bưởi", "Nước khoáng Kim Bôi", "Kombucha chanh sả", "Bia thủ công"],
    "processedmeat": ["Giò lụa", "Nem chua", "Lạp xưởng Cần Đước", "Thịt chua Thanh Sơn", "Thịt trâu gác bếp"],
    "cosmetic": ["Dầu gội bồ kết", "Son dưỡng gấc", "Xà phòng nghệ"],
    "ornamental": ["Hoa lan hồ điệp", "Bonsai sanh", "Cá koi", "Mai vàng Bình Định"],
    "tourism": ["Homestay Bản Lác", "Làng du lịch cộng đồng Lô Lô Chải", "Khu du lịch sinh thái Cồn Sơn"],
    "tetgift": ["Mứt gừng", "Bánh chưng Bờ Đậu", "Hộp quà Tết"],
}  # fmt: skip


def named(text: str) -> set[str]:
    return {concept.key for concept in find_concepts(words(text), lenient=False)}


def asked(text: str) -> set[str]:
    return {concept.key for concept in find_concepts(words(text), lenient=True)}


def answers(query: str, good: str) -> bool:
    """Whether every word of ``query`` that a group names is answered by the good's own groups."""
    sequence = words(query)
    keys = set(indexed_keys(words(good)))
    covered = [
        {
            concept.key
            for concept in find_concepts(sequence, lenient=True)
            if concept.start <= at < concept.end
        }
        for at in range(len(sequence))
    ]
    return all(own & keys for own in covered)


def test_the_lexicon_is_broad_enough() -> None:
    vietnamese = {
        entry.text for group in GROUPS for entry in group.entries if entry.language == Language.VIETNAMESE
    }
    english = {
        entry.text for group in GROUPS for entry in group.entries if entry.language == Language.ENGLISH
    }

    assert len(GROUPS) >= 1_200
    assert len(vietnamese) >= 4_000
    assert len(english) >= 2_500
    assert {group.source for group in GROUPS} == {Source.LEXICON, Source.DOMAIN, Source.SETS}


def test_every_phrase_names_its_group_and_each_once() -> None:
    wrong = []
    for group in GROUPS:
        spelt = [tuple(item.text for item in words(entry.text)) for entry in group.entries]
        if len(set(spelt)) < len(spelt):
            twice = next(phrase for phrase in spelt if spelt.count(phrase) > 1)
            wrong.append(f"{group.key}: {' '.join(twice)} stands twice")
        for entry in group.entries:
            if not words(entry.text) or group.key not in named(entry.text):
                wrong.append(f"{group.key}: “{entry.text}” doesn't name it")

    assert wrong == []


def test_a_phrase_in_two_groups_is_declared() -> None:
    owners: dict[str, set[str]] = {}
    for group in GROUPS:
        for entry in group.entries:
            owners.setdefault(" ".join(item.text for item in words(entry.text)), set()).add(group.key)
    shared = {" ".join(item.text for item in words(phrase)) for phrase in shared_phrases()}

    assert {phrase for phrase, keys in owners.items() if len(keys) > 1} == shared
    assert all(shared_phrases().values()), "each says what it names"


def test_nothing_is_a_kind_of_itself() -> None:
    broader = all_broader({group.key: group.broader for group in GROUPS})

    assert all(key not in above for key, above in broader.items())


def test_a_loop_is_refused_with_its_path() -> None:
    with pytest.raises(BroaderLoop) as refused:
        all_broader({"a": ["b"], "b": ["c"], "c": ["a"]})

    assert refused.value.path == ("a", "b", "c", "a")


def test_english_is_written_in_english_letters() -> None:
    english = [
        entry.text for group in GROUPS for entry in group.entries if entry.language == Language.ENGLISH
    ]

    assert [text for text in english if not re.fullmatch(r"[a-z0-9' .-]+", text)] == []


def test_exceptions_hold_a_phrase_of_their_group() -> None:
    """An exception that contains no phrase of the group would say nothing: it is kept to the point."""
    table = shipped_lexicon()
    idle = []
    for group in GROUPS:
        own = [tuple(item.text for item in words(entry.text)) for entry in group.entries]
        for text in group.exceptions:
            sequence = tuple(item.text for item in words(text))
            inside = {
                sequence[start:end] for start, end in itertools.combinations(range(len(sequence) + 1), 2)
            }
            if inside.isdisjoint(own):
                idle.append(f"{group.key}: {text}")
    assert idle == []
    assert table.root.following, "the lexicon is compiled"


@pytest.mark.parametrize("kind", KINDS)
def test_goods_are_of_their_kind(kind: str) -> None:
    assert [good for good in KINDS[kind] if kind not in indexed_keys(words(good))] == []


@pytest.mark.parametrize(
    ("query", "good"),
    [
        ("fish sauce", "Nước mắm cốt cá cơm"), ("glass noodles", "Miến dong Bình Liêu"), ("squid cake", "Chả mực Hạ Long"),
        ("spring roll wrapper", "Bánh đa nem"), ("buffalo jerky", "Thịt trâu gác bếp"), ("turmeric powder", "Tinh bột nghệ"),
        ("rice", "Gạo Séng Cù"), ("sour shrimp", "Mắm tôm chua"), ("dried snakehead fish", "Khô cá lóc"), ("dried fish", "Khô cá lóc"),
        ("golden camellia tea", "Trà hoa vàng"), ("chopsticks", "Đũa gỗ"), ("brocade", "Thổ cẩm"), ("conical hat", "Nón lá"),
        ("pomelo", "Bưởi da xanh"), ("coconut candy", "Kẹo dừa"), ("bird's nest", "Yến sào"), ("black garlic", "Tỏi đen"),
        ("snow shan tea", "Chè Shan tuyết"), ("dried bamboo shoots", "Măng khô"), ("pork roll", "Giò chả Ước Lễ"), ("fermented pork", "Nem chua"),
        ("coffee honey", "Mật ong hoa cà phê"), ("seaweed", "Rong biển"), ("peanut worm", "Sá sùng"), ("he shou wu", "Hà thủ ô"),
        ("xa den tea", "Trà xạ đen"), ("peanut oil", "Dầu lạc"), ("chili sauce", "Tương ớt"), ("rice noodles", "Bún khô"), ("pho", "Phở khô"),
        ("green tea", "Chè xanh Tân Cương"), ("lotus seeds", "Hạt sen sấy"), ("scented candle", "Nến thơm"), ("dragon fruit", "Thanh long"),
        ("dried mango", "Xoài Cát Hòa Lộc sấy dẻo"), ("smoked pork", "Thịt lợn bản gác bếp"), ("sticky rice", "Nếp cái hoa vàng"),
        ("cashew nuts", "Hạt điều rang muối"), ("essential oils", "Tinh dầu sả chanh"), ("lacquer", "Tranh sơn mài"),
    ],
)  # fmt: skip
def test_a_buyer_abroad_finds_the_goods(query: str, good: str) -> None:
    assert answers(query, good)


@pytest.mark.parametrize(
    ("query", "good"),
    [
        ("heo", "Thịt lợn gác bếp"), ("đậu phộng", "Lạc rang"), ("bắp", "Ngô nếp"), ("mè", "Vừng đen"), ("khóm", "Dứa Đồng Giao"),
        ("chả lụa", "Giò lụa"), ("chả giò", "Nem rán"), ("bánh tráng", "Bánh đa vừng"), ("khoai mì", "Củ sắn"), ("cá quả", "Khô cá lóc"),
        ("nghêu", "Ngao sấy"), ("bề bề", "Tôm tít"), ("sa pô chê", "Hồng xiêm"), ("mãng cầu", "Na Chi Lăng"), ("xí muội", "Ô mai mơ"),
        ("trái vải", "Vải thiều"), ("quả xoài", "Xoài Cát"), ("chén", "Bát sứ"), ("chà bông", "Ruốc thịt"), ("tàu hũ", "Đậu phụ"),
        ("socola", "Sô cô la"), ("cacao", "Bột ca cao"), ("yaourt", "Sữa chua"), ("macca", "Hạt mắc ca"), ("cf", "Cà phê"),
        ("lạp sườn", "Lạp xưởng"), ("xà bông", "Xà phòng"), ("mền", "Chăn bông"), ("đtht", "Đông trùng hạ thảo"), ("khổ qua", "Mướp đắng"),
        ("dưa leo", "Dưa chuột"), ("nấm mèo", "Mộc nhĩ"), ("hột vịt muối", "Trứng vịt muối"), ("giò chả", "Chả bò Đà Nẵng"), ("giò chả", "Giò lụa Ước Lễ"), ("dưa muối", "Cà pháo muối"),
        ("dưa muối", "Dưa gang muối xổi"), ("trà sâm rứa", "Trà lá dứa"),
    ],
)  # fmt: skip
def test_regional_words_and_spellings_find_each_other(query: str, good: str) -> None:
    assert answers(query, good)
    assert answers(good.split()[0], good) or named(good), "the good's own words still name it"


@pytest.mark.parametrize(
    ("text", "not_named"),
    [
        ("Nghệ An", "turmeric"), ("Hàng mỹ nghệ", "turmeric"), ("Gạo thơm", "pineapple"), ("Bí xanh thơm", "pineapple"), ("Nến thơm", "pineapple"),
        ("Chè bưởi", "tea"), ("Trà Vinh", "tea"), ("Chè lam", "tea"), ("Lạc Dương", "peanut"), ("Bến Tre", "bambooware"), ("Vải thiều", "textile"),
        ("Cá cảnh", "fish"), ("Nấm bào ngư", "abalone"), ("Óc chó", "dog"), ("Mực in", "squidoctopus"), ("Vú sữa", "dairy"), ("Tiểu đường", "sugar"),
        ("Măng cụt", "bambooshoot"), ("Măng tây", "bambooshoot"), ("Rong nho", "grape"), ("Cá sấu", "dracontomelon"), ("Bánh đa nem", "nemchua"),
        ("Chả mực", "porkham"), ("Mít tinh", "jackfruit"), ("Hải sâm", "ginseng"), ("Nước mắm", "fermentedsauce"), ("Hoa hồi Lạng Sơn", "gram"),
        ("Củ sắn dây", "arrowstarch"), ("Hồng trà", "persimmon"), ("Bánh phở", "cake"), ("Ngô Thị Lan", "corn"), ("Kẹo dừa lá dứa", "tea"), ("Nem chua", "giocha"), ("Lục bình", "bottle"),
    ],
)  # fmt: skip
def test_words_that_mean_something_else_there(text: str, not_named: str) -> None:
    assert not_named not in indexed_keys(words(text))


def test_the_narrower_is_found_by_the_broader_and_never_the_reverse() -> None:
    assert "fruit" in indexed_keys(words("Xoài Cát"))
    assert "mango" not in indexed_keys(words("Trái cây"))
    assert asked("mango") == {"mango"}
    assert asked("fruit") == {"fruit"}


def test_what_a_name_begins_with_decides_the_kind() -> None:
    coconut_candy = words("Kẹo dừa Mỏ Cày")

    assert {"sweets", "coconut"} <= set(indexed_keys(coconut_candy))
    assert "fruit" not in indexed_keys(coconut_candy)
    assert "fruit" in further_keys(coconut_candy)


def test_parts_make_a_whole_wherever_they_stand() -> None:
    assert {"driedmango", "driedfruit"} <= set(indexed_keys(words("Xoài Cát Hòa Lộc sấy dẻo")))
    assert "driedmango" not in indexed_keys(words("Xoài Cát Hòa Lộc"))


@pytest.mark.parametrize(
    ("name", "group"),
    [("Khoai lang mật sấy", "driedsweetpotato"), ("Khoai deo", "driedsweetpotato"), ("Xoài cát", "mango")],
)
def test_a_name_begins_with_what_its_parts_make(name: str, group: str) -> None:
    beginnings = facts_of_names([name])

    assert head_token(f"1{group}") in beginnings
    assert head_token("1driedmango") not in beginnings


def test_a_single_syllable_of_a_name_is_a_name() -> None:
    name = words("Hộ kinh doanh Ngô Lê Trà")

    assert indexed_keys(name, is_name=True) == ["household"]


def test_english_written_without_marks_is_no_vietnamese() -> None:
    assert "sesame" not in indexed_keys(words("A hat that suits me"), bare=True)
    assert "sesame" in indexed_keys(words("Me den"), bare=True)


def test_a_syllable_without_marks_inside_a_longer_phrase_is_not_read_for_itself() -> None:
    assert "fish" not in asked("ca phe")
    assert "hat" not in asked("hat sen")
    assert {"greentea", "tea"} <= asked("green tea"), "English words name what they name"


def test_forms_are_told_from_goods() -> None:
    describing = shipped_lexicon().describing

    assert {"dried", "fresh", "organic", "spicy"} <= describing
    assert describing.isdisjoint({"mango", "fishsauce", "fruit"})


def test_classifiers_come_by_themselves() -> None:
    common = common_words()
    group = Group(
        "pear", (Entry("quả lê"), Entry("pear", Kind.ENGLISH, Language.ENGLISH)), broader=("fruit",)
    )
    table = compile_lexicon([group, Group("fruit", (Entry("trái cây"),))], common=common)

    assert [found.key for found in find_concepts(words("trái lê"), lenient=False, table=table)] == ["pear"]
    assert find_concepts(words("lê"), lenient=False, table=table) == []


def test_looking_up_keeps_thousands_of_goods_a_second_possible() -> None:
    texts = [words(good) for goods in KINDS.values() for good in goods]
    indexed_keys(texts[0])
    started = time.process_time()
    for _ in range(20):
        for sequence in texts:
            indexed_keys(sequence)
    seconds = (time.process_time() - started) / (20 * len(texts))

    assert seconds < 0.001, "a name takes less than a millisecond, ten times what it takes here"
