"""Orders in templates."""

from django import template

from checkout.order import consignments
from checkout.order.links import order_path
from checkout.order.models import Consignment, FulfilmentState, Order, PaymentState

register = template.Library()

_KINDS: dict[str, str] = {
    PaymentState.AWAITING: "wait",
    PaymentState.PAID: "good",
    PaymentState.EXPIRED: "bad",
    FulfilmentState.DELIVERED: "good",
    FulfilmentState.SHIPPED: "good",
    FulfilmentState.CANCELLED: "bad",
    Consignment.State.RETURNED: "bad",
}


@register.filter
def order_url(order: Order) -> str:
    """Return the signed address of an order's page."""
    return order_path(order)


@register.filter
def state_kind(state: str) -> str:
    """Return how `components/state.html` colours a state of a payment, an order or a consignment."""
    return _KINDS.get(state, "")


@register.filter
def cash_due(consignment: Consignment) -> int:
    """Return what is still to be handed over in cash for a consignment, in đồng; its `order` should be loaded."""
    return consignments.cash_due(consignment)
