"""The published lists in the database."""

import pytest
from django.core.management import call_command

from marketplace.places import loading
from marketplace.places.models import Commune, LegacyUnit, LoadedData, MacroRegion, Province
from marketplace.places.selectors import find_commune, old_names

pytestmark = pytest.mark.django_db


def test_the_migration_loads_everything():
    assert Province.objects.count() == 34
    assert Commune.objects.count() == 3_321
    assert LegacyUnit.objects.count() == 10_571
    assert Province.objects.filter(macro_region=MacroRegion.CENTRAL).count() == 11


def test_loading_again_changes_nothing():
    before = list(Commune.objects.values_list())

    assert loading.places_load() is False
    assert loading.places_load(force=True) is True

    assert list(Commune.objects.values_list()) == before
    assert LegacyUnit.objects.count() == 10_571
    assert LoadedData.objects.count() == 1


def test_changed_data_files_are_loaded_by_the_next_migrate(monkeypatch):
    LegacyUnit.objects.all().delete()
    monkeypatch.setattr(loading, "data_version", lambda: "another version")

    loading.places_load_after_migrate(using="default")

    assert LegacyUnit.objects.count() == 10_571
    assert LoadedData.objects.get().version == "another version"


def test_the_command_tells_what_the_tables_hold(capsys):
    call_command("load_places")

    assert capsys.readouterr().out == "Up to date: 34 provinces, 3321 communes, 10571 rows of old units.\n"


def test_slips_of_the_published_list_are_mended():
    communes = set(LegacyUnit.objects.values_list("old_commune", flat=True))
    districts = set(LegacyUnit.objects.values_list("old_district", flat=True))
    provinces = set(LegacyUnit.objects.values_list("old_province", flat=True))

    assert "Thị trấn Ngan Dừa" in communes
    assert not [name for name in communes if name.startswith(("Thi ", "xã ", "phường ", "thị "))]
    assert not [name for name in districts if name.startswith("Thị Xã")]
    assert "Tỉnh Quảng Trị" in provinces
    assert "Quảng Trị" not in provinces


def test_names_in_english_and_short():
    commune = find_commune("24958")

    assert (commune.short_name, commune.english_name) == ("Đức Trọng", "Đức Trọng Commune")
    assert commune.full_name == "Xã Đức Trọng, Tỉnh Lâm Đồng"
    assert commune.province.slug == "lam-dong"


def test_old_names_of_a_commune_hold_communes_districts_and_provinces():
    assert old_names("24846") == ["Phường 7", "Lạc Dương", "Lát", "Đà Lạt", "Lâm Đồng"]
    assert "Đắk Nông" in old_names(Commune.objects.get(name="Xã Nam Dong"))
