"""What can go wrong with bank transfers, in words for the person at the desk."""

from collections.abc import Sequence

from django.utils.functional import Promise

from checkout.payment.errors import PaymentError


class TransferError(PaymentError):
    """Root of this room's errors; nothing was changed."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(str(message))
        self.message = message


class TransfersRefused(TransferError):
    """A statement or a bank's message that can't be trusted as a whole; `problems` says what, one by one."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)


class ColumnsUnknown(TransfersRefused):
    """A table whose columns a person has to name first: `headers` as they stand in line `line`."""

    def __init__(self, problems: Sequence[str], headers: Sequence[str]) -> None:
        super().__init__(problems)
        self.headers = list(headers)
