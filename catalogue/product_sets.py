"""Suggests the product set (1 to 26, Decision 26/2026/QĐ-TTg) that a name could mean. A person confirms it; nothing is ever filled in."""

import re

from catalogue.wording import composed, folded

#: First match wins: the narrower word stands before the wider one. Words with marks, as people write them.
_WORDS: list[tuple[int, tuple[str, ...]]] = [
    (26, ("du lịch", "homestay", "farmstay", "điểm tham quan", "trải nghiệm")),
    (15, ("rượu vang", "vang đỏ", "vang trắng", "bia", "rượu dâu", "rượu trái cây", "rượu cần", "rượu đông trùng")),
    (14, ("rượu gạo", "rượu trắng", "rượu nếp", "rượu đế", "rượu")),
    (16, ("nước khoáng", "nước uống đóng chai", "nước tinh khiết")),
    (9, ("nước mắm", "nước tương", "tương ớt", "mắm nêm", "mắm", "giấm", "xì dầu")),
    (13, ("cà phê", "cafe", "cà fê", "coffee", "ca cao", "cacao", "cocoa", "sô cô la", "socola", "chocolate")),
    (19, ("mỹ phẩm", "xà phòng", "dầu gội", "sữa tắm", "serum", "kem dưỡng", "son dưỡng")),
    (20, ("tinh dầu", "dầu tràm", "dầu sả")),
    (11, ("trà ô long", "trà oolong", "chè shan", "trà shan", "trà xanh", "chè xanh", "hồng trà", "bạch trà", "trà đen", "chè búp")),
    (12, ("trà", "chè dây", "tea")),
    (18, ("đông trùng hạ thảo", "cordyceps", "linh chi", "cao atiso", "cao actiso", "cao nước", "sâm", "tinh bột nghệ", "viên", "thảo dược", "cao")),
    (17, ("nước ép", "nước cốt", "nước giải khát", "nước trái cây", "sữa hạt", "kombucha", "syrup", "siro")),
    (4, ("mật ong", "sữa ong chúa", "phấn hoa", "yến sào", "tổ yến")),
    (8, ("khô bò", "giò", "chả", "lạp xưởng", "xúc xích", "cá khô", "mực", "ruốc", "chà bông", "trứng gà nướng", "trứng muối")),
    (2, ("trứng", "thịt tươi", "cá tươi", "sữa tươi", "tôm tươi")),
    (10, ("tiêu", "muối tôm", "muối ớt", "muối tinh", "gia vị", "sa tế", "ớt bột")),
    (7, ("sấy", "mứt", "rang", "chiên", "ngâm", "bột rau", "mắc ca", "macca", "hạt điều", "bơ đậu phộng")),
    (8, ("phô mai", "sữa chua")),
    (10, ("muối", "hành", "tỏi", "ớt")),
    (6, ("bánh", "bún", "miến", "phở", "mì", "ngũ cốc", "bột dinh dưỡng", "kẹo")),
    (3, ("gạo", "nếp", "đậu", "bắp", "hạt")),
    (23, ("hoa hồng", "hoa lan", "hoa tươi", "hoa cúc", "hoa")),
    (24, ("bonsai", "cây cảnh", "sen đá")),
    (25, ("cá cảnh", "chim cảnh")),
    (22, ("thổ cẩm", "lụa", "vải", "áo", "khăn", "dệt")),
    (21, ("gốm", "đan", "mây tre", "gỗ", "tranh", "đồ thủ công", "lưu niệm", "giỏ", "nón")),
    (1, ("nấm", "rau", "dâu", "bơ", "sầu riêng", "chuối", "cam", "bưởi", "xoài", "khoai", "cà chua", "măng", "trái", "quả", "củ", "rong nho", "thanh long", "chanh")),
]  # fmt: skip
_SECTORS = {
    "food": ("thực phẩm", "food", "thuc pham"),
    "drink": ("đồ uống", "drink", "do uong"),
    "herbal": ("dược liệu", "thảo dược", "herbal", "duoc lieu", "thao duoc"),
    "craft": ("thủ công", "vải", "may mặc", "lưu niệm", "nội thất", "trang trí", "craft", "thu cong"),
    "ornamental": ("sinh vật cảnh", "hoa, cây cảnh", "ornamental", "sinh vat canh"),
    "tourism": ("du lịch", "tourism", "du lich"),
}
_PATTERNS = [
    (number, re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words)))
    for number, words in _WORDS
]


def suggest_set(name: str) -> int | None:
    """Return the number of the set that `name` could belong to, None where no word tells."""
    text = composed(name).lower()
    return next((number for number, pattern in _PATTERNS if pattern.search(text)), None)


def sector_of(wording: str) -> str | None:
    """Return the code of the sector that a list's wording names, None where it names none."""
    text = composed(wording).lower()
    bare = folded(wording)
    for code, words in _SECTORS.items():
        if any(word in text or word in bare for word in words):
            return code
    return None


def set_stated(wording: str, set_names: dict[str, int]) -> int | None:
    """Return the set that a list states by its number or its exact name; `set_names` maps folded names to numbers."""
    text = composed(wording)
    number = re.fullmatch(r"(?:bộ\s*)?(\d{1,2})\.?", text, re.IGNORECASE)
    if number and 1 <= int(number[1]) <= len(set(set_names.values())):
        return int(number[1])
    return set_names.get(folded(text))
