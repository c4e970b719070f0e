"""Reads a bank's statement, whatever its form, and refuses what can't be trusted as a whole: nothing of it is taken then."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _

from checkout.payment.transfers.errors import TransfersRefused
from checkout.payment.transfers.rows import IncomingRow
from checkout.payment.transfers.statements.columns import Field

MAX_FILE_BYTES: Final = 5 * 1024 * 1024
MAX_ROWS: Final = 10_000


@dataclass(slots=True)
class StatementRead:
    """What a statement says came in, and what was left out of it."""

    rows: list[IncomingRow] = field(default_factory=list)
    #: Bookings of money that went out, or was taken back by the bank.
    left_out: int = 0
    #: What a person should look at; nothing was taken for it.
    warnings: list[str] = field(default_factory=list)
    #: A table's headers and what each was read as; none in a bank's own format.
    columns: list[tuple[str, Field | None]] = field(default_factory=list)

    @property
    def amount(self) -> int:
        """What came in, in đồng."""
        return sum(row.amount for row in self.rows)


def read_statement(
    *, name: str, content: bytes, account_number: str, remembered: Mapping[str, Field]
) -> StatementRead:
    """Return what the statement of an account says. Raises TransfersRefused, or ColumnsUnknown where a person can help."""
    from checkout.payment.transfers.statements.mt940 import is_mt940, read_mt940
    from checkout.payment.transfers.statements.table import read_table

    if not content:
        raise TransfersRefused([_("The file is empty.")])
    if len(content) > MAX_FILE_BYTES:
        raise TransfersRefused(
            [_("The file is larger than %(limit)d MB.") % {"limit": MAX_FILE_BYTES // 2**20}]
        )
    if is_mt940(content):
        read = read_mt940(content, account_number)
    else:
        read = read_table(name, content, account_number, remembered)
    if len(read.rows) > MAX_ROWS:
        raise TransfersRefused([_("The statement has more than %(limit)d rows.") % {"limit": MAX_ROWS}])
    _refuse_ambiguous(read)
    return read


def digest_of(content: bytes) -> str:
    """Return what tells one file from another."""
    return hashlib.sha256(content).hexdigest()


def _refuse_ambiguous(read: StatementRead) -> None:
    """Refuse a file in which one reference names two bookings: the second would be lost, as if it were the first read again."""
    seen: dict[str, IncomingRow] = {}
    for row in read.rows:
        known = seen.setdefault(row.reference, row)
        if (known.amount, known.memo) != (row.amount, row.memo):
            raise TransfersRefused(
                [
                    _(
                        "Two bookings share the reference %(reference)s. Say below that this column is to be left out, "
                        "or choose the one that names every booking by itself."
                    )
                    % {"reference": row.reference}
                ],
                read.columns,
            )
