"""What a case may give back in money: the written rule of shares (docs/aftersale.md), computed before anything is decided.

Packs go back at their share of the line's stored total (`refund_share`). Delivery goes back whole, and only with the refund that leaves
the buyer none of the consignment's goods, where the reason says that the producer bears it. What was paid is the cap, by constraints.
"""

from collections.abc import Mapping

from checkout.aftersale.models import Case, Reason
from checkout.order.models import Line
from checkout.payment.refunds import held_of, refund_share
from marketplace.money import round_dong


def packs_left(line: Line) -> int:
    """Return how many packs of a line were not yet paid back."""
    return line.quantity - line.refunded_quantity


def gives_delivery_back(case: Case, packs: Mapping[int, int]) -> bool:
    """Return whether delivery goes back with `packs` (by line id) of a case's consignment."""
    if case.reason.delivery_borne_by != Reason.Bearer.PRODUCER:
        return False
    return all(packs.get(line.pk, 0) == packs_left(line) for line in case.consignment.lines.all())


def refund_amount(case: Case, packs: Mapping[int, int]) -> int:
    """Return what goes back for `packs` (by line id), delivery included where it does, in đồng."""
    consignment = case.consignment
    goods = sum(
        refund_share(
            total=round_dong(line.line_price_incl_tax),
            quantity=line.quantity,
            returned=line.refunded_quantity + packs[line.pk],
        )
        - line.refunded_amount
        for line in consignment.lines.all()
        if packs.get(line.pk)
    )
    delivery = consignment.delivery_charge - consignment.refunded_delivery
    wanted = goods + (delivery if gives_delivery_back(case, packs) else 0)
    # A sum that was given before is set off against what the parcel no longer holds.
    return min(wanted, held_of(consignment))
