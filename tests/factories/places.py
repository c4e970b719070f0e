"""Provinces and communes for tests: real codes and names, fetched where a migration has already loaded them."""

import factory
from factory.django import DjangoModelFactory

from marketplace.places.models import Commune, Province


class ProvinceFactory(DjangoModelFactory):
    """Lâm Đồng, unless told otherwise."""

    class Meta:
        model = Province
        django_get_or_create = ("code",)

    code = "68"
    name = "Tỉnh Lâm Đồng"
    kind = "tỉnh"


class CommuneFactory(DjangoModelFactory):
    """Phường Xuân Hương - Đà Lạt, unless told otherwise."""

    class Meta:
        model = Commune
        django_get_or_create = ("code",)

    code = "24781"
    name = "Phường Xuân Hương - Đà Lạt"
    kind = "phường"
    province = factory.SubFactory(ProvinceFactory)
