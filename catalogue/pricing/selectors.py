"""What a pack costs at a moment: read here and nowhere else (decision 8 of the architecture).

Normal prices and dated prices hold from a moment (inclusive) until another (exclusive). Where several hold, the lowest wins, so that a
dated price never raises what a buyer pays.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import (
    BooleanField,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from catalogue.pricing.models import SAMPLE, DatedPrice, NormalPrice
from marketplace.money import badge_percent
from marketplace.prepared import PreparedRows

#: The struck price is the lowest normal price of this span before the moment.
STRUCK_WINDOW = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class PackPrice:
    """The price of one pack at a moment; amounts in whole đồng."""

    now: int
    normal: int
    #: The price to strike through; none where it isn't above today's.
    struck: int | None
    #: Whole percent from struck to now, rounded down; 0 without a struck price.
    badge_percent: int
    #: Who set the price that holds: the source of the dated price, else of the normal price.
    source: str
    #: Whether it was made up for a demonstration, or reduced from a price that was.
    is_sample: bool
    #: The next moment at which anything of this may change as far as is known; none: until further notice.
    until: datetime | None


class PriceInterval(NamedTuple):
    """What a pack costs from a moment until another (exclusive; none: until further notice).

    `reduced`: a dated price holds, and the page strikes a higher one through.
    """

    starts_at: datetime
    ends_at: datetime | None
    amount: int
    reduced: bool = False


class PriceRow(NamedTuple):
    """One normal or dated price of a pack, from a moment until another (exclusive)."""

    pack_id: int
    amount: int
    starts_at: datetime
    ends_at: datetime | None
    source: str
    is_dated: bool


def prices_at(pack_ids: Iterable[int], at: datetime | None = None) -> dict[int, PackPrice]:
    """Return the price of each pack at `at` (default: now), in one query; packs without a price are left out."""
    at = at or timezone.now()
    rows = _rows(set(pack_ids), since=at - STRUCK_WINDOW)
    return {
        pack_id: price for pack_id, own in rows.items() if (price := price_from_rows(own, at)) is not None
    }


def price_at(pack_id: int, at: datetime | None = None) -> PackPrice | None:
    """Return the price of one pack at `at` (default: now), or None where it has none."""
    return prices_at([pack_id], at).get(pack_id)


def last_normal_amounts(pack_ids: Iterable[int]) -> dict[int, int]:
    """Return what each pack normally cost last, in đồng, whether or not that price still holds; in one query, none without packs."""
    ids = sorted(set(pack_ids))
    if not ids:
        return {}
    rows = NormalPrice.objects.filter(pack__in=ids).order_by("valid_from", "pk")
    return dict(rows.values_list("pack_id", "amount"))


def price_intervals(pack_ids: Iterable[int], *, at: datetime | None = None) -> dict[int, list[PriceInterval]]:
    """Return what each pack costs from `at` on, as adjoining intervals, as far as it is known; in one query.

    The first interval starts at or before `at`, the last one is open. So a search document needs no rewriting when a promotion
    starts or ends.
    """
    at = at or timezone.now()
    result: dict[int, list[PriceInterval]] = {}
    for pack_id, rows in _rows(set(pack_ids), since=at - STRUCK_WINDOW).items():
        moments = sorted({at, *(moment for row in rows for moment in _boundaries(row) if moment > at)})
        intervals: list[PriceInterval] = []
        for start, end in zip(moments, [*moments[1:], None], strict=True):
            price = price_from_rows(rows, start)
            if price is None:
                continue
            interval = PriceInterval(
                start, end, price.now, price.struck is not None and price.now < price.normal
            )
            if intervals and intervals[-1][1:] == (start, *interval[2:]):
                intervals[-1] = intervals[-1]._replace(ends_at=end)
            else:
                intervals.append(interval)
        if intervals:
            result[pack_id] = intervals
    return result


def current_price_expression(at: datetime, *, pack: str = "pk") -> Least:
    """Return the SQL twin of `PackPrice.now`: an annotation in đồng, null where the pack has no price at `at`.

    `pack` names the pack's id in the annotated queryset.
    """
    normal = Subquery(_holding_normal(at, pack).order_by("-valid_from").values("amount")[:1])
    dated = Subquery(_holding_dated(at, pack).order_by("amount").values("amount")[:1])
    # LEAST of one null is null on SQLite and the other value on PostgreSQL: neither side may be null alone.
    return Least(Coalesce(dated, normal), Coalesce(normal, dated), output_field=IntegerField())


def has_price_expression(at: datetime, *, pack: str = "pk") -> Q:
    """Return a condition: the pack has a price at `at`."""
    return Q(Exists(_holding_normal(at, pack))) | Q(Exists(_holding_dated(at, pack)))


def discounted_products(
    at: datetime | None = None, *, limit: int, source: str | None = None, among: Q | None = None
) -> list[int]:
    """Return ids of goods with a pack that costs less than its normal price at `at`, those that end first in front.

    `source` narrows to one promotion; `among` to goods that meet a condition, for instance `shown_q(...)`, so that `limit` counts
    only what a page may show.
    """
    from catalogue.models import Product

    at = at or timezone.now()
    reduced = DatedPrice.objects.filter(
        Q(pack__normal_prices__valid_until__isnull=True) | Q(pack__normal_prices__valid_until__gt=at),
        pack__parent=OuterRef("pk"),
        starts_at__lte=at,
        ends_at__gt=at,
        pack__normal_prices__valid_from__lte=at,
        amount__lt=F("pack__normal_prices__amount"),
    )
    if source is not None:
        reduced = reduced.filter(source=source)
    ends = Subquery(
        reduced.order_by().values("pack__parent").annotate(end=Min("ends_at")).values("end"),
        output_field=DateTimeField(),
    )
    goods = Product.objects.filter(structure=Product.PARENT).annotate(reduced_until=ends)
    if among is not None:
        goods = goods.filter(among)
    found = goods.filter(reduced_until__isnull=False).order_by("reduced_until", "pk")
    return list(found.values_list("pk", flat=True)[:limit])


def promotion_spans(sources: Collection[str]) -> dict[str, tuple[datetime, datetime]]:
    """Return from when until when (exclusive) the dated prices of each source hold; sources without any are left out."""
    spans = DatedPrice.objects.filter(source__in=sources).order_by().values_list("source")
    return {source: (start, end) for source, start, end in spans.annotate(Min("starts_at"), Max("ends_at"))}


def next_price_boundary(at: datetime | None = None) -> datetime | None:
    """Return the next moment at which any dated price begins or ends: until then a page's prices stay true."""
    at = at or timezone.now()
    dated = DatedPrice.objects.order_by()
    boundaries = (
        dated.filter(ends_at__gt=at)
        .values_list("ends_at")
        .union(
            dated.filter(starts_at__gt=at).values_list("starts_at"),
            NormalPrice.objects.order_by().filter(valid_from__gt=at).values_list("valid_from"),
        )
    )
    first = boundaries.order_by("ends_at").first()
    return first[0] if first else None


