"""Further papers of goods and producers that hold on a day: VietGAP, GlobalGAP, 4C, UTZ, Halal, organic."""

from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from catalogue.certification.models import StandardCertificate
from catalogue.changes import mark_changed
from catalogue.models import Product
from catalogue.producers.models import Partner


def standards_of(good: Product, *, on: date) -> QuerySet[StandardCertificate]:
    """Return the verified standards of a good and of its producer in force on the day `on`."""
    return StandardCertificate.objects.filter(
        Q(product=good) | Q(producer=good.producer_id),
        verified_at__isnull=False,
        valid_from__lte=on,
        valid_until__gte=on,
    ).order_by("standard", "pk")


@transaction.atomic
def standard_record(
    *,
    standard: str,
    valid_from: date,
    valid_until: date,
    good: Product | None = None,
    producer: Partner | None = None,
    number: str = "",
    issuer: str = "",
    is_sample: bool = False,
) -> StandardCertificate:
    """Record a standard of one good or of a whole producer (exactly one of them). It is shown once verified."""
    return StandardCertificate.objects.create(
        standard=standard,
        product=good,
        producer=producer,
        number=number,
        issuer=issuer,
        valid_from=valid_from,
        valid_until=valid_until,
        is_sample=is_sample,
    )


@transaction.atomic
def standard_verify(*, standard: StandardCertificate) -> StandardCertificate:
    """Say that the paper was seen: the standard is shown on its days."""
    standard.verified_at = timezone.now()
    standard.save(update_fields=["verified_at"])
    goods = Product.objects.filter(structure=Product.PARENT)
    concerned = goods.filter(
        Q(pk=standard.product_id) | Q(producer=standard.producer_id, producer__isnull=False)
    )
    mark_changed(concerned.values_list("pk", flat=True))
    return standard
