"""Which notices there are, and what each needs to know.

A notice is named by its template in `templates/notices/`. `notice_queue` refuses a notice that lacks a name of this
table, so that a mistake shows in the caller's test and not in a worker at night.

Amounts are đồng (int), moments and days are `datetime` and `date`, addresses are absolute. `consignments` is a list of
`{"producer", "lines": [{"quantity", "name", "amount"}], "delivery_charge", "amount"}`; `lines` is one such list.
"""

from typing import Final

_ORDER: Final = frozenset({"order_number", "order_url"})
_CONSIGNMENT: Final = frozenset({"consignment_number", "producer"})

NOTICES: Final[dict[str, frozenset[str]]] = {
    # To a person, about the account: a code that proves a phone number; a message rendered by allauth.
    "phone_code": frozenset({"code"}),
    "account_message": frozenset({"subject", "body"}),
    # To the buyer, about the order.
    "order_awaiting_payment": _ORDER | {"amount", "deadline", "payment_url"},
    "order_confirmed": _ORDER | {"amount", "is_paid", "consignments"},
    "order_expired": _ORDER,
    "order_cancelled": _ORDER | {"reason"},
    "payment_returned": _ORDER | {"amount"},
    "refund_sent": _ORDER | {"amount"},
    # To the buyer, about one consignment. `carrier` and `tracking_number` may be empty.
    "consignment_shipped": _ORDER | _CONSIGNMENT | {"carrier", "tracking_number"},
    "consignment_ready_for_pickup": _ORDER | _CONSIGNMENT | {"pickup_address", "pickup_hours"},
    "consignment_delivered": _ORDER | _CONSIGNMENT,
    "consignment_cancelled": _ORDER | _CONSIGNMENT | {"reason"},
    # `amount` (đồng) is what goes back to the buyer by itself, else 0; `is_unpaid`: the cash for it was never handed over.
    "consignment_returned": _ORDER | _CONSIGNMENT | {"amount", "is_unpaid", "reason"},
    # To the producer.
    "producer_consignment_new": frozenset(
        {"consignment_number", "work_url", "lines", "amount", "is_paid", "dispatch_until"}
    ),
    "producer_consignment_cancelled": frozenset({"consignment_number", "work_url", "reason"}),
    "producer_consignment_returned": frozenset({"consignment_number", "work_url", "reason"}),
}
