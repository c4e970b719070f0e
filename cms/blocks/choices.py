"""Selects for editors, read when a form is drawn."""

from catalogue.producers.models import Partner
from marketplace.places.models import Province


def province_choices() -> list[tuple[str, str]]:
    """Return today's provinces."""
    return [(province.pk, province.name) for province in Province.objects.all()]


def producer_choices() -> list[tuple[str, str]]:
    """Return the producers by name."""
    return [(str(pk), name) for pk, name in Partner.objects.order_by("name").values_list("pk", "name")]
