"""Addresses of certificates."""

from django.views.generic import RedirectView

from catalogue.certification.views import certificate_check, certificate_detail
from marketplace.locale_urls import localized_path

app_name = "certificates"
urlpatterns = [
    localized_path("{certificates}/", RedirectView.as_view(pattern_name="certificates:check"), name="index"),
    localized_path("{certificates}/{check}/", certificate_check, name="check"),
    localized_path("{certificates}/<str:public_code>/", certificate_detail, name="detail"),
]
