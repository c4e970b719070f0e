"""Why a file as a whole was not taken."""

from collections.abc import Sequence

from catalogue.certification.errors import CertificationError


class FileRefused(CertificationError):
    """The file's form can't be trusted, so nothing of it was imported; `problems` lists what to mend, in the reader's language."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)


class ColumnsUnknown(FileRefused):
    """There is a header, but no column is known to hold the product or the producer; a person can say which of `headers` does."""

    def __init__(self, problems: Sequence[str], headers: Sequence[str]) -> None:
        super().__init__(problems)
        self.headers = list(headers)


class ImportBusy(CertificationError):
    """Another import is running."""
