"""Reads offers for those who keep them: which there are, how often each was used, what it gave."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from catalogue.producers.models import Partner
from checkout.offer.models import ConditionalOffer, OfferUse
from checkout.voucher.models import Voucher
from marketplace.clock import today


@dataclass(frozen=True, slots=True)
class OfferFigures:
    """How an offer was used. Amounts in đồng."""

    orders: int
    given: int
    today: int
    buyers: int
    #: Orders that expired or were cancelled, and gave their use back.
    given_back: int

    @property
    def average(self) -> int:
        """What an order was given on average, rounded down."""
        return self.given // self.orders if self.orders else 0


def offers_kept() -> QuerySet[ConditionalOffer]:
    """Return all offers with what a list of them shows, the newest first; `code_count` says by how many codes each is opened."""
    return (
        ConditionalOffer.objects.select_related("condition__range__producer", "benefit", "producer")
        .prefetch_related("condition__range__sets")
        .annotate(code_count=Count("codes"))
        .order_by("-start_datetime", "-pk")
    )


def offers_of(producer: Partner) -> QuerySet[ConditionalOffer]:
    """Return the offers that a producer bears."""
    return offers_kept().filter(producer=producer)


def offer_figures(offer: ConditionalOffer) -> OfferFigures:
    """Return how an offer was used, in one query."""
    held = Q(given_back_at__isnull=True)
    counts = OfferUse.objects.filter(offer=offer).aggregate(
        today=Count("pk", filter=held & Q(day=today())),
        buyers=Count("phone_digest", filter=held, distinct=True),
        given_back=Count("pk", filter=~held),
    )
    return OfferFigures(
        orders=offer.num_orders,
        given=int(offer.total_discount),
        today=counts["today"],
        buyers=counts["buyers"],
        given_back=counts["given_back"],
    )


def offer_uses(offer: ConditionalOffer) -> QuerySet[OfferUse]:
    """Return the orders that used an offer, the last first."""
    return OfferUse.objects.filter(offer=offer).select_related("order", "voucher").order_by("-pk")


def open_codes(offer: ConditionalOffer) -> QuerySet[Voucher]:
    """Return the codes of an offer that everybody may know."""
    return offer.codes.filter(voucher_set__isnull=True).order_by("code")


def single_codes(offer: ConditionalOffer) -> Iterator[tuple[str, bool]]:
    """Yield the codes of an offer for one order each, and whether it was used; however many there are."""
    rows = offer.codes.filter(voucher_set__isnull=False).order_by("voucher_set_id", "code")
    for code, uses in rows.values_list("code", "num_orders").iterator(chunk_size=2_000):
        yield code, bool(uses)
