"""Counts codes that nobody knows, so that codes can't be tried out. A code that exists costs nobody a try."""

import time
from hashlib import blake2b
from typing import Final

from django.core.cache import cache

_WINDOW: Final = 60 * 60
#: Wrong codes an hour: from one address on the internet, and in one basket.
OF_ONE_ADDRESS: Final = 30
OF_ONE_BASKET: Final = 10


def guessing_allowed(*, address: str, basket_id: int) -> bool:
    """Return whether there weren't too many wrong codes in this hour."""
    counts = cache.get_many(_keys(address, basket_id))
    limits = dict(zip(_keys(address, basket_id), (OF_ONE_ADDRESS, OF_ONE_BASKET), strict=True))
    return all(counts.get(key, 0) < limit for key, limit in limits.items())


def guess_count(*, address: str, basket_id: int) -> None:
    """Count a wrong code."""
    for key in _keys(address, basket_id):
        cache.add(key, 0, timeout=_WINDOW)
        try:
            cache.incr(key)
        except ValueError:  # forgotten between the two lines
            continue


def _keys(address: str, basket_id: int) -> list[str]:
    """Return where wrong codes are counted in the cache that all processes share; whose they are is kept as a hash."""
    hour = int(time.time() // _WINDOW)
    return [
        f"wrong-codes:{blake2b(what.encode(), digest_size=16).hexdigest()}:{hour}"
        for what in (f"address:{address}", f"basket:{basket_id}")
    ]
