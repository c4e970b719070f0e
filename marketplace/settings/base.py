"""Settings that every environment shares; each value that differs comes from the environment.

`.env.example` lists the variables; an empty one means the default. Nothing here names a secret.
"""

import os
from pathlib import Path
from typing import Any

import environ
from django.utils.translation import gettext_lazy as _
from oscar.defaults import *

from marketplace.settings.duties import DUTIES as DUTIES
from marketplace.settings.duties import PERIODIC_JOBS as PERIODIC_JOBS
from marketplace.settings.logging import logging_config
from marketplace.settings.people import *

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()
env.read_env(os.environ.get("ENV_FILE", BASE_DIR / ".env"))
env.ENVIRON = {name: value for name, value in os.environ.items() if value.strip()}

DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "var"))).absolute()
DATA_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = False
SECRET_KEY = env("SECRET_KEY", default="")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
# Encrypt numbers of people and bank accounts (`marketplace.encryption`): the first key writes, all of them read.
FIELD_ENCRYPTION_KEYS: list[str] = env.list("FIELD_ENCRYPTION_KEYS", default=[])
SITE_URL = env("SITE_URL", default="http://localhost:8000")
SITE_ID = 1

INSTALLED_APPS = [
    "modeltranslation",
    "marketplace.apps.MarketplaceConfig",
    # Django
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sites",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "django.contrib.postgres",
    "django.forms",
    # What belongs to no single room
    "marketplace.accounts.apps.AccountsConfig",
    "marketplace.audit.apps.AuditConfig",
    "marketplace.places.apps.PlacesConfig",
    "marketplace.notices.apps.NoticesConfig",
    "marketplace.moderation.apps.ModerationConfig",
    # Oscar, with the project's forks in the place of its apps
    "marketplace.apps.OscarCoreConfig",
    "marketplace.address.apps.AddressConfig",
    "catalogue.apps.CatalogueConfig",
    "catalogue.producers.apps.ProducersConfig",
    "catalogue.producers.joining.apps.JoiningConfig",
    "catalogue.producers.team.apps.TeamConfig",
    "catalogue.reviews.apps.ReviewsConfig",
    "catalogue.questions.apps.QuestionsConfig",
    "checkout.apps.CheckoutConfig",
    "checkout.shipping.apps.ShippingConfig",
    "checkout.basket.apps.BasketConfig",
    "checkout.payment.apps.PaymentConfig",
    "checkout.payment.sandbox.apps.SandboxProviderConfig",
    "checkout.shipping.carriers.apps.CarriersConfig",
    "checkout.payment.transfers.apps.TransfersConfig",
    "checkout.order.apps.OrderConfig",
    "checkout.offer.apps.OfferConfig",
    "checkout.voucher.apps.VoucherConfig",
    "oscar.apps.communication.apps.CommunicationConfig",
    "marketplace.customer.apps.CustomerConfig",
    "marketplace.dashboard.apps.DashboardConfig",
    "search.apps.SearchConfig",
    "widget_tweaks",
    "treebeard",
    # The rooms that Oscar doesn't know
    "catalogue.certification.apps.CertificationConfig",
    "catalogue.pricing.apps.PricingConfig",
    "checkout.reservations.apps.ReservationsConfig",
    "checkout.campaigns.apps.CampaignsConfig",
    "checkout.safety.apps.SafetyConfig",
    "checkout.settlement.apps.SettlementConfig",
    "checkout.settlement.payouts.apps.PayoutsConfig",
    "checkout.aftersale.apps.AftersaleConfig",
    "checkout.messages.apps.MessagesConfig",
    "checkout.invoices.apps.InvoicesConfig",
    "marketplace.demo.apps.DemoConfig",
    # Stories
    "cms.home",
    "cms.regions",
    "cms.stories",
    "cms.blocks",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    # Libraries
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "pictures",
    "django_tasks",
    "django_tasks_db",
    "django_guid",
]

MIDDLEWARE = [
    "django_guid.middleware.guid_middleware",
    "marketplace.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "marketplace.page_cache.PageCacheMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "marketplace.locale_urls.UrlLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "marketplace.accounts.middleware.RateLimitMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "marketplace.adult.AdultMiddleware",
    "checkout.basket.middleware.BasketMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

TRUSTED_PROXIES: list[str] = env.list("TRUSTED_PROXIES", default=[])

ROOT_URLCONF = "marketplace.urls"
WSGI_APPLICATION = "marketplace.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"lucide": "marketplace.templatetags.icons"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "marketplace.context_processors.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database -----------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'ocop.sqlite3'}")}
IS_SQLITE = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
if IS_SQLITE:
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728; "
        "PRAGMA cache_size=-20000;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A database that answers nothing at all holds a page, and the probe that looks for it, for seconds, not for minutes.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,  # seconds
        "tcp_user_timeout": 10_000,  # milliseconds
        # What `marketplace.prepared` asks a second time is planned once for the connection. Off behind a pool that changes connections with each transaction.
        "prepare_threshold": 1 if env.bool("DATABASE_PREPARES", default=True) else None,
        **DATABASES["default"].get("OPTIONS", {}),
    }
