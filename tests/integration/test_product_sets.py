"""The 6 sectors and 26 product sets of the programme are there after `migrate`, in both languages."""

import pytest
from django.utils import translation

from catalogue.models import ALCOHOL_SETS, ProductSet, Sector

pytestmark = pytest.mark.django_db


def test_six_sectors_in_the_order_of_the_programme():
    assert list(Sector.objects.values_list("code", flat=True)) == [
        "food",
        "drink",
        "herbal",
        "craft",
        "ornamental",
        "tourism",
    ]


def test_twenty_six_sets_each_in_its_sector():
    assert list(ProductSet.objects.values_list("number", flat=True)) == list(range(1, 27))
    assert ProductSet.objects.get(number=12).sector_id == "food", "tea is food, not a drink"
    assert {row.sector_id for row in ProductSet.objects.filter(number__in=ALCOHOL_SETS)} == {"drink"}


def test_both_languages():
    tea = ProductSet.objects.get(number=12)
    with translation.override("vi"):
        assert tea.name == "Trà từ thực vật khác"
    with translation.override("en"):
        assert tea.name == "Herbal and plant teas"
