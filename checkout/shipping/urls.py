"""The address of the delivery estimate, in both languages."""

from checkout.shipping.views import estimate
from marketplace.locale_urls import localized_path

app_name = "delivery"

urlpatterns = [localized_path("{delivery}/", estimate, name="estimate")]
