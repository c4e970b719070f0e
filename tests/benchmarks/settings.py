"""Production as it is, without https on this machine, with one address more, a bare view behind the same middlewares, and counted queries."""

from marketplace.settings.production import *
from marketplace.settings.production import MIDDLEWARE as SHOPS_MIDDLEWARE

ROOT_URLCONF = "tests.benchmarks.urls"
MIDDLEWARE = ["tests.benchmarks.counting.QueryCountMiddleware", *SHOPS_MIDDLEWARE]
