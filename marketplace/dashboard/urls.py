"""The back office, under `/vi/quan-ly/` and `/en/work/`."""

from django.urls import URLPattern, URLResolver

app_name = "dashboard"

urlpatterns: list[URLPattern | URLResolver] = []
