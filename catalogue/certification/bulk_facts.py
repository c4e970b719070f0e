"""The facts of the one rule for hundreds of goods at once, read as bare rows.

`facts` reads for a page or for an order, with locks. Whoever goes through the whole catalogue (the search index) reads the same columns
here, and gives the prices that it has read already.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from catalogue.certification.models import Certificate
from catalogue.certification.rules import CertificateFacts, GoodFacts, PackFacts, PriceWindow
from catalogue.models import Product
from catalogue.producers.models import StockRecord


def facts_for_many_goods(good_ids: Iterable[int]) -> dict[int, GoodFacts]:
    """Return the facts of goods (ids of structure `parent`) by id, in two queries. Unknown ids are left out."""
    ids = sorted(set(good_ids))
    certificates = _certificates(ids)
    rows = (
        Product.objects.rewrite(False)  # nothing in a language is read
        .filter(pk__in=ids, structure=Product.PARENT)
        .order_by()
        .values_list(
            "pk",
            "listing",
            "alcohol",
            "alcohol_strength",
            "producer__seller_state",
            "producer__alcohol_licence_number",
            "producer__alcohol_licence_from",
            "producer__alcohol_licence_until",
        )
    )
    return {
        pk: GoodFacts(
            pk=pk,
            listing=listing,
            alcohol=alcohol,
            strength=strength,
            seller_state=seller_state,
            licence_number=licence_number,
            licence_from=licence_from,
            licence_until=licence_until,
            certificates=tuple(certificates.get(pk, ())),
        )
        for pk, listing, alcohol, strength, seller_state, licence_number, licence_from, licence_until in rows
    }


def facts_for_many_packs(
    goods: Mapping[int, GoodFacts], prices: Mapping[int, tuple[PriceWindow, ...]]
) -> dict[int, PackFacts]:
    """Return the facts of packs (ids of structure `child`) by id, in one query.

    `goods` names the good of each pack, `prices` the spans of time in which a pack has a price.
    """
    stock = StockRecord.objects.filter(product__in=goods).order_by()
    available = {
        pack_id: in_stock - promised
        for pack_id, in_stock, promised in stock.values_list("product_id", "num_in_stock", "num_allocated")
    }
    return {
        pk: PackFacts(pk=pk, good=good, available=available.get(pk, 0), prices=prices.get(pk, ()))
        for pk, good in goods.items()
    }


def _certificates(good_ids: list[int]) -> dict[int, list[CertificateFacts]]:
    """Return the certificates of each good in the order of their ids, as the rule takes the first in force."""
    rows = (
        Certificate.objects.filter(product__in=good_ids)
        .order_by("pk")
        .values_list(
            "product_id",
            "pk",
            "stars",
            "state",
            "verified_at",
            "valid_from",
            "in_force_until",
            "public_code",
            "official_code",
            "decision__number",
        )
    )
    found: dict[int, list[CertificateFacts]] = defaultdict(list)
    for good, pk, stars, state, verified_at, valid_from, until, public_code, official_code, number in rows:
        found[good].append(
            CertificateFacts(
                pk=pk,
                stars=stars,
                state=state,
                verified=verified_at is not None,
                valid_from=valid_from,
                in_force_until=until,
                public_code=public_code,
                official_code=official_code,
                decision_number=number or "",
            )
        )
    return found