# On SQLite too: opening a database and setting it up takes longer than most pages' queries.
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Cache: Redis where it is named, else files that all processes of the machine share -----------
REDIS_URL = env("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "marketplace.caches.PatientRedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {
                "socket_connect_timeout": 1,
                "socket_timeout": 1,
                # Where tries are counted while Redis is gone.
                "spare_directory": str(DATA_DIR / "tries"),
            },
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "marketplace.caches.SharedFileCache",
            "LOCATION": str(DATA_DIR / "cache"),
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    }
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
# Messages lie in the session, so that reading them marks a page as personal and keeps it out of the page cache.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Search -------------------------------------------------------------------------------------
ELASTICSEARCH_URL = env("ELASTICSEARCH_URL", default="")
ELASTICSEARCH_INDEX_PREFIX = env("ELASTICSEARCH_INDEX_PREFIX", default="ocop")
SEARCH_ENGINE = (
    "search.engines.elasticsearch.ElasticsearchEngine"
    if ELASTICSEARCH_URL
    else "search.engines.embedded.EmbeddedEngine"
)
EMBEDDED_SEARCH_DIR = DATA_DIR / "search"
# Synonyms come from the database, where admins edit them; False: from the files that are shipped.
LEXICON_IN_DATABASE = True
# Oscar imports Haystack's settings although Haystack isn't installed as an app.
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}

# --- Languages: Vietnamese first, English beside it --------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
MODELTRANSLATION_LANGUAGES = ("vi", "en")
MODELTRANSLATION_DEFAULT_LANGUAGE = "vi"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("vi",)
LOCALE_PATHS = [BASE_DIR / "marketplace" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH = ["marketplace.formats"]
WAGTAIL_I18N_ENABLED = True

# --- Files --------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "marketplace" / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_S3_BUCKET = env("MEDIA_S3_BUCKET", default="")
# Without a store the web process serves them, its public folders only; a CDN or proxy may keep what it sends for good.
SERVE_MEDIA = not MEDIA_S3_BUCKET
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if MEDIA_S3_BUCKET:
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": MEDIA_S3_BUCKET,
            "endpoint_url": env("MEDIA_S3_ENDPOINT_URL", default=None),
            "region_name": env("MEDIA_S3_REGION", default=None),
            "querystring_auth": False,
            "file_overwrite": False,
        },
    }
PICTURES = {
    "BREAKPOINTS": {"phone": 420, "tablet": 768, "desktop": 1200},
    # 400, 800 and 1200 pixels wide: a card, a card on a dense screen or a phone's page, a gallery.
    "GRID_COLUMNS": 3,
    "CONTAINER_WIDTH": 1200,
    "FILE_TYPES": ["AVIF", "WEBP", "JPEG"],
    "PIXEL_DENSITIES": [1],
    "USE_PLACEHOLDERS": False,
    "PROCESSOR": "pictures.tasks.noop",  # `catalogue.pictures.making` writes sizes
}

# --- Background work ----------------------------------------------------------------------------
TASKS = {
    "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "pictures", "imports"]}
}
# The worker's second loop, over and over: brings a batch of changes into the index, returns how many.
INDEX_JOB = "search.upkeep.keep_index_true"
# For `/readyz/`: whether the engine answers, what its circuit lets through, what waits for the index and what fails.
SEARCH_STATE = "search.health.search_state"

# --- Mail and notices ---------------------------------------------------------------------------
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Chợ OCOP <khong-tra-loi@localhost>")
SMS_ADAPTER = env("SMS_ADAPTER", default="marketplace.notices.adapters.ConsoleSms")
# Web push: 32 random bytes that prove to browsers' push services who sends; empty: the shop doesn't offer it.
VAPID_PRIVATE_KEY = env("VAPID_PRIVATE_KEY", default="")
# The push services of the browsers (Chrome and its kin, Firefox, Safari, Edge): the worker calls no other address for a device.
PUSH_SERVICES = ["fcm.googleapis.com", "push.services.mozilla.com", "push.apple.com", "notify.windows.com"]
# Which notices in the app a person may read: the roles are those of the room above.
NOTICES_SEEN_BY = "catalogue.producers.notices.notices_seen_by"

