"""Addresses of producers."""

from catalogue.producers.views import producer_detail, producer_index
from marketplace.locale_urls import localized_path

app_name = "producers"
urlpatterns = [
    localized_path("{producers}/", producer_index, name="index"),
    localized_path("{producers}/<slug:code>/", producer_detail, name="detail"),
]
