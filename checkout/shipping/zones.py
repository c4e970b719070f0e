"""How far a parcel goes, in the steps by which carriers here charge."""

from checkout.shipping.models import Zone
from marketplace.places.models import Province


def zone_between(origin: Province | None, destination: Province | None) -> Zone:
    """Return the zone from the producer's province to the buyer's.

    Where either is unknown the farthest zone counts, so that no quote promises too little.
    """
    if origin is None or destination is None:
        return Zone.BETWEEN_REGIONS
    if origin.code == destination.code:
        return Zone.SAME_PROVINCE
    if origin.macro_region == destination.macro_region:
        return Zone.SAME_REGION
    return Zone.BETWEEN_REGIONS