# --- Oscar --------------------------------------------------------------------------------------
OSCAR_SHOP_NAME = "Chợ OCOP"
OSCAR_DEFAULT_CURRENCY = "VND"
OSCAR_SLUG_FUNCTION = "marketplace.slugs.vietnamese_slug"
OSCAR_ALLOW_ANON_CHECKOUT = True
OSCAR_REQUIRED_ADDRESS_FIELDS = ("first_name", "line1")
OSCAR_OFFER_ROUNDING_FUNCTION = "marketplace.money.round_dong_decimal"
OSCAR_BASKET_COOKIE_OPEN = "ocop_basket"
OSCAR_BASKET_COOKIE_LIFETIME = 60 * 60 * 24 * 30
OSCAR_DELETE_IMAGE_FILES = False
OSCAR_EAGER_ALERTS = False

# --- Stories ------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Chợ OCOP"
WAGTAILADMIN_BASE_URL = SITE_URL
# The editors' desk asks no other host: not for pictures of people, not for news of Wagtail.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_IMAGE_FORM_BASE = "cms.pictures.EditorsPictureForm"
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 20 * 1024 * 1024  # as for goods (`catalogue.pictures.cleaning`)
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 60_000_000
WAGTAILADMIN_LOGIN_URL = "editors-door"
WAGTAIL_FRONTEND_LOGIN_URL = "/vi/tai-khoan/dang-nhap/"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

# --- Money --------------------------------------------------------------------------------------
STRIPE_SECRET_KEY = env("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRETS: list[str] = env.list("STRIPE_WEBHOOK_SECRETS", default=[])
STRIPE_API_BASE = env("STRIPE_API_BASE", default="")
# Keys that move real money work in production only.
STRIPE_LIVE_KEYS_ALLOWED = False
# How much of the cash that it took a producer may owe us (đồng) before its goods are no longer sold for cash on delivery.
PRODUCER_DEBT_LIMIT = env.int("PRODUCER_DEBT_LIMIT", default=1_000_000)
# After so many days cash that a carrier of ours collected and hasn't handed over stands in the queue of what does not add up.
CARRIER_CASH_DAYS = env.int("CARRIER_CASH_DAYS", default=14)
# Sign what the bank's service tells of incoming transfers; several hold while one is being changed.
BANK_WEBHOOK_SECRETS: list[str] = env.list("BANK_WEBHOOK_SECRETS", default=[])
# The sandbox provider plays a payment provider on development and demonstration machines.
SANDBOX_PAYMENT = env.bool("SANDBOX_PAYMENT", default=False)
SANDBOX_WEBHOOK_SECRET = env("SANDBOX_WEBHOOK_SECRET", default="")
# Where worker and provider reach this site; empty: at the address that the buyer uses.
SANDBOX_BASE_URL = env("SANDBOX_BASE_URL", default="")
# Keys for carriers' interfaces, and what their reports are signed with, by the carrier's code: `ghn=…,vtp=…`; two secrets while one
# changes: `ghn=new|old`.
CARRIER_TOKENS: dict[str, str] = env.dict("CARRIER_TOKENS", default={})
CARRIER_WEBHOOK_SECRETS: dict[str, str] = env.dict("CARRIER_WEBHOOK_SECRETS", default={})
# A ribbon on every page says that this is a demonstration.
DEMONSTRATION = env.bool("DEMONSTRATION", default=False)
# The password of every demonstration account; `load_demo` needs one.
DEMO_PASSWORD = env("DEMO_PASSWORD", default="")

# Whoever sends money out, or says who may, enters a code of a second factor first; a demonstration may do without.
MONEY_NEEDS_SECOND_FACTOR = env.bool("MONEY_NEEDS_SECOND_FACTOR", default=True)

# --- The programme ------------------------------------------------------------------------------
# Whoever records a certificate doesn't verify it as well. No law asks for it; a province may.
CERTIFICATES_NEED_SECOND_PERSON = env.bool("CERTIFICATES_NEED_SECOND_PERSON", default=False)

# --- Who runs the site: in the footer of every page -----------------------------------------------
OPERATOR_NAME = env("OPERATOR_NAME", default="")
OPERATOR_ADDRESS = env("OPERATOR_ADDRESS", default="")
# Number, day and place of the business registration.
OPERATOR_REGISTRATION = env("OPERATOR_REGISTRATION", default="")
OPERATOR_PHONE = env("OPERATOR_PHONE", default="")
OPERATOR_EMAIL = env("OPERATOR_EMAIL", default="")

# --- Security -----------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'", "https://checkout.stripe.com"],
        "frame-ancestors": ["'none'"],
    },
    "EXCLUDE_URL_PREFIXES": ("/cms/",),
}
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# --- Logs ---------------------------------------------------------------------------------------
LOG_LEVEL = env("LOG_LEVEL", default="INFO")
LOGGING = logging_config(as_json=False, level=LOG_LEVEL)
DJANGO_GUID = {"GUID_HEADER_NAME": "X-Request-ID", "VALIDATE_GUID": False, "RETURN_HEADER": True}
