"""Which names and sectors could mean alcohol."""

import unicodedata

import pytest

from catalogue.alcohol import could_be_alcohol
from marketplace.places.loading import read_rows
from marketplace.places.names import short_name


@pytest.mark.parametrize(
    "name",
    [
        "Rượu gạo sương mù đông trùng hạ thảo",
        "RƯỢU NẾP CÁI HOA VÀNG",
        "Ruợu cần",
        "ruou nep",
        "Vang Đà Lạt",
        "Vang nho rừng",
        "VANG DA LAT",
        "Bia thủ công Cầu Đất",
        "Dalat Beach Wine",
        "Cồn gạo",
        "Cơm rượu nếp than",
        "Craft beer Langbiang",
        "Vodka khoai tây",
        "Rượu gạo Phú Vang",
        "Vang sim Hoà Vang",
        "Mỹ tửu",
        "Mao đài",
    ],
)
def test_these_wait_for_a_person(name: str) -> None:
    assert could_be_alcohol(name)
    assert could_be_alcohol(unicodedata.normalize("NFD", name))


@pytest.mark.parametrize(
    "name",
    [
        "beCHAMP Coffee Natural Nắng Vàng",
        "Mắm xay có gia vị hiệu Con Cá Vàng",
        "Mộc Đế Vương",
        "Đông trùng hạ thảo ngâm mật ong",
        "Bìa sách thổ cẩm",
        "Nghệ vàng",
        "Gạo nếp cái hoa vàng",
        "Trà Bí đao",
        "Cà phê con sóc",
        "Nước ép không cồn",
        "Hạt sen khô Phú Vang",
        "Bánh tráng Hòa Vang",
        "Cao chè vằng La Vang",
        "",
    ],
)
def test_these_do_not(name: str) -> None:
    assert not could_be_alcohol(name)
    assert not could_be_alcohol(unicodedata.normalize("NFD", name))


@pytest.mark.parametrize(
    ("sector", "suspected"),
    [
        ("Đồ uống", False),
        ("Đồ uống có cồn", True),
        ("Đồ uống không cồn", False),
        ("Nhóm rượu trắng", True),
        ("Non-alcoholic drinks", False),
    ],
)
def test_the_sector_counts_too(sector: str, suspected: bool) -> None:
    assert could_be_alcohol("Sương mai", sector) is suspected


@pytest.mark.parametrize("name", ["Ba kích ngâm", "Chuối hột ngâm", "Nếp cẩm lên men"])
def test_what_is_steeped_or_fermented_waits_among_drinks_alone(name: str) -> None:
    assert could_be_alcohol(name, "II. NHÓM ĐỒ UỐNG")
    assert not could_be_alcohol(name, "Đồ uống không cồn")
    assert not could_be_alcohol(name, "Thực phẩm")


def test_no_name_of_a_place_is_taken_for_a_drink() -> None:
    """But the one town that is called Cồn, spirit: goods named after it wait for a person."""
    communes = {short_name(row["name"]) for row in read_rows("communes.csv")}
    for row in read_rows("legacy_units.csv"):
        communes |= {short_name(row["old_commune"]), short_name(row["old_district"])}

    assert {name for name in communes if could_be_alcohol(f"Trà {name}")} == {"Cồn"}
