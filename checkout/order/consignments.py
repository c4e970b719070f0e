"""Which changes of a consignment are allowed, and what an order's fulfilment state follows from."""

from collections.abc import Iterable
from typing import Final

from checkout.order.models import Consignment, FulfilmentState, Order, PaymentState

State = Consignment.State

#: From each state to those that may follow.
ALLOWED: Final[dict[str, frozenset[str]]] = {
    State.PLACED: frozenset({State.ACCEPTED, State.CANCELLED}),
    State.ACCEPTED: frozenset({State.PACKED, State.CANCELLED}),
    State.PACKED: frozenset({State.SHIPPED, State.CANCELLED}),
    State.SHIPPED: frozenset({State.DELIVERED, State.RETURNED}),
    State.DELIVERED: frozenset({State.RETURNED}),
    State.CANCELLED: frozenset(),
    State.RETURNED: frozenset(),
}

#: Goods that the buyer fetches are handed over from the shelf: nothing ships.
ALLOWED_AT_PICKUP: Final[dict[str, frozenset[str]]] = {
    **ALLOWED,
    State.PACKED: frozenset({State.DELIVERED, State.CANCELLED}),
    State.SHIPPED: frozenset(),
}

#: As long as a consignment is in one of these, the buyer may still cancel it.
CANCELLED_BY_BUYER_IN: Final = (State.PLACED, State.ACCEPTED)

#: Not yet with the buyer, and still meant to be.
OUTSTANDING: Final = (State.PLACED, State.ACCEPTED, State.PACKED, State.SHIPPED)


def may_become(consignment: Consignment, state: str) -> bool:
    """Return whether `consignment` may go into `state` now."""
    table = ALLOWED_AT_PICKUP if consignment.method == Consignment.Method.PICKUP else ALLOWED
    return state in table[consignment.state]


def may_all_be_cancelled(order: Order, consignments: Iterable[Consignment]) -> bool:
    """Return whether an order may be cancelled as a whole, by buyer or programme: something of it is left, and nothing is packed."""
    left = [one.state for one in consignments if one.state != State.CANCELLED]
    is_open = order.cancelled_at is None and order.payment_state != PaymentState.EXPIRED
    return is_open and bool(left) and all(state in CANCELLED_BY_BUYER_IN for state in left)


def cash_due(consignment: Consignment) -> int:
    """Return what is still to be handed over in cash for a consignment, in đồng: nothing once it is delivered, cancelled or on its way back."""
    is_due = consignment.order.payment_state == PaymentState.DUE_ON_DELIVERY
    return consignment.total if is_due and consignment.state in OUTSTANDING else 0


def fulfilment_state(states: Iterable[str]) -> FulfilmentState:
    """Return an order's fulfilment state from the states of its consignments; those that were cancelled count only where all were."""
    active = [state for state in states if state != State.CANCELLED]
    if not active:
        return FulfilmentState.CANCELLED
    if all(state == State.RETURNED for state in active):
        return FulfilmentState.RETURNED
    under_way = {State.SHIPPED, State.DELIVERED, State.RETURNED}
    if not any(state in under_way for state in active):
        return FulfilmentState.OPEN
    if not all(state in under_way for state in active):
        return FulfilmentState.PARTLY_SHIPPED
    return FulfilmentState.SHIPPED if State.SHIPPED in active else FulfilmentState.DELIVERED
