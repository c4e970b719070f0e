"""Finds the header of a statement's table below the bank's letterhead, and what each column holds."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

from django.utils.translation import gettext as _

from catalogue.certification.imports.reader import Line, SourceFile, delimiters, lines, sheets
from checkout.payment.transfers.errors import ColumnsUnknown, TransfersRefused
from checkout.payment.transfers.statements.columns import Field, field_of
from marketplace.folding import folded

#: How far down a letterhead may reach.
_SEARCHED: Final = 60
_FEWEST_COLUMNS: Final = 3
_ACCOUNT = re.compile(r"(?<![\d.,])\d[\d ]{5,22}\d(?![\d.,/])")


@dataclass(frozen=True, slots=True)
class Header:
    """Where each field stands (columns from 0), the headers as written, and what stands above them."""

    places: dict[Field, int]
    columns: list[tuple[str, Field | None]]
    above: list[Line]

    def refuse_other_account(self, account_number: str) -> None:
        """Raise TransfersRefused where the letterhead names an account, and it isn't the one that was chosen."""
        named: list[str] = []
        for line in self.above:
            text = " ".join(str(cell) for cell in line.cells)
            if "tai khoan" in folded(text) or "account" in folded(text) or "so tk" in folded(text):
                named += [re.sub(r"\D", "", number) for number in _ACCOUNT.findall(text)]
        if named and account_number not in named:
            raise TransfersRefused(
                [
                    _("This is the statement of account %(named)s, not of %(chosen)s.")
                    % {"named": named[0], "chosen": account_number}
                ],
                self.columns,
            )


def find_header(source: SourceFile, remembered: Mapping[str, Field]) -> tuple[Header, Iterator[Line]]:
    """Return the header and the lines under it.

    Raises ColumnsUnknown where a header is there but not understood, TransfersRefused where there is none, and whatever the reader raises.
    """
    guesses: list[Line] = []
    for sheet in sheets(source):
        for delimiter in delimiters(source):
            found = lines(source, sheet=sheet, delimiter=delimiter)
            top = list(islice(found, _SEARCHED))
            for at, line in enumerate(top):
                header = _header(line, top[:at], remembered)
                if header:
                    return header, chain(top[at + 1 :], found)
            guesses += [line for line in top if _looks_like_header(line)]
    if not guesses:
        raise TransfersRefused([_("No table was found in the file: is it the bank's statement?")])
    best = max(guesses, key=lambda line: sum(field_of(text, remembered) is not None for text in _texts(line)))
    raise ColumnsUnknown(
        [_("Say below which column holds the date, the amount and the memo; we remember it.")],
        [(text, field_of(text, remembered)) for text in _texts(best)],
    )


def _header(line: Line, above: Sequence[Line], remembered: Mapping[str, Field]) -> Header | None:
    places: dict[Field, int] = {}
    columns: list[tuple[str, Field | None]] = []
    for place, cell in enumerate(line.cells):
        if not isinstance(cell, str) or not cell:
            continue
        meaning = field_of(cell, remembered)
        columns.append((cell, meaning))
        if meaning and meaning is not Field.ASIDE:
            places.setdefault(meaning, place)
    has_amount = Field.CREDIT in places or Field.AMOUNT in places
    if Field.BOOKED_AT not in places or Field.MEMO not in places or not has_amount:
        return None
    if Field.CREDIT in places:
        places.pop(Field.AMOUNT, None)
    return Header(places, columns, list(above))


def _looks_like_header(line: Line) -> bool:
    texts = _texts(line)
    return len(texts) >= _FEWEST_COLUMNS and not any(any(map(str.isdigit, text)) for text in texts)


def _texts(line: Line) -> list[str]:
    return [cell for cell in line.cells if isinstance(cell, str) and cell]
