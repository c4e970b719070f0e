"""Why something about an application was refused. Nothing is half done."""

from catalogue.producers.errors import ProducerError


class JoiningError(ProducerError):
    """A change of an application was refused; `message` says why in the reader's language."""


class NotComplete(JoiningError):
    """An application can't be sent in: `missing` names the steps that lack something."""

    def __init__(self, message: str, missing: list[str]) -> None:
        super().__init__(message)
        self.missing = missing
