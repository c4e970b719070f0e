"""What a provider shows the buyer: our own sums, line by line."""

from django.utils import translation
from django.utils.translation import gettext as _

from checkout.order.models import Line, Order
from checkout.payment.errors import BillDisagrees
from checkout.payment.gateways.base import BillLine
from marketplace.money import round_dong


def bill_of(order: Order) -> list[BillLine]:
    """Return the lines of `order` with their totals after discounts, and one line for each delivery, in its language.

    A provider must not multiply or round: every amount is final. Raises BillDisagrees unless they add up to the order's
    total to the đồng.
    """
    with translation.override(order.language):
        goods = [
            BillLine(name=_line_name(line), amount=round_dong(line.line_price_incl_tax))
            for line in order.lines.order_by("pk")
        ]
        deliveries = [
            BillLine(
                name=_("Delivery: %(producer)s") % {"producer": consignment.producer.name},
                amount=consignment.delivery_charge,
            )
            for consignment in order.consignments.select_related("producer")
        ]
    bill = [line for line in [*goods, *deliveries] if line.amount]
    total = sum(line.amount for line in bill)
    if total != round_dong(order.total_incl_tax):
        raise BillDisagrees(
            f"order {order.number}: lines add up to {total} đồng, the order to {order.total_incl_tax}"
        )
    return bill


def _line_name(line: Line) -> str:
    pack = f" ({line.pack_label})" if line.pack_label and line.pack_label not in line.title else ""
    return f"{line.quantity} × {line.title}{pack}"
