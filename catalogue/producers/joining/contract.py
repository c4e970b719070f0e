"""The contract between a producer and the marketplace: its versions, and the proof of which words somebody accepted."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_DATA: Final = Path(__file__).resolve().parent / "data"
#: The text that holds now; earlier ones stay in the folder, since contracts were made on them.
CURRENT: Final = "2026-12-01"


@dataclass(frozen=True, slots=True)
class Contract:
    """A text in one language. `digest` is the SHA-256 of exactly these words."""

    version: str
    language: str
    text: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def paragraphs(self) -> list[str]:
        """Its paragraphs, the title first."""
        return [part.strip() for part in self.text.split("\n\n") if part.strip()]


def contract(language: str, version: str = CURRENT) -> Contract:
    """Return the contract in Vietnamese or English; the Vietnamese one holds."""
    known = "en" if language == "en" else "vi"
    path = _DATA / f"contract_{version}.{known}.txt"
    return Contract(version, known, path.read_text(encoding="utf-8"))
