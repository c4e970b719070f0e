"""Addresses of orders, in both languages."""

from checkout.order import views
from marketplace.locale_urls import localized_path

app_name = "orders"

urlpatterns = [
    localized_path("{orders}/{order-lookup}/", views.OrderLookupView.as_view(), name="lookup"),
    localized_path("{orders}/<str:token>/", views.OrderView.as_view(), name="detail"),
    localized_path("{orders}/<str:token>/{cancel}/", views.OrderCancelView.as_view(), name="cancel"),
    localized_path("{orders}/<str:token>/{again}/", views.OrderAgainView.as_view(), name="again"),
]
