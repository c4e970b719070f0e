"""Which set a good is likely of by its name, where nobody has confirmed one."""

import pytest

from search.classification import likely_set

SECTORS = (
    dict.fromkeys(range(1, 14), "food")
    | dict.fromkeys(range(14, 18), "drink")
    | dict.fromkeys(range(18, 21), "herbal")
    | {21: "craft", 22: "craft", 23: "ornamental", 24: "ornamental", 25: "ornamental", 26: "tourism"}
)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("Vải thiều Lục Ngạn", 1),  # lychee, no cloth
        ("Vải thiều sấy khô", 7),
        ("Nấm hương tươi", 1),
        ("Nấm hương khô", 7),
        ("Thịt gà đồi hút chân không", 2),
        ("Thịt trâu gác bếp", 8),
        ("Gạo nếp cái hoa vàng", 3),
        ("Mật ong hoa nhãn", 4),
        ("Phở gà ăn liền", 5),
        ("Bánh nhãn", 6),  # the cake decides, not the longan
        ("Bột nếp", 6),
        ("Nước mắm cá cơm", 9),
        ("Hạt tiêu đen", 10),
        ("Trà ô long", 11),
        ("Trà hoa cúc", 12),
        ("Bột ca cao nguyên chất", 13),
        ("Tinh dầu tràm", 20),
        ("Khăn lụa tơ tằm", 22),
        ("Gì đó không ai biết", None),
    ],
)
def test_what_a_name_names_first_tells_the_set(name: str, number: int | None) -> None:
    assert likely_set(name, sector="", sectors=SECTORS) == number


def test_the_sector_of_the_list_is_never_contradicted() -> None:
    assert likely_set("Bột rau má", sector="food", sectors=SECTORS) == 7
    assert likely_set("Ấm trà gốm đỏ", sector="craft", sectors=SECTORS) == 21
    assert likely_set("Trà ô long", sector="tourism", sectors=SECTORS) is None
    assert likely_set("Nước yến nhân sâm", sector="drink", sectors=SECTORS) == 17
