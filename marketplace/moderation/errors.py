"""What can be wrong with a blocked word, in words for whoever asked."""


class BlockedWordRefused(Exception):
    """The word has no letters, or is there already; `message` says so in the reader's language."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
