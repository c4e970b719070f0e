"""What can go wrong with bank transfers, in words for the person at the desk."""

from collections.abc import Sequence

from django.utils.functional import Promise

from checkout.payment.errors import PaymentError
from checkout.payment.transfers.statements.columns import Field


class TransferError(PaymentError):
    """Root of this room's errors; nothing was changed."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(str(message))
        self.message = message


class TransfersRefused(TransferError):
    """A statement or a bank's message that can't be trusted as a whole; `problems` says what, one by one.

    `columns`: the headers of a table and what each was read as (None: unknown), where another reading of them could help.
    """

    def __init__(self, problems: Sequence[str], columns: Sequence[tuple[str, Field | None]] = ()) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)
        self.columns = list(columns)


class ColumnsUnknown(TransfersRefused):
    """A table whose columns a person has to name first."""
