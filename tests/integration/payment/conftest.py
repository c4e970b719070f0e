"""A stand-in for the till: what an order does with money is tested with the orders."""

import importlib
import sys
import types
from dataclasses import dataclass, field
from typing import Any

import pytest

from checkout.order.models import Order, PaymentState
from checkout.payment.models import Payment
from checkout.payment.services import refund_request


@dataclass
class Till:
    """Takes money for awaiting orders and sends every other back; remembers each call."""

    calls: list[tuple[int, int, int]] = field(default_factory=list)

    def order_mark_paid(self, *, order_id: int, payment_id: int, amount: int) -> None:
        self.calls.append((order_id, payment_id, amount))
        taken = Order.objects.filter(pk=order_id, payment_state=PaymentState.AWAITING).update(
            payment_state=PaymentState.PAID
        )
        if not taken:
            refund_request(
                payment=Payment.objects.get(pk=payment_id), reason="late", key=f"late-{payment_id}"
            )


@pytest.fixture
def till(monkeypatch: pytest.MonkeyPatch) -> Till:
    stand_in = Till()
    try:
        module: Any = importlib.import_module("checkout.services")
    except ImportError:
        module = types.ModuleType("checkout.services")
        monkeypatch.setitem(sys.modules, "checkout.services", module)
    monkeypatch.setattr(module, "order_mark_paid", stand_in.order_mark_paid, raising=False)
    return stand_in
