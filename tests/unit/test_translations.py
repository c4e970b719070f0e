"""The catalogue is gathered, merged and compiled without gettext."""

from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from django.utils import translation
from django.utils.translation import gettext, trans_real

from marketplace import translations


@pytest.fixture
def house(tmp_path: Path) -> Path:
    (tmp_path / "catalogue" / "migrations").mkdir(parents=True)
    (tmp_path / "templates").mkdir()
    return tmp_path


@pytest.fixture
def locale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    locale = tmp_path / "vi"
    (locale / "LC_MESSAGES").mkdir(parents=True)
    (locale / "parts").mkdir()
    monkeypatch.setattr(translations, "CATALOGUE", locale / "LC_MESSAGES" / "django.po")
    monkeypatch.setattr(translations, "LIBRARIES", locale / "LC_MESSAGES" / "libraries.po")
    monkeypatch.setattr(translations, "COMPILED", locale / "LC_MESSAGES" / "django.mo")
    monkeypatch.setattr(translations, "PARTS", locale / "parts")
    return locale


def test_strings_of_python_are_found_with_plural_and_context(house: Path) -> None:
    (house / "catalogue" / "views.py").write_text(
        'label = _("Stars")\n'
        'count = ngettext("%(n)d pack", "%(n)d packs", n)\n'
        'verb = pgettext_lazy("button", "Order")\n'
        "plain = str('not marked')\n"
    )

    found = translations.extract_strings(house)

    assert {(message.id, message.context) for message in translations.messages(found)} == {
        ("Stars", None),
        (("%(n)d pack", "%(n)d packs"), None),
        ("Order", "button"),
    }


def test_strings_of_templates_are_found_however_crooked_the_markup(house: Path) -> None:
    (house / "templates" / "page.html").write_text(
        "{% load i18n %}\n"
        "    <p title=\"{% translate 'Basket' %}\">it's</p>\n"
        "  {% blocktranslate count n=lines %}{{ n }} line{% plural %}{{ n }} lines{% endblocktranslate %}\n"
        "        {{ label|default:_('none yet') }}\n"
    )

    found = translations.extract_strings(house)

    assert {message.id for message in translations.messages(found)} == {
        "Basket",
        ("%(n)s line", "%(n)s lines"),
        "none yet",
    }


def test_migrations_are_not_read(house: Path) -> None:
    (house / "catalogue" / "migrations" / "0001_initial.py").write_text('_("old label")\n')

    assert list(translations.messages(translations.extract_strings(house))) == []


def test_a_part_goes_before_the_catalogue_and_both_before_libraries(locale: Path) -> None:
    (locale / "LC_MESSAGES" / "libraries.po").write_text('msgid "Save"\nmsgstr "Ghi"\n')
    (locale / "LC_MESSAGES" / "django.po").write_text('msgid "Save"\nmsgstr "Lưu"\n')
    (locale / "parts" / "till.po").write_text('msgid "Save"\nmsgstr "Lưu lại"\n\nmsgid "Pay"\nmsgstr ""\n')

    catalogue = translations.whole_catalogue()

    assert catalogue.get("Save").string == "Lưu lại"  # type: ignore[union-attr]
    assert "Pay" not in catalogue


def test_a_compiled_catalogue_is_written_again_only_after_a_change(locale: Path) -> None:
    (locale / "LC_MESSAGES" / "django.po").write_text('msgid "Save"\nmsgstr "Lưu"\n')

    assert translations.compile_catalogue() is True
    assert translations.compile_catalogue() is False
    with (locale / "LC_MESSAGES" / "django.mo").open("rb") as opened:
        assert read_mo(opened).get("Save").string == "Lưu"  # type: ignore[union-attr]


def test_english_says_our_own_words_and_no_library_s(locale: Path) -> None:
    (locale / "LC_MESSAGES" / "django.po").write_text(
        'msgid "Basket"\nmsgstr "Giỏ hàng"\n\nmsgid "%(n)d pack"\nmsgid_plural "%(n)d packs"\nmsgstr[0] "%(n)d gói"\n'
    )

    translations.compile_catalogue()

    with (locale.parent / "en" / "LC_MESSAGES" / "django.mo").open("rb") as opened:
        english = read_mo(opened)
    assert english.get("Basket").string == "Basket"  # type: ignore[union-attr]
    assert list(english.get("%(n)d pack").string) == ["%(n)d pack", "%(n)d packs"]  # type: ignore[union-attr]


def test_a_lost_placeholder_is_a_fault(locale: Path) -> None:
    (locale / "LC_MESSAGES" / "django.po").write_text(
        '#, python-format\nmsgid "%(n)s left"\nmsgstr "còn %(m)s"\n'
    )

    assert [message.id for message, _fault in translations.with_faults()] == ["%(n)s left"]


def test_a_doubted_translation_does_not_count(locale: Path) -> None:
    (locale / "LC_MESSAGES" / "django.po").write_text('#, fuzzy\nmsgid "Save"\nmsgstr "Lưu"\n')

    assert translations.whole_catalogue().get("Save") is None


def test_a_process_that_compiles_reads_what_it_compiled(
    locale: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (locale / "parts" / "desk.po").write_text('msgid "Buyer"\nmsgstr "Người mua"\n')
    # As on the first start: there was no catalogue yet when somebody asked for Vietnamese.
    monkeypatch.setitem(trans_real._translations, "vi", trans_real.DjangoTranslation("en"))
    with translation.override("vi"):
        assert gettext("Buyer") == "Buyer"

    translations.compile_catalogue()

    with translation.override("vi"):
        assert gettext("Buyer") == "Người mua"


def test_a_string_that_two_parts_say_otherwise_is_named_with_file_and_line(locale: Path) -> None:
    (locale / "parts" / "desk.po").write_text(
        'msgid "Report"\nmsgstr "Báo cáo"\n\n'
        'msgid "Save"\nmsgstr "Lưu"\n\n'
        'msgctxt "carrier"\nmsgid "Report"\nmsgstr "Tin"\n'
    )
    (locale / "parts" / "till.po").write_text(
        'msgid "Save"\nmsgstr "Lưu"\n\n# The till\nmsgid "Report"\nmsgstr "Tin"\n'
    )

    assert translations.with_two_wordings() == ["'Report': desk.po:1 “Báo cáo”, till.po:4 “Tin”"]


def test_each_string_of_the_house_has_one_wording() -> None:
    assert translations.with_two_wordings() == []
