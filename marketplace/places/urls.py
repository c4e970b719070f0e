"""Addresses of places, under the language prefix."""

from marketplace.locale_urls import localized_path
from marketplace.places import views

app_name = "places"
urlpatterns = [localized_path("{places}/{suggest}/", views.commune_suggest, name="commune-suggest")]
