"""One of several processes that work on the same index. Only `test_search_chaos.py` starts it.

`python -m tests.concurrency.index_process ROLE [ARGUMENT …]`; database and index are named by the environment.
"""

import json
import os
import random
import sys
import time
from pathlib import Path
from threading import Event, Thread
from typing import Any

#: Random changes that one transaction makes, each to another good.
CHANGES_A_TRANSACTION = 50
#: The share of transactions that delete a good.
DELETED = 0.25


def set_up() -> None:
    """Use the database and the index of the test that started this process."""
    import django

    django.setup()
    from django.conf import settings

    from tests.factories.search import ENGINE_CLASSES

    settings.SEARCH_ENGINE = ENGINE_CLASSES[os.environ["TEST_ENGINE"]]
    settings.EMBEDDED_SEARCH_DIR = Path(os.environ["TEST_INDEX"])
    settings.ELASTICSEARCH_INDEX_PREFIX = Path(os.environ["TEST_INDEX"]).name


def environment_for(engine: str, index: Path, **more: str) -> dict[str, str]:
    """Return the environment in which a process finds the same engine and index."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.test",
        "TEST_ENGINE": engine,
        "TEST_INDEX": str(index),
        **more,
    }


def say(words: object) -> None:
    """Tell the test that started this process."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def work() -> None:
    """Be the worker's index loop until the standard input closes."""
    from marketplace.periodic import index_forever
    from search.indexing import index_pending

    stop = Event()

    def wait_for_end() -> None:
        sys.stdin.read()
        stop.set()

    Thread(target=wait_for_end, daemon=True).start()
    index_pending()
    say("ready")
    index_forever(stop)


def change(transactions: str, seed: str) -> None:
    """Make random changes to the goods that are there, in transactions of fifty; then print how many goods are gone."""
    chance = random.Random(int(seed))
    ids = good_ids()
    gone = 0
    for number in range(int(transactions)):
        gone += change_some(chance, ids)
        if number == 0:
            say("begun")
    say(gone)


def good_ids() -> list[int]:
    from catalogue.models import Product

    return list(Product.objects.filter(structure="parent").order_by("pk").values_list("pk", flat=True))


def change_some(chance: random.Random, ids: list[int]) -> int:
    """Change fifty goods in one transaction: another name, listing, price or number of stars, a price of some minutes or
    none any more, and now and then one is deleted; return how many were."""
    from django.db import transaction

    from catalogue.certification.models import Certificate
    from catalogue.changes import mark_changed
    from catalogue.models import Product
    from catalogue.pricing.models import NormalPrice

    chosen = sorted(chance.sample(ids, CHANGES_A_TRANSACTION))
    kinds = chance.sample(chosen, len(chosen))
    with transaction.atomic():
        mark_changed(chosen)  # first: it locks the rows in their order
        goods = Product.objects.filter(pk__in=kinds[:14])
        goods.update(title_vi=f"Trà số {chance.randrange(10**6)}")
        Product.objects.filter(pk__in=kinds[14:24]).update(listing=chance.choice(["active", "suspended"]))
        NormalPrice.objects.filter(pack__parent__in=kinds[24:34]).update(
            amount=chance.randrange(1, 900) * 1000
        )
        date_prices(chance, kinds[34:41])
        Certificate.objects.filter(product__in=kinds[41:49]).update(stars=chance.choice([3, 4]))
        return delete_good(kinds[49]) if chance.random() < DELETED else 0


def date_prices(chance: random.Random, ids: list[int]) -> None:
    """Give the packs of goods a price that began or begins and ends some time around now, in place of what they had."""
    from datetime import timedelta

    from django.utils import timezone

    from catalogue.models import Product
    from catalogue.pricing.models import DatedPrice

    DatedPrice.objects.filter(pack__parent__in=ids).delete()
    packs = Product.objects.filter(parent__in=ids).order_by("pk").values_list("pk", flat=True)
    begins = timezone.now() + timedelta(seconds=chance.randrange(-600, 600))
    DatedPrice.objects.bulk_create(
        DatedPrice(
            pack_id=pack,
            amount=chance.randrange(1, 90) * 1000,
            starts_at=begins,
            ends_at=begins + timedelta(seconds=chance.randrange(1, 900)),
            source="campaign:1",
        )
        for pack in packs[: chance.randrange(len(ids) + 1)]
    )


def delete_good(product_id: int) -> int:
    from catalogue.certification.models import Certificate
    from catalogue.models import Product

    Certificate.objects.filter(product=product_id).delete()
    Product.objects.filter(parent=product_id).delete()
    _, rows = Product.objects.filter(pk=product_id).delete()
    return rows.get("catalogue.Product", 0)


def drain() -> None:
    """Bring in everything that waits, what dead workers had claimed included."""
    from search import indexing
    from search.models import IndexedVersion

    IndexedVersion.objects.update(claimed_until=None, next_try_at=None)
    indexing.sweep_again()
    while indexing.index_pending():
        pass


def check() -> None:
    """Print how index and database differ, as JSON."""
    from search import checking

    vars(checking)["GRACE"] *= 0
    say(json.dumps(checking.check_index().as_json()))


def measure(times: str) -> None:
    """Change one good after the other and print how many seconds each took from its commit until it was found."""
    from django.utils import timezone

    from catalogue.changes import mark_changed
    from catalogue.models import Product
    from search.engines.base import get_engine
    from search.interpretation import interpret
    from search.query import SearchQuery

    # A web process that has answered before: what a first search reads is not the worker's.
    get_engine().search(SearchQuery(at=timezone.now(), text="trà"), interpret("trà"))
    seconds = []
    for number, product_id in enumerate(good_ids()[: int(times)]):
        word = f"mới{number}xyz"
        Product.objects.filter(pk=product_id).update(title_vi=f"Trà {word}", listing="active")
        mark_changed([product_id])
        committed = time.monotonic()
        query, asked = SearchQuery(at=timezone.now(), text=word), interpret(word)
        while get_engine().search(query, asked).total == 0 and time.monotonic() - committed < 30:
            os.sched_yield()
        seconds.append(time.monotonic() - committed)
    say(json.dumps(seconds))


def rebuild(processes: str) -> None:
    """Rebuild, saving after each unit of ten goods."""
    from search import rebuilding

    vars(rebuilding).update(UNIT=10, SAVE_EVERY=-1.0)

    def report(done: int, total: int, before: int) -> None:
        say(done)

    outcome = rebuilding.rebuild_index(report=report, processes=int(processes))
    say(outcome.resumed_from)


ROLES: dict[str, Any] = {role.__name__: role for role in (work, change, drain, check, measure, rebuild)}


if __name__ == "__main__":
    set_up()
    ROLES[sys.argv[1]](*sys.argv[2:])
