"""Reads places for other rooms."""

from django.db.models import QuerySet

from marketplace.places import names
from marketplace.places.index import FormerUnit, place_index
from marketplace.places.models import Commune, Province


def provinces() -> QuerySet[Province]:
    """Return the 34 provinces in the order of their names."""
    return Province.objects.all()


def former_units(commune: Commune | str) -> list[FormerUnit]:
    """Return the communes that went into this one on 1 July 2025, whole or in part."""
    code = commune.code if isinstance(commune, Commune) else commune
    return place_index().former_by_commune.get(code, [])


def old_names(commune: Commune | str) -> list[str]:
    """Return the old names under which people look for what lies in this commune, for search documents.

    Communes, districts and provinces, without their kinds but for numbers: `Phú Hội`, `Liên Nghĩa`, `Đức Trọng`,
    `Lâm Đồng`; each once, communes first. Costs no query.
    """
    units = former_units(commune)
    found: dict[str, None] = {}
    for unit in units:
        found[names.short_name(unit.name)] = None
    for unit in units:
        found[names.short_name(unit.district)] = None
    for unit in units:
        found[names.short_name(unit.province)] = None
    return list(found)


def find_commune(code: str) -> Commune | None:
    """Return the commune of this code with its province, without a query, or None."""
    return place_index().communes.get(code)