def _holding_normal(at: datetime, pack: str) -> QuerySet[NormalPrice]:
    return NormalPrice.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=at), pack=OuterRef(pack), valid_from__lte=at
    )


def _holding_dated(at: datetime, pack: str) -> QuerySet[DatedPrice]:
    return DatedPrice.objects.filter(pack=OuterRef(pack), starts_at__lte=at, ends_at__gt=at)


def _rows(pack_ids: Collection[int], *, since: datetime) -> dict[int, list[PriceRow]]:
    """Return every price of the packs that holds at `since` or later, in one query."""
    found: dict[int, list[PriceRow]] = defaultdict(list)
    for values in _prepared_prices(sorted(pack_ids), moment=since):
        row = PriceRow(**values)
        found[row.pack_id].append(row)
    return found


def _prices(pack_ids: list[int], since: datetime) -> QuerySet[NormalPrice, Any]:
    normal = (
        NormalPrice.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=since), pack_id__in=pack_ids
        )
        .order_by()
        .values(
            "pack_id",
            "amount",
            "source",
            starts_at=F("valid_from"),
            ends_at=F("valid_until"),
            is_dated=Value(False, BooleanField()),
        )
    )
    dated = (
        DatedPrice.objects.filter(pack_id__in=pack_ids, ends_at__gt=since)
        .order_by()
        .annotate(is_dated=Value(True, BooleanField()))
        .values("pack_id", "amount", "source", "starts_at", "ends_at", "is_dated")
    )
    return normal.union(dated, all=True)


_prepared_prices = PreparedRows(_prices, takes_moment=True)


def price_from_rows(rows: list[PriceRow], at: datetime) -> PackPrice | None:
    """Return the price that follows from a pack's rows at `at`."""
    normal_rows = [row for row in rows if not row.is_dated and row.starts_at != row.ends_at]
    normal = next((row for row in normal_rows if _holds(row, at)), None)
    dated = min(
        (row for row in rows if row.is_dated and _holds(row, at)),
        key=lambda row: (row.amount, row.source),
        default=None,
    )
    if dated is not None and (normal is None or dated.amount < normal.amount):
        now = dated
    elif normal is not None:
        now = normal
    else:
        return None
    window_opens = at - STRUCK_WINDOW
    before = min(
        (
            row.amount
            for row in normal_rows
            if row.starts_at <= at and (row.ends_at is None or row.ends_at > window_opens)
        ),
        default=0,
    )
    struck = before if before > now.amount else None
    boundaries = [moment for row in rows for moment in _boundaries(row) if moment > at]
    return PackPrice(
        now=now.amount,
        normal=normal.amount if normal else now.amount,
        struck=struck,
        badge_percent=badge_percent(now=now.amount, before=struck) if struck else 0,
        source=now.source,
        is_sample=SAMPLE in (now.source, normal.source if normal else ""),
        until=min(boundaries, default=None),
    )


def _holds(row: PriceRow, at: datetime) -> bool:
    return row.starts_at <= at and (row.ends_at is None or at < row.ends_at)


def _boundaries(row: PriceRow) -> Iterator[datetime]:
    """Yield the moments at which a row makes a difference, the last one being when it leaves the window of the struck price."""
    yield row.starts_at
    if row.ends_at is not None:
        yield row.ends_at
        if not row.is_dated:
            yield row.ends_at + STRUCK_WINDOW
