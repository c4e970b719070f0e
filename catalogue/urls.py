"""Addresses of goods."""

from catalogue.views import good_detail
from marketplace.locale_urls import localized_path

app_name = "catalogue"
urlpatterns = [
    localized_path("{products}/<slug:slug>-<int:pk>/", good_detail, name="detail"),
]
