"""What an import could not tell and only suggests: product sets by a name, communes by an address. A person says yes."""

from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

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
    """Return the producers whose written address could not be led to one commune."""
    return Partner.objects.filter(commune__isnull=True).exclude(address_text="").order_by("name", "pk")


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
def commune_confirm(*, producer: Partner, commune: Commune) -> Partner:
    """Say in which commune a producer is; its goods without a commune get the same."""
    producer.commune = commune
    producer.commune_candidates = []
    producer.save(update_fields=["commune", "commune_candidates"])
    goods = list(producer.goods.order_by("pk").values_list("pk", flat=True))
    Product.objects.filter(pk__in=goods, commune__isnull=True).update(commune=commune)
    mark_changed(goods)
    return producer
