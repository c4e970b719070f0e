"""`make bench-orders`: orders placed and confirmed a second, beside Oscar's own placement of the same baskets in the same run.

On PostgreSQL (DATABASE_URL), in a database of its own beside the one named. Buyers are threads of one process, each with its own connection;
all of them want the same packs, so that they meet at the same rows of stock. Baskets are filled beforehand, the total that the page showed
too: what is measured is the placing, on connections that have placed orders before. Ours judges every line again by the one rule, holds the total against what was shown, reserves stock
by conditional update, splits into consignments, takes offers, watches for odd orders, confirms (cash on delivery) and queues the notices.
Oscar's does what its checkout does: applies its offers, freezes the basket, writes the address, order and lines and allocates the stock; its mails are left out.
"""

import argparse
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from tests.benchmarks.bench import BASKET_LINES, BASKET_PRODUCERS
from tests.benchmarks.bench import _packs as packs_of_five_producers
from tests.benchmarks.load import Failed
from tests.benchmarks.search_bench import SMALL, _is_postgresql, _shop

BUYERS: Final = (1, 8, 32)
#: What lies in a basket: so many goods, of one producer or of as many producers.
LINES: Final = BASKET_PRODUCERS
#: Oscar's costs grow with the lines, ours hardly: a basket of one good is the hardest comparison.
FEW: Final = 1
#: Orders that each buyer places before anybody measures: connections of a server have lived for a while and know what is asked.
FIRST: Final = 6
#: Orders of each buyer in a round, by their number: enough for a steady rate, few enough for a minute.
ORDERS: Final = {1: 40, 8: 12, 32: 6}
ROUNDS: Final = 3
_DEADLOCK: Final = "40P01"

Place = Callable[[Any], None]


@dataclass
class _Round:
    """What some buyers did at once."""

    seconds: float = 0
    placed: int = 0
    deadlocks: int = 0
    errors: list[str] = field(default_factory=list)


def main() -> int:
    """Measure each number of buyers and of producers; 1 where ours is slower than Oscar's or any deadlock came."""
    parser = argparse.ArgumentParser(description="Orders a second, beside Oscar's own placement.")
    parser.add_argument("--buyers", type=int, nargs="+", default=BUYERS)
    options = parser.parse_args()
    if not _is_postgresql():
        raise Failed("this needs PostgreSQL: set DATABASE_URL")
    with _shop(SMALL):
        os.environ["LOG_LEVEL"] = "CRITICAL"
        import django

        django.setup()
        return _report(
            [
                (producers, len(packs), buyers, *_measure(packs, buyers))
                for producers, packs in _baskets()
                for buyers in options.buyers
            ]
        )


