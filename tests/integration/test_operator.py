"""The footer of every page says who runs the site."""

import pytest
from django.core.cache import cache
from django.core.checks import run_checks
from django.test import Client
from pytest_django import Settings

NAMED = {
    "OPERATOR_NAME": "Trung tâm Xúc tiến Thương mại Lâm Đồng",
    "OPERATOR_ADDRESS": "1 Trần Phú, Đà Lạt",
    "OPERATOR_REGISTRATION": "0312345678, cấp ngày 01/02/2024",
    "OPERATOR_PHONE": "0263 3822 111",
    "OPERATOR_EMAIL": "cho@lamdong.example",
}


@pytest.fixture(autouse=True)
def _no_page_is_kept_from_another_test() -> None:
    cache.clear()


def put(settings: Settings, values: dict[str, str]) -> None:
    for name, value in values.items():
        setattr(settings, name, value)


def warnings() -> list[str]:
    return [
        found.msg for found in run_checks(include_deployment_checks=True) if found.id == "marketplace.W001"
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/vi/nha-san-xuat/", "/vi/gio-hang/", "/vi/tai-khoan/dang-nhap/"])
def test_public_personal_and_bare_pages_name_the_operator(
    client: Client, settings: Settings, address: str
) -> None:
    put(settings, NAMED)

    html = client.get(address).content.decode()

    assert [value for value in NAMED.values() if value not in html] == []
    assert "thông tin mẫu" not in html


@pytest.mark.django_db
def test_a_demonstration_without_a_name_shows_a_sample_that_says_so(
    client: Client, settings: Settings
) -> None:
    settings.DEMONSTRATION = True

    html = client.get("/vi/nha-san-xuat/").content.decode()

    assert "Đơn vị vận hành (mẫu)" in html
    assert "thông tin mẫu cho bản trình diễn" in html


@pytest.mark.django_db
def test_a_demonstration_with_a_name_shows_it(client: Client, settings: Settings) -> None:
    settings.DEMONSTRATION = True
    put(settings, NAMED)

    html = client.get("/vi/nha-san-xuat/").content.decode()

    assert NAMED["OPERATOR_NAME"] in html
    assert "(mẫu)" not in html


def test_the_deployment_check_names_what_is_missing(settings: Settings) -> None:
    put(settings, NAMED | {"OPERATOR_PHONE": "", "OPERATOR_EMAIL": ""})

    (warning,) = warnings()

    assert "OPERATOR_PHONE, OPERATOR_EMAIL not set" in warning


def test_the_deployment_check_is_silent_where_all_is_said_or_nothing_is_sold(settings: Settings) -> None:
    put(settings, NAMED)
    assert warnings() == []

    put(settings, dict.fromkeys(NAMED, ""))
    settings.DEMONSTRATION = True
    assert warnings() == []
