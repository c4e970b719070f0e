"""The banks between which money is sent within Vietnam (NAPAS): data, in the order in which people look for them."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

BANKS_FILE: Final = Path(__file__).resolve().parent / "data" / "banks.csv"


@dataclass(frozen=True, slots=True)
class Bank:
    """One bank: the BIN by which NAPAS knows it, its code, the name that people say, and its whole Vietnamese name."""

    bin: str
    code: str
    short_name: str
    name: str

    def __str__(self) -> str:
        return f"{self.short_name} – {self.name}"


@cache
def banks() -> Mapping[str, Bank]:
    """Return the banks by BIN, the largest first."""
    with BANKS_FILE.open(encoding="utf-8", newline="") as lines:
        return {row["bin"]: Bank(**row) for row in csv.DictReader(lines)}
