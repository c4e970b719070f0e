"""Browsing without the search engine: goods from the database by the one rule, a page at a time, no counts."""

from __future__ import annotations

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from catalogue.certification.rules import shown_q
from catalogue.models import Product
from marketplace.clock import day_of
from search.query import Facet, SearchQuery


def browse_goods(query: SearchQuery) -> Page[int]:
    """Return a page of ids of goods shown at the query's moment, narrowed by kind and origin alone."""
    goods: QuerySet[Product] = Product.objects.filter(shown_q(day_of(query.at), adult=query.adult))
    filters = query.chosen()
    if Facet.SECTOR in filters:
        goods = goods.filter(sector__in=filters[Facet.SECTOR])
    if Facet.SET in filters:
        goods = goods.filter(product_set__in=[int(number) for number in filters[Facet.SET]])
    if Facet.PRODUCER in filters:
        goods = goods.filter(producer__in=[int(pk) for pk in filters[Facet.PRODUCER]])
    if Facet.PROVINCE in filters:
        goods = goods.filter(producer__commune__province__in=filters[Facet.PROVINCE])
    ids = goods.order_by("-date_created", "pk").values_list("pk", flat=True)
    return Paginator(ids, query.page_size).get_page(query.page)
