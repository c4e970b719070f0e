"""What can be wrong with a payout, in words for whoever sits at the screen. Nothing is half done."""

from collections.abc import Sequence

from django.utils.functional import Promise


class PayoutError(Exception):
    """Root of this room's errors; `message` says why in the reader's language."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(str(message))
        self.message = message


class AccountRefused(PayoutError):
    """The bank account can't be taken as it was given."""


class HoldNotPossible(PayoutError):
    """There is a hold already, or none to release, or no reason was given."""


class RequestNotPossible(PayoutError):
    """The producer can't ask for its money now."""


class NothingToPay(PayoutError):
    """No payout of the choice can be made."""


class WrongBatchState(PayoutError):
    """The batch has gone on since the page was shown, or this person may not do this step."""


class BatchChanged(PayoutError):
    """What the checker saw is not what would be sent: it has to be looked at again."""


class ResultRefused(PayoutError):
    """The bank's file can't be read as a whole; `problems` says what to mend."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)


class TermsRefused(PayoutError):
    """These terms can't begin on that day."""
