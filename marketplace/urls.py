"""Every address of the site. Rooms bring their own `urls.py`; Wagtail's catch-all comes last."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.urls import include, path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

urlpatterns = [
    path("", RedirectView.as_view(url="/vi/", permanent=False)),
    path("cms/", include(wagtailadmin_urls)),
    path("sandbox-pay/", include("checkout.payment.sandbox.urls")),
    path("webhooks/", include("checkout.payment.webhook_urls")),
]

urlpatterns += i18n_patterns(
    path("", include("catalogue.urls")),
    path("", include("catalogue.producers.urls")),
    path("", include("checkout.payment.urls")),
    path("", include("marketplace.places.urls")),
    path("", include(wagtail_urls)),
    prefix_default_language=True,
)
if settings.DEBUG:
    urlpatterns += staticfiles_urlpatterns()
