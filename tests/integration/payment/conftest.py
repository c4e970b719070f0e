"""What the payments tell the orders."""

from dataclasses import dataclass, field

import pytest

from checkout.payment import events
from checkout.services import order_mark_paid


@dataclass
class Till:
    """Hands the money on to the orders and remembers each call."""

    calls: list[tuple[int, int, int]] = field(default_factory=list)

    def order_mark_paid(self, *, order_id: int, payment_id: int, amount: int) -> None:
        self.calls.append((order_id, payment_id, amount))
        order_mark_paid(order_id=order_id, payment_id=payment_id, amount=amount)


@pytest.fixture
def till(monkeypatch: pytest.MonkeyPatch) -> Till:
    listening = Till()
    monkeypatch.setattr(events, "order_mark_paid", listening.order_mark_paid)
    return listening
