"""Where buyers fetch goods of a producer, besides its own door."""

from collections.abc import Iterable, Mapping

from checkout.shipping.models import PickupPoint


def points_of(producer_ids: Iterable[int]) -> dict[int, list[PickupPoint]]:
    """Return the points that take the goods of each producer, in two queries."""
    found: dict[int, list[PickupPoint]] = {}
    links = list(
        PickupPoint.producers.through.objects.filter(
            partner__in=list(producer_ids), pickuppoint__is_active=True
        )
        .order_by("pickuppoint__name", "pickuppoint_id")
        .values_list("partner_id", "pickuppoint_id")
    )
    points = (
        PickupPoint.objects.select_related("commune__province").in_bulk({point for _producer, point in links})
        if links
        else {}
    )
    for producer, point in links:
        found.setdefault(producer, []).append(points[point])
    return found


def points_for(chosen: Mapping[int, int]) -> dict[int, PickupPoint]:
    """Return the point of each producer for which one was chosen (its id); those that don't take its goods are left out."""
    offered = points_of(chosen) if chosen else {}
    return {
        producer: point
        for producer, points in offered.items()
        for point in points
        if point.pk == chosen[producer]
    }
