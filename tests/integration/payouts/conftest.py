"""Sums that can be followed by eye: no commission is kept back."""

import pytest

from checkout.settlement.rates.models import CommissionTariff


@pytest.fixture(autouse=True)
def no_commission(db: None) -> None:
    CommissionTariff.objects.update(rate=0)
