"""Provinces, communes and the units that they replaced on 1 July 2025.

Codes are those of the General Statistics Office. The data comes from `data/` with each deployment (`loading.py`);
nobody edits it in the database.
"""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from marketplace.places import names


class MacroRegion(models.TextChoices):
    """Parts of the country that carriers price by."""

    NORTH = "north", _("The North")
    CENTRAL = "central", _("The Centre")
    SOUTH = "south", _("The South")


class Merge(models.TextChoices):
    """How an old unit went into a commune of today."""

    WHOLE = "whole", _("whole")
    PARTIAL = "partial", _("in part")


class _Named(models.Model):
    """What has an official name that begins with its kind."""

    name: "models.CharField[str, str]"

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        """The name without its kind: `Lâm Đồng`."""
        return names.short_name(self.name)

    @property
    def abbreviated_name(self) -> str:
        """The name with its kind shortened: `P. Lâm Viên - Đà Lạt`."""
        return names.abbreviated_name(self.name)

    @property
    def english_name(self) -> str:
        """The name in English word order, with its marks: `Đức Trọng Commune`."""
        return names.english_name(self.name)

    @property
    def display_name(self) -> str:
        """The full name in the language of the request."""
        return self.english_name if (get_language() or "vi").startswith("en") else self.name


class Province(_Named):
    """One of the 34 provinces and cities under the central government since 1 July 2025."""

    code = models.CharField(_("code"), primary_key=True, max_length=2)
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=30)
    macro_region = models.CharField(_("part of the country"), max_length=10, choices=MacroRegion)
    slug = models.SlugField(_("slug"), max_length=60, unique=True)

    class Meta:
        ordering = ["slug"]
        verbose_name = _("province")
        verbose_name_plural = _("provinces")
        constraints = [
            models.CheckConstraint(
                name="places_province_macro_region_known",
                condition=models.Q(macro_region__in=MacroRegion.values),
            )
        ]


class Commune(_Named):
    """One of the 3,321 communes, wards and special zones since 1 July 2025."""

    code = models.CharField(_("code"), primary_key=True, max_length=5)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=20)
    province = models.ForeignKey(
        Province, on_delete=models.PROTECT, related_name="communes", verbose_name=_("province")
    )
    search_key = models.CharField(max_length=80, db_index=True, editable=False)

    class Meta:
        ordering = ["search_key", "code"]
        verbose_name = _("commune")
        verbose_name_plural = _("communes")
        constraints = [
            models.UniqueConstraint(fields=["province", "name"], name="places_commune_name_once_a_province")
        ]

    @property
    def full_name(self) -> str:
        """Commune and province: `Xã Đức Trọng, Tỉnh Lâm Đồng`."""
        return f"{self.name}, {self.province.name}"


class LegacyUnit(models.Model):
    """One old commune's way into one commune of today: an old commune that was divided has several rows.

    Old codes and names may not be unique in the published list, so rows have no natural key; they are replaced as a
    whole, and whoever must remember an old unit (an address) keeps its codes, not a row of this table.
    Five island districts had no communes: their `old_commune` is empty.
    """

    old_commune_code = models.CharField(max_length=5, blank=True, db_index=True)
    old_commune = models.CharField(max_length=80, blank=True)
    old_district_code = models.CharField(max_length=3, db_index=True)
    old_district = models.CharField(max_length=60)
    old_province_code = models.CharField(max_length=2)
    old_province = models.CharField(max_length=60)
    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="legacy_units")
    merge = models.CharField(max_length=10, choices=Merge)
    commune_key = models.CharField(max_length=80, db_index=True, editable=False)
    district_key = models.CharField(max_length=60, editable=False)

    class Meta:
        ordering = ["old_province_code", "old_district_code", "old_commune_code", "commune_id"]
        verbose_name = _("former unit")
        verbose_name_plural = _("former units")
        constraints = [
            models.UniqueConstraint(
                fields=["old_commune_code", "old_commune", "old_district_code", "commune"],
                name="places_legacy_unit_once",
            ),
            models.CheckConstraint(
                name="places_legacy_unit_merge_known", condition=models.Q(merge__in=Merge.values)
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """The old unit as it was written: `Xã Phú Hội, Huyện Đức Trọng, Tỉnh Lâm Đồng`."""
        return ", ".join(part for part in (self.old_commune, self.old_district, self.old_province) if part)


class LoadedData(models.Model):
    """Which version of the data files the tables hold; one row."""

    version = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("loaded place data")
        verbose_name_plural = _("loaded place data")

    def __str__(self) -> str:
        return self.version
