"""The test suite: fast hashing, tasks run when asked, everything else as in production."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ["ENV_FILE"] = os.devnull  # a developer's .env decides nothing here

from marketplace.settings.base import *
from marketplace.settings.base import DATABASES, IS_SQLITE

SECRET_KEY = "test-only-key-0123456789-0123456789-0123456789-0123456789"  # noqa: S105
FIELD_ENCRYPTION_KEYS = ["dGVzdC1vbmx5LWtleS0wMTIzNDU2Nzg5LTAxMjM0NTY="]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
# One of its own for each process, also for each of pytest-xdist's.
DATA_DIR = Path(tempfile.mkdtemp(prefix="ocop-test-"))
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)
ELASTICSEARCH_INDEX_PREFIX = DATA_DIR.name
MEDIA_ROOT = DATA_DIR / "media"
EMBEDDED_SEARCH_DIR = DATA_DIR / "search"
LEXICON_IN_DATABASE = False  # no query for a page's first search; tests of the database's lexicon turn it on
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
SMS_ADAPTER = "marketplace.notices.adapters.MemorySms"
MONEY_NEEDS_SECOND_FACTOR = False  # tests of it turn it on
SANDBOX_PAYMENT = True
SANDBOX_WEBHOOK_SECRET = "sandbox-webhook-secret-for-tests"  # noqa: S105
TASKS = {
    "default": {
        "BACKEND": "django_tasks.backends.dummy.DummyBackend",
        "QUEUES": ["default", "pictures", "imports"],
    }
}
if IS_SQLITE:
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}
