"""A developer's or a newcomer's machine: no service needed, nothing secret."""

from marketplace.settings.base import *
from marketplace.settings.base import DATA_DIR, FIELD_ENCRYPTION_KEYS, STATIC_ROOT, env
from marketplace.settings.encryption_keys import development_key

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="development-only-key-never-used-in-production-0123456789")
FIELD_ENCRYPTION_KEYS = FIELD_ENCRYPTION_KEYS or [development_key(DATA_DIR)]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "0.0.0.0"])  # noqa: S104
SANDBOX_PAYMENT = env.bool("SANDBOX_PAYMENT", default=True)
SANDBOX_WEBHOOK_SECRET = env("SANDBOX_WEBHOOK_SECRET", default="sandbox-webhook-secret-for-development")
DEMONSTRATION = env.bool("DEMONSTRATION", default=True)
MONEY_NEEDS_SECOND_FACTOR = env.bool("MONEY_NEEDS_SECOND_FACTOR", default=False)
DEMO_PASSWORD = env("DEMO_PASSWORD", default="cho-ocop-2026")
# Static files come from where they lie; the folder that collectstatic would fill only has to be there.
WHITENOISE_USE_FINDERS = True
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_AUTOREFRESH = DEBUG
