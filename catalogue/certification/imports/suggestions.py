"""What an import could not tell and only suggests: product sets by a name, communes by an address. A person says yes."""

from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet

from catalogue.certification.imports.models import DecisionImport
from catalogue.changes import mark_changed
from catalogue.models import Product
from catalogue.producers.models import Partner
from catalogue.services import set_confirm
from marketplace.places.models import Commune


def goods_without_set() -> QuerySet[Product]:
    """Return the goods whose set nobody has confirmed, with producer and suggestion; what could be alcohol first."""
    return (
        Product.objects.filter(structure=Product.PARENT, product_set__isnull=True)
        .select_related("producer", "suggested_set", "sector")
        .order_by("-alcohol", "pk")
    )


def producers_without_commune() -> QuerySet[Partner]:
    """Return the producers whose written address could not be led to one commune, or that have none."""
    return Partner.objects.filter(commune__isnull=True).order_by("name", "pk")


def left_to_complete(record: DecisionImport) -> tuple[int, int]:
    """Return how many goods of a list have no set, and how many of its producers no commune."""
    goods = Product.objects.filter(import_rows__decision_import=record, product_set__isnull=True)
    producers = Partner.objects.filter(goods__import_rows__decision_import=record, commune__isnull=True)
    return goods.distinct().count(), producers.distinct().count()


@transaction.atomic
def suggested_sets_accept(*, goods: Iterable[Product], alcohol_strength: Decimal | None = None) -> int:
    """Confirm the suggested set of each good that has one; return how many. Raises StrengthMissing for alcohol without strength."""
    waiting = Product.objects.filter(
        pk__in=[good.pk for good in goods], product_set__isnull=True, suggested_set__isnull=False
    )
    confirmed = [
        set_confirm(good=good, product_set=good.suggested_set, alcohol_strength=alcohol_strength)
        for good in waiting.select_related("suggested_set__sector").order_by("pk")
        if good.suggested_set
    ]
    return len(confirmed)


@transaction.atomic
def sole_communes_accept(*, producers: Iterable[Partner], among: Q | None = None) -> int:
    """Confirm the commune of each producer whose address leaves one alone, if it lies `among` the given ones; return how many."""
    waiting = [one for one in producers if one.commune_id is None and len(one.commune_candidates) == 1]
    communes = Commune.objects.filter(among or Q()).in_bulk([one.commune_candidates[0] for one in waiting])
    confirmed = [
        commune_confirm(producer=producer, commune=communes[producer.commune_candidates[0]])
        for producer in waiting
        if producer.commune_candidates[0] in communes
    ]
    return len(confirmed)


@transaction.atomic
def commune_confirm(*, producer: Partner, commune: Commune) -> Partner:
    """Say in which commune a producer is; its goods without a commune get the same."""
    producer.commune = commune
    producer.commune_candidates = []
    producer.save(update_fields=["commune", "commune_candidates"])
    goods = list(producer.goods.order_by("pk").values_list("pk", flat=True))
    Product.objects.filter(pk__in=goods, commune__isnull=True).update(commune=commune)
    mark_changed(goods)
    return producer
