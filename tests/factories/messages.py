"""What buyers and producers say to each other about a parcel, by the same service as for real."""

from typing import Any

from checkout.aftersale.models import Side
from checkout.messages.models import Message
from checkout.messages.services import message_send
from checkout.order.models import Order
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order


def said(
    order: Order | None = None,
    text: str = "Giao sau 17 giờ giúp em nhé",
    *,
    side: str = Side.BUYER,
    **how: Any,
) -> Message:
    """Return a message about the first parcel of an order, one that is made where none is given; the buyer's unless told otherwise."""
    consignment = (order or placed_order(sold_pack())).consignments.all()[0]
    return message_send(consignment_id=consignment.pk, side=side, text=text, **how)
