"""The only code that changes `StockRecord.num_allocated`: by conditional update, with a row beside it for each promise.

Call everything here inside a transaction that holds the stock records' locks in the order of their ids, or let these functions take
them: they lock late, once and in that order.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.utils import timezone

from catalogue.changes import mark_changed
from catalogue.producers.models import StockRecord
from checkout.order.models import Line
from checkout.reservations.errors import StockTooLow
from checkout.reservations.models import Reservation
from marketplace.prepared import PreparedRows

HELD, CONSUMED, RELEASED = Reservation.State.HELD, Reservation.State.CONSUMED, Reservation.State.RELEASED


def stock_reserve(lines: Iterable[Line]) -> None:
    """Promise stock to order lines, all of them or none, in the caller's transaction: three queries, whatever their number.

    Raises StockTooLow, where the transaction is to be undone.
    """
    wanted = [line for line in lines if line.stockrecord_id]
    Reservation.objects.bulk_create(
        Reservation(line=line, stock_record_id=line.stockrecord_id, quantity=line.quantity) for line in wanted
    )
    _take(_quantities((line.stockrecord_id, line.quantity) for line in wanted))


def stock_reserve_again(lines: Iterable[Line]) -> None:
    """Promise the stock of released reservations once more, for money that came late. Raises StockTooLow."""
    released = _of(lines, RELEASED)
    quantities = _quantities(released.values_list("stock_record", "quantity"))
    with transaction.atomic():
        _take(quantities)
        released.update(state=HELD, ended_at=None)


def stock_release(lines: Iterable[Line]) -> None:
    """Give back what is held for order lines; what was released or shipped stays as it is."""
    with transaction.atomic():
        held = _of(lines, HELD)
        quantities = _quantities(held.select_for_update(of=("self",)).values_list("stock_record", "quantity"))
        before = _lock(quantities)
        _change(quantities, num_allocated=-1)
        held.update(state=RELEASED, ended_at=timezone.now())
        _mark([pk for pk, left in before.items() if left == 0])


def stock_consume(lines: Iterable[Line]) -> None:
    """Take what is held for order lines off the shelf: it has left the house."""
    with transaction.atomic():
        held = _of(lines, HELD)
        quantities = _quantities(held.select_for_update(of=("self",)).values_list("stock_record", "quantity"))
        _lock(quantities)
        _change(quantities, num_in_stock=-1, num_allocated=-1)
        held.update(state=CONSUMED, ended_at=timezone.now())


def stock_put_back(packs: Mapping[int, int]) -> None:
    """Put packs that came back as new on the shelf again: by order line id, at most what left the house for it.

    Raises StockTooLow where more would come back than left.
    """
    wanted = {pk: quantity for pk, quantity in packs.items() if quantity}
    with transaction.atomic():
        left = {
            one.line_id: one
            for one in Reservation.objects.select_for_update(of=("self",))
            .filter(line__in=wanted, state=CONSUMED)
            .order_by("pk")
        }
        for line, quantity in wanted.items():
            if line not in left or left[line].put_back + quantity > left[line].quantity:
                raise StockTooLow
            left[line].put_back += quantity
        Reservation.objects.bulk_update(left.values(), ["put_back"])
        quantities = _quantities((left[line].stock_record_id, quantity) for line, quantity in wanted.items())
        before = _lock(quantities)
        _change(quantities, num_in_stock=1)
        _mark([pk for pk, available in before.items() if available == 0])


def stock_put_back_up_to(packs: Mapping[int, int]) -> int:
    """Have so many packs of each order line (by its id) back on the shelf in all, never more than left; return how many were put there now."""
    with transaction.atomic():
        consumed = (
            Reservation.objects.select_for_update(of=("self",))
            .filter(line__in=packs, state=CONSUMED)
            .order_by("pk")
        )
        more = {one.line_id: min(packs[one.line_id], one.quantity) - one.put_back for one in consumed}
        come = {line: quantity for line, quantity in more.items() if quantity > 0}
        stock_put_back(come)
        return sum(come.values())


def _of(lines: Iterable[Line], state: str) -> QuerySet[Reservation]:
    return Reservation.objects.filter(line__in=list(lines), state=state).order_by("pk")


def _quantities(pairs: Iterable[tuple[int | None, int]]) -> dict[int, int]:
    """Add up quantities by stock record, in the order of the records' ids."""
    counter: Counter[int] = Counter()
    for stock_record, quantity in pairs:
        if stock_record is not None:
            counter[stock_record] += quantity
    return dict(sorted(counter.items()))


def _lock(quantities: dict[int, int]) -> dict[int, int]:
    """Lock the stock records in the order of their ids, so that two orders never wait for each other; return what isn't promised yet.

    Not their keys: other orders' lines, which point here, are written meanwhile.
    """
    rows = _prepared_locked(sorted(quantities))
    return {row["pk"]: row["num_in_stock"] - (row["num_allocated"] or 0) for row in rows}


def _locked(stock_records: list[int]) -> QuerySet[StockRecord, Any]:
    return (
        StockRecord.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=stock_records)
        .order_by("pk")
        .values("pk", "num_in_stock", "num_allocated")
    )


_prepared_locked = PreparedRows(_locked)


def _case(quantities: dict[int, int]) -> Combinable:
    if len(set(quantities.values())) == 1:
        return Value(next(iter(quantities.values())))
    whens = [When(pk=pk, then=Value(quantity)) for pk, quantity in quantities.items()]
    return Case(*whens, default=Value(0), output_field=IntegerField())


def _take(quantities: dict[int, int]) -> None:
    """Raise `num_allocated` where enough is left. The condition decides, not what was read before."""
    if not quantities:
        return
    before = _lock(quantities)
    if any(before.get(pk, 0) < quantity for pk, quantity in quantities.items()):
        raise StockTooLow
    wanted = _case(quantities)
    enough = StockRecord.objects.filter(
        pk__in=quantities, num_in_stock__gte=F("num_allocated") + wanted
    ).update(num_allocated=F("num_allocated") + wanted)
    if enough != len(quantities):
        raise StockTooLow
    _mark([pk for pk, left in before.items() if left == quantities[pk]])


def _change(quantities: dict[int, int], **signs: int) -> None:
    if quantities:
        amount = _case(quantities)
        StockRecord.objects.filter(pk__in=quantities).update(
            **{field: F(field) + sign * amount for field, sign in signs.items()}
        )


def _mark(stock_records: list[int]) -> None:
    """Tell the index of goods that have just become sold out or available again."""
    if stock_records:
        goods = StockRecord.objects.filter(pk__in=stock_records).values_list("product__parent", flat=True)
        mark_changed(pk for pk in goods if pk)
