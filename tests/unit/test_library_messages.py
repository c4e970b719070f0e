"""What libraries show to people here is Vietnamese too; allauth, for one, ships none."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import trans_real

from marketplace.translations import ENGLISH, describe, extract_from, messages, read

# Screens of a library that the shop shows, and parts of them that it doesn't.
SHOWN = {
    "allauth": ("account/**/*", "mfa/**/*", "templates/account/**/*", "templates/mfa/**/*"),
    "phonenumber_field": ("formfields.py", "validators.py"),
    "pictures": ("validators.py",),
    "oscar": (
        *("forms/*.py", "apps/basket/*.py", "apps/checkout/*.py", "apps/customer/*.py"),
        *("apps/voucher/*.py", "apps/payment/*.py", "apps/address/*.py", "apps/order/*.py"),
    ),
}
NOT_SHOWN = ("webauthn", "admin.py", "models.py", "apps.py", "migrations", "tests", "management")


def shown_files(package: str) -> Iterator[Path]:
    root = Path(str(import_module(package).__file__)).parent
    for pattern in SHOWN[package]:
        for path in sorted(root.glob(pattern)):
            inside = path.relative_to(root).as_posix()
            if path.suffix in {".py", ".html", ".txt"} and not any(part in inside for part in NOT_SHOWN):
                yield path


@pytest.mark.parametrize("package", SHOWN)
def test_every_string_that_people_see_is_vietnamese(package: str) -> None:
    root = Path(str(import_module(package).__file__)).parent
    with translation.override("vi"):
        known = set(trans_real.translation("vi")._catalog.keys())  # type: ignore[attr-defined]
    without = []
    for message in messages(extract_from(shown_files(package), root)):
        first = message.id[0] if isinstance(message.id, list | tuple) else message.id
        key = f"{message.context}\x04{first}" if message.context else first
        if key not in known and (key, 0) not in known:
            without.append(describe(message))

    assert without == []


def test_the_shops_own_words_go_before_a_librarys() -> None:
    with translation.override("vi"):
        assert translation.gettext("Too many failed login attempts. Try again later.") == (
            "Đăng nhập sai quá nhiều lần. Vui lòng thử lại sau."
        )


def test_english_of_libraries_is_in_the_shops_style_and_names_nothing_that_is_gone() -> None:
    known = trans_real.translation("vi")._catalog  # type: ignore[attr-defined]
    assert [message.id for message in messages(read(ENGLISH)) if message.id not in known] == []
    with translation.override("en"):
        assert translation.gettext("Two-Factor Authentication") == "Two-factor authentication"
