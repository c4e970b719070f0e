"""Counts tries to find an order, so that nobody can try numbers out."""

import time
from hashlib import blake2b
from typing import Final

from django.core.cache import cache

_WINDOW: Final = 60 * 60
#: Tries an hour: of one address on the internet, and of one order number, whoever makes them.
OF_ONE_ADDRESS: Final = 20
OF_ONE_NUMBER: Final = 10


def lookup_allowed(*, address: str, number: str) -> bool:
    """Count a try and return whether there weren't too many in this hour."""
    by_address = _count(f"address:{address}")
    by_number = _count(f"number:{number}")
    return by_address <= OF_ONE_ADDRESS and by_number <= OF_ONE_NUMBER


def _count(what: str) -> int:
    """Count in the cache that all processes share; what is counted is kept as a hash."""
    digest = blake2b(what.encode(), digest_size=16).hexdigest()
    key = f"order-lookup:{digest}:{int(time.time() // _WINDOW)}"
    cache.add(key, 0, timeout=_WINDOW)
    try:
        return int(cache.incr(key))
    except ValueError:  # forgotten between the two lines
        return 1
