"""Loads the published lists of places from `data/` into the database."""

import csv
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.apps import apps as current_apps
from django.apps.registry import Apps
from django.db import router, transaction

from marketplace.places import names

DATA_FOLDER = Path(__file__).resolve().parent / "data"
_LOADED_FILES = ("provinces.csv", "macro_regions.csv", "communes.csv", "legacy_units.csv")
_BATCH_SIZE = 1_000


def read_rows(file_name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one file of `data/` as dictionaries by column."""
    with (DATA_FOLDER / file_name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def data_version() -> str:
    """Return a digest of the data files and of the code that reads them in, the same on every machine."""
    digest = hashlib.sha256()
    for path in (*(DATA_FOLDER / name for name in _LOADED_FILES), Path(__file__), Path(names.__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def places_load(*, apps: Apps = current_apps, using: str = "default", force: bool = False) -> bool:
    """Bring the tables of places to the version of the data files; return whether there was anything to do.

    Provinces and communes are updated in place, because addresses point at them; legacy units are replaced. Running it
    again changes nothing. `apps` lets a migration pass its historical models. One transaction.
    """
    loaded_data = apps.get_model("places", "LoadedData")
    version = data_version()
    if not force and loaded_data.objects.using(using).filter(version=version).exists():
        return False
    with transaction.atomic(using=using):
        _load_provinces(apps, using)
        _load_communes(apps, using)
        _load_legacy_units(apps, using)
        loaded_data.objects.using(using).update_or_create(pk=1, defaults={"version": version})
    return True


def places_load_after_migrate(*, using: str, apps: Apps = current_apps, **_signal: object) -> None:
    """Load new data files on deployment: connected to `post_migrate`, as Django does for its own reference tables.

    `flush` sends the same signal, so that a test that empties the tables leaves them filled.
    """
    try:
        apps.get_model("places", "LoadedData")
    except LookupError:  # migrated back to before these tables
        return
    if router.allow_migrate(using, "places"):
        places_load(apps=apps, using=using)


def _load_provinces(apps: Apps, using: str) -> None:
    province = apps.get_model("places", "Province")
    regions = {row["province_code"]: row["macro_region"] for row in read_rows("macro_regions.csv")}
    province.objects.using(using).bulk_create(
        [
            province(
                code=row["code"],
                name=names.official_name(row["name"]),
                kind=row["kind"],
                macro_region=regions[row["code"]],
                slug=names.fold(names.short_name(row["name"])).replace(" ", "-"),
            )
            for row in read_rows("provinces.csv")
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "kind", "macro_region", "slug"],
    )


def _load_communes(apps: Apps, using: str) -> None:
    commune = apps.get_model("places", "Commune")
    commune.objects.using(using).bulk_create(
        [
            commune(
                code=row["code"],
                name=names.official_name(row["name"]),
                kind=row["kind"],
                province_id=row["province_code"],
                search_key=names.place_key(names.split_kind(row["name"])[1]),
            )
            for row in read_rows("communes.csv")
        ],
        batch_size=_BATCH_SIZE,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "kind", "province", "search_key"],
    )


def _load_legacy_units(apps: Apps, using: str) -> None:
    legacy_unit = apps.get_model("places", "LegacyUnit")
    legacy_unit.objects.using(using).all().delete()
    legacy_unit.objects.using(using).bulk_create(
        [
            legacy_unit(
                old_commune_code=row["old_commune_code"],
                old_commune=names.official_name(row["old_commune"]),
                old_district_code=row["old_district_code"],
                old_district=names.official_name(row["old_district"]),
                old_province_code=row["old_province_code"],
                old_province=_province_name(row["old_province"]),
                commune_id=row["new_commune_code"],
                merge=row["merge"],
                commune_key=names.place_key(names.split_kind(row["old_commune"])[1]),
                district_key=names.place_key(names.split_kind(row["old_district"])[1]),
            )
            for row in read_rows("legacy_units.csv")
        ],
        batch_size=_BATCH_SIZE,
    )


def _province_name(name: str) -> str:
    """Return a province's official name; the list once leaves the kind out, and only provinces lack it."""
    official = names.official_name(name)
    kind, _ = names.split_kind(official)
    return official if kind else f"{names.TINH.capitalize()} {official}"
