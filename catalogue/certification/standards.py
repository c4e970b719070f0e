"""Further papers of goods and producers that hold on a day: VietGAP, GlobalGAP, 4C, UTZ, Halal, organic."""

from datetime import date

from django.db.models import Q, QuerySet

from catalogue.certification.models import StandardCertificate
from catalogue.models import Product


def standards_of(good: Product, *, on: date) -> QuerySet[StandardCertificate]:
    """Return the verified standards of a good and of its producer in force on the day `on`."""
    return StandardCertificate.objects.filter(
        Q(product=good) | Q(producer=good.producer_id),
        verified_at__isnull=False,
        valid_from__lte=on,
        valid_until__gte=on,
    ).order_by("standard", "pk")
