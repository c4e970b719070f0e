"""Every address of the site. Rooms bring their own `urls.py`; Wagtail's catch-all comes last."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from catalogue.sitemaps import SECTIONS, sitemap_file, sitemap_index
from catalogue.urls import urlpatterns as catalogue_urlpatterns
from cms.home.views import home
from cms.sitemaps import STORIES
from marketplace import styleguide
from marketplace.accounts.doors import door, editors_door
from marketplace.age import declare
from marketplace.customer.devices import push_worker
from marketplace.customer.receipts import receipt
from marketplace.locale_urls import localized_path
from marketplace.media import media
from marketplace.robots import robots
from search.urls import listing_urlpatterns

static_lazy = lazy(static, str)
sitemap_sections = {"sections": {**SECTIONS, "stories": STORIES}}

urlpatterns = [
    path("", RedirectView.as_view(url="/vi/", permanent=False)),
    # The one door: Wagtail's own sign-in and password pages lead to it.
    path("cms/login/", editors_door, name="editors-door"),
    path("cms/logout/", RedirectView.as_view(pattern_name="account_logout")),
    path("cms/password_reset/", RedirectView.as_view(pattern_name="account_reset_password")),
    path("cms/password_reset/<path:rest>", door),
    path("cms/", include(wagtailadmin_urls)),
    path("sandbox-pay/", include("checkout.payment.sandbox.urls")),
    path("webhooks/carriers/", include("checkout.shipping.carriers.webhook_urls")),
    path("webhooks/", include("checkout.payment.webhook_urls")),
    # Browsers ask for it where a page can't name an icon: a PDF.
    path("favicon.ico", RedirectView.as_view(url=static_lazy("img/apple-touch-icon.png"))),
    path("push-worker.js", push_worker, name="push-worker"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap_index, sitemap_sections, name="sitemap"),
    path("sitemap-<slug:section>-<int:number>.xml", sitemap_file, sitemap_sections, name="sitemap-file"),
]

if settings.SERVE_MEDIA:
    urlpatterns += [path("media/<path:path>", media)]

urlpatterns += i18n_patterns(
    path("", home, name="home"),
    # The listing of all goods is one of the catalogue's addresses, but only the search can make it.
    path("", include((listing_urlpatterns + catalogue_urlpatterns, "catalogue"))),
    path("", include("catalogue.reviews.urls")),
    path("", include("catalogue.questions.urls")),
    path("", include("catalogue.certification.urls")),
    path("", include("search.urls")),
    path("", include("catalogue.producers.urls")),
    localized_path("{age}/", declare, name="age-declare"),
    localized_path("{account}/", include("marketplace.accounts.urls")),
    localized_path("{account}/", include("marketplace.customer.urls")),
    path("", include("checkout.urls")),
    path("", include("checkout.basket.urls")),
    localized_path("{orders}/<str:token>/{receipt}.pdf", receipt, name="receipt"),
    path("", include("checkout.order.urls")),
    path("", include("checkout.aftersale.urls")),
    path("", include("checkout.messages.urls")),
    path("", include("checkout.payment.urls")),
    localized_path("{work}/", include("marketplace.dashboard.urls")),
    path("", include("checkout.shipping.urls")),
    path("", include("marketplace.places.urls")),
    path("", include(wagtail_urls)),
    prefix_default_language=True,
)
if settings.DEBUG:
    urlpatterns += staticfiles_urlpatterns()
    urlpatterns[:0] = i18n_patterns(localized_path("{styleguide}/", styleguide.show, name="styleguide"))
