"""What an import could not tell and only suggests: product sets by a name, communes by an address. A person says yes."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from catalogue.changes import mark_changed
from catalogue.models import ALCOHOL_SETS, Product, ProductSet
from catalogue.producers.models import Partner
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
def suggested_sets_accept(*, goods: Iterable[Product]) -> int:
    """Confirm the suggested set of each good that has one; return how many."""
    ids = [good.pk for good in goods]
    waiting = list(
        Product.objects.select_for_update(of=("self",))
        .filter(pk__in=ids, product_set__isnull=True, suggested_set__isnull=False)
        .select_related("suggested_set")
        .order_by("pk")
    )
    for good in waiting:
        if good.suggested_set:
            _confirm(good, good.suggested_set)
    mark_changed([good.pk for good in waiting])
    return len(waiting)


@transaction.atomic
def product_set_confirm(*, good: Product, product_set: ProductSet) -> Product:
    """Say to which set a good belongs; with it follows whether it is alcohol."""
    locked = Product.objects.select_for_update(of=("self",)).get(pk=good.pk)
    _confirm(locked, product_set)
    mark_changed([locked.pk])
    return locked


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


def _confirm(good: Product, product_set: ProductSet) -> None:
    is_alcohol = product_set.number in ALCOHOL_SETS
    good.product_set = product_set
    good.sector_id = product_set.sector_id
    good.suggested_set = None
    good.alcohol = Product.Alcohol.ALCOHOL if is_alcohol else Product.Alcohol.NONE
    Product.objects.filter(pk=good.pk).update(
        product_set=product_set, sector_id=product_set.sector_id, suggested_set=None, alcohol=good.alcohol
    )
