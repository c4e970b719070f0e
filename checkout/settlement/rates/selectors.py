"""Which rates hold for a sale: commission by the day of the order, taxes by the day of delivery."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Q

from catalogue.models import Product
from checkout.settlement.rates.models import (
    CommissionTariff,
    SetTaxKind,
    TaxKind,
    WithholdingRate,
    WithholdingRule,
)
from marketplace.money import round_dong

#: A rate of 100 %, in hundredths of a per cent.
WHOLE: Final = 10_000


def share_of(amount: int, rate: int) -> int:
    """Return `rate` (hundredths of a per cent) of `amount` (đồng), rounded half up to 1 đồng."""
    return round_dong(Decimal(amount * rate) / WHOLE)


@dataclass(frozen=True, slots=True)
class Commissions:
    """The tariffs that may hold for one producer's lines on one day, the narrowest first."""

    tariffs: tuple[CommissionTariff, ...]

    def tariff(self, price_source: str) -> CommissionTariff | None:
        """Return the tariff of a line whose price came from `price_source`; None where nothing is kept."""
        for tariff in self.tariffs:
            if tariff.campaign_id is None or price_source == f"campaign:{tariff.campaign_id}":
                return tariff
        return None


@dataclass(frozen=True, slots=True)
class Withholding:
    """The tax rates of one day for one kind of producer; no rate where it files its own."""

    rates: Mapping[str, WithholdingRate]

    def rate(self, kind: str) -> WithholdingRate | None:
        """Return what is withheld of a kind of goods; of a kind without rate the highest."""
        if not self.rates:
            return None
        return self.rates.get(kind) or max(self.rates.values(), key=lambda rate: rate.vat + rate.pit)


def commissions_for(*, producer_id: int, group: str, on: date) -> Commissions:
    """Return the tariffs for a producer of the kind `group` whose goods were ordered on the day `on`. One query."""
    tariffs = CommissionTariff.objects.filter(
        Q(producer__isnull=True) | Q(producer=producer_id),
        Q(valid_until__isnull=True) | Q(valid_until__gte=on),
        valid_from__lte=on,
        group__in=("", group),
    )
    return Commissions(tuple(sorted(tariffs, key=_narrowest_then_youngest)))


def _narrowest_then_youngest(tariff: CommissionTariff) -> tuple[Any, ...]:
    scope = (tariff.campaign_id is None, tariff.producer_id is None, tariff.group == "")
    return (*scope, -tariff.valid_from.toordinal(), -tariff.pk)


def withholding_for(*, group: str, on: date) -> Withholding:
    """Return what is withheld of a producer of the kind `group` for a sale on the day `on`. Two queries."""
    rule = (
        WithholdingRule.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=on), valid_from__lte=on
        )
        .order_by("valid_from", "pk")
        .last()
    )
    if rule is None or group not in rule.seller_kinds:
        return Withholding({})
    return Withholding({rate.kind: rate for rate in rule.rates.all()})


def tax_kinds(packs: Iterable[Product | None]) -> dict[int, str]:
    """Return the kind of goods of each pack by its id: what its product set says, else goods. One query."""
    sets = {
        pack.pk: (pack.parent if pack.parent_id else pack).product_set_id
        for pack in packs
        if pack is not None
    }
    named = dict(
        SetTaxKind.objects.filter(product_set__in={known for known in sets.values() if known}).values_list(
            "product_set", "kind"
        )
    )
    return {pk: named.get(product_set, TaxKind.GOODS) for pk, product_set in sets.items()}
