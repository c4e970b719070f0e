"""Production: refuses to start on anything weak or missing, and says what to set."""

from django.core.exceptions import ImproperlyConfigured

from marketplace.settings.base import *
from marketplace.settings.base import ALLOWED_HOSTS, ELASTICSEARCH_URL, IS_SQLITE, SECRET_KEY, env

if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10:
    raise ImproperlyConfigured(
        "SECRET_KEY is missing or weak: set it to at least 50 random characters, for example from "
        "`python -c 'import secrets; print(secrets.token_urlsafe(60))'`."
    )
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS is empty: set it to the site's host names, separated by commas."
    )
if not IS_SQLITE and not ELASTICSEARCH_URL and not env.bool("SINGLE_HOST", default=False):
    raise ImproperlyConfigured(
        "The embedded search index lives on one machine: set ELASTICSEARCH_URL, or SINGLE_HOST=1 if web and "
        "worker run on this machine alone."
    )

# No text messages unless a gateway is named: the console adapter would write phone numbers into the log.
SMS_ADAPTER = env("SMS_ADAPTER", default="")

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=60 * 60 * 24 * 30)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
OSCAR_BASKET_COOKIE_SECURE = True
