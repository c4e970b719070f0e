"""Whether a statement's own sums add up: a file that was cut off or changed shows it here."""

from dataclasses import dataclass, field
from itertools import pairwise

from django.utils.translation import gettext as _

from checkout.payment.transfers.statements.columns import Field
from marketplace.money import format_dong


@dataclass(frozen=True, slots=True)
class Booking:
    """One row's part in the sums, in đồng; the balance after it, where the bank tells it."""

    line: int
    credit: int
    debit: int
    balance: int | None

    @property
    def change(self) -> int:
        return self.credit - self.debit


@dataclass(slots=True)
class Sums:
    """What the rows add up to, beside what the statement says they do."""

    bookings: list[Booking] = field(default_factory=list)
    stated: dict[Field, int] = field(default_factory=dict)
    opening: int | None = None
    closing: int | None = None

    @property
    def are_stated(self) -> bool:
        """Whether the statement itself says what its rows add up to."""
        return Field.CREDIT in self.stated or (self.opening is not None and self.closing is not None)

    def add(self, *, line: int, credit: int, debit: int, balance: int | None) -> None:
        """Count a row."""
        self.bookings.append(Booking(line, credit, debit, balance))

    def problems(self) -> list[str]:
        """Return what doesn't add up."""
        return [*self._totals(), *self._ends(), *self._running()]

    def _totals(self) -> list[str]:
        found = {
            Field.CREDIT: sum(one.credit for one in self.bookings),
            Field.DEBIT: sum(one.debit for one in self.bookings),
        }
        return [
            _(
                "The statement says that “%(column)s” adds up to %(stated)s, its rows add up to %(found)s: rows are missing. "
                "Download it from the bank again."
            )
            % {"column": which.label, "stated": format_dong(stated), "found": format_dong(found[which])}
            for which, stated in self.stated.items()
            if stated != found[which]
        ]

    def _ends(self) -> list[str]:
        if self.opening is None or self.closing is None:
            return []
        reached = self.opening + sum(one.change for one in self.bookings)
        if reached == self.closing:
            return []
        return [
            _(
                "From %(opening)s the rows lead to %(reached)s, the statement ends at %(closing)s: rows are missing. "
                "Download it from the bank again."
            )
            % {
                "opening": format_dong(self.opening),
                "reached": format_dong(reached),
                "closing": format_dong(self.closing),
            }
        ]

    def _running(self) -> list[str]:
        """Follow the balance from row to row, oldest or newest first."""
        pairs = list(pairwise([one for one in self.bookings if one.balance is not None]))
        onwards = [(one, next_) for one, next_ in pairs if one.balance + next_.change != next_.balance]  # type: ignore[operator]
        backwards = [(one, next_) for one, next_ in pairs if next_.balance + one.change != one.balance]  # type: ignore[operator]
        broken = min(onwards, backwards, key=len)
        return [
            _(
                "Between lines %(first)d and %(second)d the balance does not add up: rows are missing or were changed."
            )
            % {"first": one.line, "second": next_.line}
            for one, next_ in broken[:3]
        ]
