"""What can be wrong with an uploaded report or a step about a difference, in words for the person who took it. Nothing is half done."""

from collections.abc import Sequence


class ReportRefused(Exception):
    """`problems` says what to mend, line by line."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)


class CreditNotSent(Exception):
    """What stands to a buyer's credit is another sum by now, is in a dispute, or belongs to no payment as a whole; `message` says which."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
