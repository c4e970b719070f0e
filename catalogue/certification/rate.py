"""How often one visitor may check certificates: enough for a person, too little to list them all."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest

CHECKS = 30
WITHIN_SECONDS = 60


def may_check(request: HttpRequest) -> bool:
    """Count this check and return whether the visitor's address had fewer than 30 in the last minute."""
    visitor = hashlib.sha256(request.META.get("REMOTE_ADDR", "").encode()).hexdigest()[:24]
    key = f"certificate-checks:{visitor}"
    if cache.add(key, 1, WITHIN_SECONDS):
        return True
    try:
        return cache.incr(key) <= CHECKS
    except ValueError:  # it ran out between the two calls
        return True
