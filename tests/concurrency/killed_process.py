"""Runs one step of a purchase and dies at a named place, as a process does that is killed. Only `test_killed_processes.py` starts it.

`python -m tests.concurrency.killed_process STEP TARGET before|after ARGUMENT`: the function TARGET (`module:name`) is replaced by one
that ends the process at once, before or after doing its work. Nothing in the shop knows of this.
"""

import os
import sys
from importlib import import_module
from typing import Any

DIED = 86


def die_at(target: str, when: str) -> None:
    """Let the process end when `target` is called, without a word to the database or to Python."""
    module_name, name = target.split(":")
    module = import_module(module_name)
    original = getattr(module, name)

    def dies(*args: Any, **kwargs: Any) -> Any:
        if when == "after":
            original(*args, **kwargs)
        os._exit(DIED)

    setattr(module, name, dies)


def place(argument: str) -> None:
    from checkout.basket.models import Basket
    from tests.factories.orders import placed_order

    placed_order(basket=Basket.objects.get(pk=int(argument)), payment_method="sandbox")


def start_payment(argument: str) -> None:
    from checkout.payment import services
    from tests.factories.payments import URLS

    services.payment_start(order_id=int(argument), urls=URLS)


def process_events(argument: str) -> None:
    from checkout.payment.services import webhook_events_process_due

    webhook_events_process_due()


def expire(argument: str) -> None:
    from checkout import services

    services.orders_expire_due()


def main() -> None:
    import django

    django.setup()
    step, target, when, argument = sys.argv[1:]
    die_at(target, when)
    {"place": place, "start": start_payment, "events": process_events, "expire": expire}[step](argument)


if __name__ == "__main__":
    main()