def _baskets() -> list[tuple[int, list[int]]]:
    """Return baskets by their number of producers: few packs and five of one producer, five of five; with stock for all that is ordered here."""
    from django.utils import timezone

    from catalogue.certification.rules import sellable_q
    from catalogue.models import Product
    from catalogue.producers.models import StockRecord
    from marketplace.clock import today

    of_five = packs_of_five_producers()[:: BASKET_LINES // BASKET_PRODUCERS]
    producer = Product.objects.get(pk=of_five[0]).parent.producer
    sold = Product.objects.filter(sellable_q(today(), at=timezone.now()), parent__producer=producer)
    of_one = list(sold.order_by("pk").values_list("pk", flat=True)[:LINES])
    if len(of_one) != LINES:
        raise Failed(f"no producer sells {LINES} goods")
    StockRecord.objects.filter(product__in=[*of_one, *of_five]).update(num_in_stock=10_000_000)
    return [(1, of_one[:FEW]), (1, of_one), (LINES, of_five)]


def _measure(packs: list[int], buyers: int) -> tuple[_Round, _Round]:
    """Return the middle of some rounds of ours and of Oscar's, taken in turn."""
    ours, oscars = [], []
    for _number in range(ROUNDS):
        ours.append(_round(_prepare_ours(packs, buyers), _place_ours))
        oscars.append(_round(_prepare_oscars(packs, buyers), _place_oscars))
    return _middle(ours), _middle(oscars)


def _orders_of(buyers: int) -> int:
    return FIRST + ORDERS.get(buyers, 6)


def _round(work: list[list[Any]], place: Place) -> _Round:
    """Let each buyer place its orders, all at once."""
    from django.db import OperationalError, connection

    result, lock = _Round(), threading.Lock()
    ready = threading.Barrier(len(work) + 1)

    def has_placed(basket: Any) -> bool:
        try:
            place(basket)
        except Exception as error:
            is_deadlock = (
                isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") == _DEADLOCK
            )
            with lock:
                result.deadlocks += is_deadlock
                result.errors.append(f"{type(error).__name__}: {error}")
            return False
        return True

    def buy(baskets: list[Any]) -> None:
        for basket in baskets[:FIRST]:
            has_placed(basket)
        ready.wait()
        placed = sum(has_placed(basket) for basket in baskets[FIRST:])
        with lock:
            result.placed += placed
        connection.close()

    threads = [threading.Thread(target=buy, args=(baskets,)) for baskets in work]
    for thread in threads:
        thread.start()
    ready.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - started
    return result


def _middle(rounds: list[_Round]) -> _Round:
    middle = statistics.median_low(one.placed / one.seconds for one in rounds)
    chosen = next(one for one in rounds if one.placed / one.seconds == middle)
    chosen.deadlocks = sum(one.deadlocks for one in rounds)
    chosen.errors = [error for one in rounds for error in one.errors]
    return chosen


# --- Ours ---------------------------------------------------------------------------------------------------


def _prepare_ours(packs: list[int], buyers: int) -> list[list[Any]]:
    """Fill the baskets and note what their page would show."""
    from tests.factories.orders import shown_for

    def filled() -> tuple[int, str]:
        basket = _basket(packs)
        return basket.pk, shown_for(basket)

    return [[filled() for _order in range(_orders_of(buyers))] for _buyer in range(buyers)]


def _place_ours(work: tuple[int, str]) -> None:
    from checkout.placement import place_order
    from checkout.safety.traces import Origin
    from tests.factories.orders import BUYER

    basket, shown = work
    origin = Origin(device=f"{basket}", network=f"10.{basket >> 16}.{basket >> 8 & 255}.{basket & 255}")
    buyer = replace(BUYER, phone=_phone(basket), origin=origin)
    place_order(basket_id=basket, buyer=buyer, payment_method="cash", shown=shown, address=_address(basket))


# --- Oscar's ------------------------------------------------------------------------------------------------


def _prepare_oscars(packs: list[int], buyers: int) -> list[list[Any]]:
    return [[_basket(packs).pk for _order in range(_orders_of(buyers))] for _buyer in range(buyers)]


def _place_oscars(basket_id: int) -> None:
    from django.db import transaction
    from django.db.models import F
    from oscar.apps.order.utils import OrderCreator
    from oscar.apps.shipping.methods import Free
    from oscar.core.loading import get_class

    from catalogue.producers.models import StockRecord
    from catalogue.producers.strategy import Default
    from checkout.basket.models import Basket
    from checkout.order.models import ShippingAddress
    from checkout.order.numbers import new_order_number

    class Creator(OrderCreator):  # type: ignore[misc]
        def update_stock_records(self, line: Any) -> None:
            """Oscar's `allocate()`, which asks a class of products that our goods don't have."""
            StockRecord.objects.filter(pk=line.stockrecord_id).update(
                num_allocated=F("num_allocated") + line.quantity
            )

    basket = Basket.objects.get(pk=basket_id)
    basket.strategy = Default()
    get_class("offer.applicator", "Applicator")().apply(basket)
    method = Free()
    charge = method.calculate(basket)
    total = get_class("checkout.calculators", "OrderTotalCalculator")().calculate(basket, charge)
    basket.freeze()
    with transaction.atomic():
        address = ShippingAddress.objects.create(**_address(basket_id))
        Creator().place_order(
            basket,
            total,
            method,
            charge,
            shipping_address=address,
            order_number=new_order_number(),
            phone=_phone(basket_id),
        )
        basket.submit()


# --- Both ---------------------------------------------------------------------------------------------------


def _basket(packs: list[int]) -> Any:
    from catalogue.models import Product
    from checkout.basket.models import Basket
    from checkout.basket.models import Line as BasketLine

    basket = Basket.objects.create()
    for pack in Product.objects.filter(pk__in=packs).order_by("pk"):
        BasketLine.objects.create(
            basket=basket,
            product=pack,
            stockrecord=pack.stockrecords.get(),
            line_reference=f"{pack.pk}",
            quantity=1,
            price_currency="VND",
        )
    return basket


def _phone(basket_id: int) -> str:
    """Every order is another person's, from another door: nothing about it is odd, as in a shop with many buyers."""
    return f"+849{basket_id % 10**8:08}"


def _address(basket_id: int) -> dict[str, Any]:
    from marketplace.places.models import Commune

    commune = Commune.objects.select_related("province").get(name="Phường Xuân Hương - Đà Lạt")
    return {
        "recipient_name": "Nguyễn Thị Lan",
        "phone": _phone(basket_id),
        "commune": commune,
        "street": f"{basket_id} Trần Phú",
        "note": "",
    }


def _report(measured: list[tuple[int, int, int, _Round, _Round]]) -> int:
    """Print both rates; 1 where ours is the lower one, or anything went wrong."""
    print(
        "\n| producers | goods | buyers at once | ours, orders a second | Oscar's | ratio | deadlocks, ours and Oscar's |"
    )
    print("| --: | --: | --: | --: | --: | --: | --: |")
    short = 0
    for producers, goods, buyers, ours, oscars in measured:
        mine, theirs = ours.placed / ours.seconds, oscars.placed / oscars.seconds
        short += mine < theirs or not theirs or bool(ours.errors)
        print(
            f"| {producers} | {goods} | {buyers} | {mine:.1f} | {theirs:.1f} | {mine / theirs if theirs else 0:.2f} | {ours.deadlocks}, {oscars.deadlocks} |"
        )
        for error in sorted({*ours.errors, *(f"Oscar: {one}" for one in oscars.errors)})[:3]:
            print(f"  {error}")
    return 1 if short else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as reason:
        sys.exit(f"Not measured: {reason}")
