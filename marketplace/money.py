"""Whole đồng: the only money there is here (decision 3 of the architecture).

VND has no minor unit. Every amount is an `int` of đồng, or a `Decimal` that holds a whole number where Oscar's columns ask for one.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

NO_BREAK_SPACE = "\u00a0"


def round_dong(amount: Decimal | int) -> int:
    """Return `amount` (đồng) rounded half up to 1 đồng."""
    return int(Decimal(amount).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def round_dong_decimal(amount: Decimal, currency: str | None = None) -> Decimal:
    """`round_dong` with the signature that Oscar's offers ask for: there is one currency."""
    return Decimal(round_dong(amount))


def reduced_price(amount: int, *, percent: int) -> int:
    """Return `amount` (đồng) less `percent` %, rounded up to the next 100 đồng, never above `amount`.

    Raises ValueError unless 0 <= percent <= 100.
    """
    if not 0 <= percent <= 100:
        raise ValueError(f"percent must lie between 0 and 100, not {percent}")
    reduced = amount * (100 - percent)
    return min(amount, -(-reduced // 10_000) * 100)


def badge_percent(*, now: int, before: int) -> int:
    """Return the whole percent of a price cut from `before` to `now` (đồng), rounded down; 0 where there is none."""
    if before <= 0 or now >= before:
        return 0
    return (before - now) * 100 // before


def split_largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` (đồng) over `weights` so that the parts add up to it exactly.

    Each part is rounded down; the đồng left over go to the largest remainders, the first of equals first.
    With no weight at all everything goes to the first part. Raises ValueError on no or negative weights.
    """
    if not weights or any(weight < 0 for weight in weights):
        raise ValueError("weights must be given and not negative")
    whole = sum(weights)
    if whole == 0:
        return [total, *[0] * (len(weights) - 1)]
    parts = [total * weight // whole for weight in weights]
    remainders = [(total * weight % whole, -index) for index, weight in enumerate(weights)]
    for _, index in sorted(remainders, reverse=True)[: total - sum(parts)]:
        parts[-index] += 1
    return parts


def split_within(total: int, weights: Sequence[int], limits: Sequence[int]) -> list[int]:
    """Split `total` (đồng) over `weights` so that no part is above its limit; what one can't take goes to the others.

    The parts add up to `total`, or to all limits where those are less. A part without weight stays 0.
    """
    parts = [0] * len(weights)
    left = total
    while left:
        open_weights = [
            weight if part < limit else 0 for weight, part, limit in zip(weights, parts, limits, strict=True)
        ]
        if not any(open_weights):
            break
        shares = split_largest_remainder(left, open_weights)
        taken = [min(share, limit - part) for share, part, limit in zip(shares, parts, limits, strict=True)]
        parts = [part + more for part, more in zip(parts, taken, strict=True)]
        left -= sum(taken)
    return parts


def format_dong(amount: Decimal | int) -> str:
    """Return `150.000 ₫`, with a no-break space so that a price never wraps."""
    return f"{round_dong(amount):,}".replace(",", ".") + f"{NO_BREAK_SPACE}₫"
