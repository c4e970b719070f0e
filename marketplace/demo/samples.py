"""The values that the published list doesn't hold, made up for the demonstration: `data/goods_samples.csv`."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parent / "data"
LIST: Final = "ocop_lam_dong"


@dataclass(frozen=True, slots=True)
class Sample:
    """One row of `goods_samples.csv`; amounts in đồng, weights in grams."""

    record_id: str
    product_set: int
    name_en: str
    pack_vi: str
    pack_en: str
    weight: int | None
    price: int | None
    strength: Decimal | None


def samples() -> Iterator[Sample]:
    """Yield the made-up values of the 60 goods."""
    with (DATA / "goods_samples.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Sample(
                record_id=row["record_id"],
                product_set=int(row["set"]),
                name_en=row["name_en"],
                pack_vi=row["pack_vi"],
                pack_en=row["pack_en"],
                weight=int(row["weight_g"]) if row["weight_g"] else None,
                price=int(row["price_vnd"]) if row["price_vnd"] else None,
                strength=Decimal(row["strength_vol"]) if row["strength_vol"] else None,
            )
