"""One thing to do, as the first screens show it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to do: how many, what, where."""

    number: int
    title: str
    text: str
    url: str
    action: str
    urgent: bool = False
