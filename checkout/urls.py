"""The address of the checkout, in both languages."""

from checkout.views import CheckoutView
from marketplace.locale_urls import localized_path

app_name = "checkout"

urlpatterns = [localized_path("{checkout}/", CheckoutView.as_view(), name="checkout")]
