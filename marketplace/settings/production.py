"""Production: refuses to start on anything weak or missing, and says all of it at once, with what to set."""

import re

from django.core.exceptions import ImproperlyConfigured

from marketplace.settings.base import *
from marketplace.settings.base import (
    ALLOWED_HOSTS,
    BANK_WEBHOOK_SECRETS,
    DEMONSTRATION,
    ELASTICSEARCH_URL,
    EMAIL_CONFIG,
    FIELD_ENCRYPTION_KEYS,
    IS_SQLITE,
    LOG_LEVEL,
    MONEY_NEEDS_SECOND_FACTOR,
    SANDBOX_PAYMENT,
    SANDBOX_WEBHOOK_SECRET,
    SECRET_KEY,
    SITE_URL,
    STORAGES,
    STRIPE_SECRET_KEY,
    STRIPE_WEBHOOK_SECRETS,
    VAPID_PRIVATE_KEY,
    env,
)
from marketplace.settings.encryption_keys import is_key
from marketplace.settings.logging import logging_config

DEBUG = False
SINGLE_HOST = env.bool("SINGLE_HOST", default=False)
MAKE_A_KEY = (
    "python3 -c 'import base64, secrets; print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())'"
)
MAKE_A_SECRET = "python3 -c 'import secrets; print(secrets.token_urlsafe(60))'"  # noqa: S105


def push_problems() -> list[str]:
    """Return what is wrong with the key of web pushes."""
    if not VAPID_PRIVATE_KEY or re.fullmatch(r"[A-Za-z0-9_-]{43}", VAPID_PRIVATE_KEY):
        return []
    return [
        (
            "VAPID_PRIVATE_KEY is no key: set it to 32 random bytes (python3 -c 'import secrets; print(secrets.token_urlsafe(32))'), "
            "or leave it empty for no web push."
        )
    ]


def weak_keys() -> list[str]:
    """Return what is wrong with the keys that everything else rests on, each with what to set."""
    found = push_problems()
    if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10 or SECRET_KEY.startswith("development-"):
        found.append(
            f"SECRET_KEY is missing or weak: set it to at least 50 random characters ({MAKE_A_SECRET})."
        )
    if not FIELD_ENCRYPTION_KEYS or not all(is_key(key) for key in FIELD_ENCRYPTION_KEYS):
        found.append(
            "FIELD_ENCRYPTION_KEYS is missing or holds what is no key: tax numbers and bank accounts are encrypted with it. "
            f"Set it to 32 random bytes in base64 ({MAKE_A_KEY}) and keep it apart from the backups; several, separated by "
            "commas, while one replaces the other."
        )
    return found


def problems() -> list[str]:
    """Return what keeps this environment from production, each with what to set."""
    found = weak_keys()
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        found.append(
            "ALLOWED_HOSTS names no host or any host: set it to the site's host names, separated by commas."
        )
    if not SITE_URL.startswith("https://") and env.bool("SECURE_SSL_REDIRECT", default=True):
        found.append("SITE_URL must be the address of the site and begin with https://.")
    if EMAIL_CONFIG["EMAIL_BACKEND"].endswith("console.EmailBackend"):
        found.append("EMAIL_URL is missing: set it, for example to smtp+tls://user:password@host:587.")
    if STRIPE_SECRET_KEY and not STRIPE_WEBHOOK_SECRETS:
        found.append(
            "STRIPE_WEBHOOK_SECRETS is missing: without it no card payment could be confirmed. "
            "Set it to the endpoint's signing secret (whsec_…), or unset STRIPE_SECRET_KEY."
        )
    if any(len(secret) < 32 or len(set(secret)) < 10 for secret in BANK_WEBHOOK_SECRETS):
        found.append(
            "BANK_WEBHOOK_SECRETS holds a weak secret, with which anybody could say that orders are paid: set each to at "
            f"least 32 random characters ({MAKE_A_SECRET})."
        )
    if SANDBOX_PAYMENT and not DEMONSTRATION:
        found.append(
            "SANDBOX_PAYMENT gives goods away: unset it, or set DEMONSTRATION=1 for a site that says so."
        )
    elif SANDBOX_PAYMENT and (len(SANDBOX_WEBHOOK_SECRET) < 32 or len(set(SANDBOX_WEBHOOK_SECRET)) < 10):
        found.append(
            "SANDBOX_WEBHOOK_SECRET is missing or weak: set it to at least 32 random characters "
            f"({MAKE_A_SECRET})."
        )
    if not MONEY_NEEDS_SECOND_FACTOR and not DEMONSTRATION:
        found.append(
            "MONEY_NEEDS_SECOND_FACTOR=0 lets a stolen password send money out: unset it, or set DEMONSTRATION=1 "
            "for a site that says so."
        )
    if env("SMS_ADAPTER", default="").endswith(".ConsoleSms") and not DEMONSTRATION:
        found.append(
            "SMS_ADAPTER writes phone numbers into the log: name your gateway's adapter, or leave it empty "
            "for no text messages."
        )
    if not IS_SQLITE and not ELASTICSEARCH_URL and not SINGLE_HOST:
        found.append(
            "ELASTICSEARCH_URL is missing: the embedded search index lives on one machine and has one writer. "
            "Set it, or set SINGLE_HOST=1 if web and worker run on this machine alone."
        )
    return found


if _problems := problems():
    raise ImproperlyConfigured(
        "\n".join(["Production does not start with these settings:", *(f"- {one}" for one in _problems)])
    )

STRIPE_LIVE_KEYS_ALLOWED = True

# No text messages unless a gateway is named: the console adapter would write phone numbers into the log.
SMS_ADAPTER = env("SMS_ADAPTER", default="")

# Names carry a hash of the content, so that browsers and CDNs may keep them for ever.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=60 * 60 * 24 * 30)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = SECURE_SSL_REDIRECT
CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT
OSCAR_BASKET_COOKIE_SECURE = SECURE_SSL_REDIRECT

LOGGING = logging_config(as_json=True, level=LOG_LEVEL)
