"""Addresses of the basket, in both languages."""

from checkout.basket import views
from marketplace.locale_urls import localized_path

app_name = "basket"

urlpatterns = [
    localized_path("{basket}/", views.summary, name="summary"),
    localized_path("{basket}/{count}/", views.count, name="count"),
    localized_path("{basket}/{add}/<int:pk>/", views.add, name="add"),
    localized_path("{basket}/{line}/<int:pk>/", views.line_set, name="line"),
    localized_path("{basket}/{code}/", views.code, name="code"),
    localized_path("{basket}/{code}/<int:pk>/", views.code_out, name="code-out"),
]
