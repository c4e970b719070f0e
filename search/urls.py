"""Addresses of search and listings.

`listing_urlpatterns` join the addresses of goods in the namespace `catalogue`: the listing of all goods is
`catalogue:index` for whoever links to it, but only this room can make it.
"""

from marketplace.locale_urls import localized_path
from search.insights.views import record
from search.views import CatalogueView, FacetedSearchView, ProductCategoryView, ProductSetView, suggest

app_name = "search"
urlpatterns = [
    localized_path("{search}/", FacetedSearchView.as_view(), name="search"),
    localized_path("{search}/{suggest}/", suggest, name="suggest"),
    localized_path("{search}/{note}/", record, name="record"),
]
listing_urlpatterns = [
    localized_path("{products}/", CatalogueView.as_view(), name="index"),
    localized_path("{sectors}/<slug:sector>/", ProductCategoryView.as_view(), name="category"),
    localized_path("{sets}/<int:number>/", ProductSetView.as_view(), name="set"),
]
