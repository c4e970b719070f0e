"""Selects for editors, read when a form is drawn."""

from typing import Any

from wagtail import blocks, hooks

from catalogue.producers.models import Partner
from marketplace.places.models import Province


class RecordChoiceBlock(blocks.ChoiceBlock):
    """A select of records. What was stored is taken as it is: reading a page must not read every record that could be chosen."""

    def to_python(self, value: Any) -> Any:
        """Return the stored key."""
        return value


def province_choices() -> list[tuple[str, str]]:
    """Return today's provinces."""
    return [(province.pk, province.name) for province in Province.objects.all()]


def producer_choices() -> list[tuple[str, str]]:
    """Return the producers by name."""
    return [(str(pk), name) for pk, name in Partner.objects.order_by("name").values_list("pk", "name")]


def campaign_choices() -> list[tuple[str, str]]:
    """Return the campaigns by the source of their prices, as told by whoever registers for `campaign_choices`.

    Stories don't know the till, where campaigns are made: they read prices alone.
    """
    return [choice for tell in hooks.get_hooks("campaign_choices") for choice in tell()]
