"""What is wrong with an uploaded report, in words for the person who uploaded it. Nothing of it was taken."""

from collections.abc import Sequence


class ReportRefused(Exception):
    """`problems` says what to mend, line by line."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)
