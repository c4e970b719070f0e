"""What buyers of food must be told about the goods and about who sells them (see `domain.md`, selling food online)."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.models import Product
from catalogue.producers.identity import number_shown
from catalogue.producers.models import Partner
from catalogue.seasons import season_words
from marketplace.address.phones import format_phone

#: Sectors whose goods are eaten, drunk or put on the skin: these facts are due.
EDIBLE_SECTORS = frozenset({"food", "drink", "herbal"})


@dataclass(frozen=True, slots=True)
class Particular:
    """A fact and its value; an empty value is shown as not known yet."""

    label: str | Promise
    value: str


def good_particulars(good: Product) -> tuple[Particular, ...]:
    """Return the facts of a good: those due always, others where they are known."""
    due = good.sector_id is None or good.sector_id in EDIBLE_SECTORS
    facts = [
        Particular(_("Net quantity"), good.net_quantity),
        Particular(_("Origin"), good.origin),
        *_if_due(
            due,
            Particular(_("Ingredients"), good.ingredients),
            Particular(_("How to use"), good.usage),
            Particular(_("Storage"), good.storage),
            Particular(_("Shelf life"), good.shelf_life),
        ),
        *_if_due(False, Particular(_("Season"), season_words(good.season_first, good.season_last))),
        *_if_due(False, Particular(_("Warnings"), good.warnings)),
        *_if_due(False, Particular(_("OCOP product code"), good.ocop_code or "")),
    ]
    if good.alcohol == Product.Alcohol.ALCOHOL:
        strength = "" if good.alcohol_strength is None else f"{good.alcohol_strength.normalize():f} % vol"
        facts.insert(1, Particular(_("Strength"), strength))
    return tuple(facts)


def seller_particulars(producer: Partner) -> tuple[Particular, ...]:
    """Return who the seller is, as the law asks: name, kind, number, address, contact."""
    commune = producer.commune
    address = producer.address_text
    if commune is not None:
        place = f"{commune.name}, {commune.province.name}"
        address = f"{producer.street}, {place}" if producer.street else place
    return (
        Particular(_("Name"), producer.name),
        Particular(pgettext_lazy("producer", "Kind"), str(producer.get_kind_display())),
        Particular(_("Registration or tax number"), number_shown(producer)),
        *_if_due(False, Particular(_("Representative"), producer.representative)),
        Particular(_("Address"), address),
        Particular(_("Phone number"), format_phone(producer.public_phone)),
        *_if_due(False, Particular(_("Email address"), producer.email)),
        *_if_due(False, Particular(_("Website"), producer.website)),
    )


def _if_due(due: bool, *facts: Particular) -> Iterator[Particular]:
    return (fact for fact in facts if due or fact.value)
