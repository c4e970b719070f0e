"""What the rows of a statement would do, before anybody confirms it: read only, in as many queries for a thousand rows as for one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from catalogue.producers.models import Partner
from checkout.order.models import Order, PaymentState
from checkout.payment.transfers.crediting import is_of_its_buyer, waits_for_money
from checkout.payment.transfers.debts import debtors_in
from checkout.payment.transfers.memos import order_numbers_in
from checkout.payment.transfers.models import BankTransfer, ReceivingAccount
from checkout.payment.transfers.rows import IncomingRow
from checkout.settlement.selectors import producer_balances
from marketplace.money import format_dong, round_dong


@dataclass(frozen=True, slots=True)
class RowOutlook:
    """One row and what it would do; `kind` is the colour of its state ("good", "wait", "bad" or "")."""

    row: IncomingRow
    words: str | Promise
    kind: str = ""
    order_number: str = ""
    is_known: bool = False


def statement_outlook(account: ReceivingAccount, rows: Sequence[IncomingRow]) -> list[RowOutlook]:
    """Return for each row what it would do, given the rows before it."""
    return _Outlook(account, rows).of_all()


class _Outlook:
    def __init__(self, account: ReceivingAccount, rows: Sequence[IncomingRow]) -> None:
        self.rows = rows
        self.debtors = [debtors_in(row.memo) for row in rows]
        named = {pk for pks in self.debtors for pk in pks}
        self.producers = Partner.objects.in_bulk(named)
        self.owed = {pk: -balance for pk, balance in producer_balances(named).items()} if named else {}
        self.numbers = [order_numbers_in(row.memo) for row in rows]
        asked = {number for numbers in self.numbers for number in numbers}
        self.orders = {order.number: order for order in Order.objects.filter(number__in=asked)}
        self.known = dict(
            BankTransfer.objects.filter(
                account=account, reference__in=[row.reference for row in rows]
            ).values_list("reference", "amount")
        )
        kept = BankTransfer.objects.filter(
            order__in=self.orders.values(), state=BankTransfer.State.KEPT
        ).order_by()
        self.received: dict[str, int] = defaultdict(
            int, kept.values_list("order__number").annotate(Sum("amount"))
        )
        self.paid: set[str] = set()

    def of_all(self) -> list[RowOutlook]:
        return [
            self._of(
                row,
                [self.orders[number] for number in numbers if number in self.orders],
                [self.producers[pk] for pk in debtors if pk in self.producers],
            )
            for row, numbers, debtors in zip(self.rows, self.numbers, self.debtors, strict=True)
        ]

    def _of(self, row: IncomingRow, orders: list[Order], debtors: list[Partner]) -> RowOutlook:
        if row.reference in self.known:
            if self.known[row.reference] != row.amount:
                words = _("Known under this reference with another amount: nothing changes, please look.")
                return RowOutlook(row, words, "bad", is_known=True)
            return RowOutlook(row, _("Known already"), is_known=True)
        self.known[row.reference] = row.amount
        if not orders and len(debtors) == 1:
            return self._for_debtor(row, debtors[0])
        if len(orders) != 1:
            words = (
                _("Names several orders: a person decides.")
                if orders
                else _("Names no order: a person decides.")
            )
            return RowOutlook(row, words, "wait")
        return self._for_order(row, orders[0])

    def _for_debtor(self, row: IncomingRow, producer: Partner) -> RowOutlook:
        owed = self.owed.get(producer.pk, 0)
        if row.amount > owed:
            words = _("More than %(producer)s owes: a person decides.") % {"producer": producer}
            return RowOutlook(row, words, "wait")
        self.owed[producer.pk] = owed - row.amount
        return RowOutlook(row, _("Pays what %(producer)s owes.") % {"producer": producer}, "good")

    def _for_order(self, row: IncomingRow, order: Order) -> RowOutlook:
        total = round_dong(order.total_incl_tax)
        is_waiting = waits_for_money(order) and order.number not in self.paid
        if not is_of_its_buyer(order, row.memo, is_waiting=is_waiting):
            words = _(
                "Names this order among other words, but the order waits for no transfer: a person decides."
            )
            return RowOutlook(row, words, "wait", order.number)
        is_ended = order.payment_state == PaymentState.EXPIRED and order.cancelled_at is None
        if order.number in self.paid or not (order.is_awaiting_payment or is_ended):
            return RowOutlook(row, _("The order needs no money: it goes back."), "wait", order.number)
        if is_ended:
            words = _(
                "Too late: the order is taken up again if its goods are there, else the money goes back."
            )
            return RowOutlook(row, words, "wait", order.number)
        self.received[order.number] += row.amount
        more = self.received[order.number] - total
        if more < 0:
            words = _("%(amount)s too little: it waits for the rest.") % {"amount": format_dong(-more)}
            return RowOutlook(row, words, "wait", order.number)
        self.paid.add(order.number)
        if more:
            words = _("Pays the order; %(amount)s goes back.") % {"amount": format_dong(more)}
            return RowOutlook(row, words, "good", order.number)
        return RowOutlook(row, _("Pays the order."), "good", order.number)
