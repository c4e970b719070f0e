"""Reads talks for the pages that show them, in a constant number of queries."""

from collections.abc import Iterable

from django.db.models import Count, Exists, Min, OuterRef, QuerySet, Subquery

from checkout.aftersale.models import Side
from checkout.messages.models import Message
from checkout.order.models import Consignment, Order


def messages_of(consignment: Consignment) -> QuerySet[Message]:
    """Return what was said about a consignment, the oldest first, with pictures and whether it was reported; two queries."""
    return (
        Message.objects.filter(consignment=consignment)
        .select_related("author", "report")
        .prefetch_related("pictures")
    )


def unread_counts(consignments: Iterable[Consignment], *, side: str) -> dict[int, int]:
    """Return how many messages each of `consignments` (by id) has that `side` hasn't opened; none where there are none. One query."""
    found = Message.objects.filter(consignment__in=list(consignments)).unread_by(side).order_by()
    return dict(found.values_list("consignment").annotate(Count("pk")))


def waiting_for(producer_id: int) -> dict[str, object]:
    """Return of how many consignments of a producer something is unread, and since when the oldest lies (`count`, `since`). One query."""
    unread = Message.objects.unread_by(Side.PRODUCER).filter(consignment__producer=producer_id)
    return unread.order_by().aggregate(count=Count("consignment", distinct=True), since=Min("at"))


def talks_of(producer_id: int) -> QuerySet[Consignment]:
    """Return the consignments of a producer about which something was said: with something unread first, then by the last word (`last_message`)."""
    said = Message.objects.filter(consignment=OuterRef("pk"))
    return (
        Consignment.objects.filter(Exists(said), producer=producer_id, order__confirmed_at__isnull=False)
        .select_related("order")
        .annotate(
            has_unread=Exists(said.unread_by(Side.PRODUCER)),
            last_message=Subquery(said.order_by("-at", "-pk").values("pk")[:1]),
        )
        .order_by("-has_unread", "-last_message")
    )


def talks_of_order(order: Order) -> dict[int, int] | None:
    """Return how many messages its buyer hasn't opened by consignment id; None where the order has no talk: nobody is told of it yet. One query."""
    if order.confirmed_at is None:
        return None
    return unread_counts(order.consignments.all(), side=Side.BUYER)
