"""Provinces, communes and the units that they replaced on 1 July 2025."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Province(models.Model):
    """One of the 34 provinces and cities since 1 July 2025."""

    code = models.CharField(primary_key=True, max_length=2)
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(max_length=30)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Commune(models.Model):
    """A commune, ward or special zone since 1 July 2025."""

    code = models.CharField(primary_key=True, max_length=5)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(max_length=20)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="communes")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
