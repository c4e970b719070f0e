"""Production as it is, without https on this machine, with one address more, a bare view behind the same middlewares, and counted queries."""

from marketplace.settings.production import *
from marketplace.settings.production import ACCOUNT_RATE_LIMITS as SHOPS_LIMITS
from marketplace.settings.production import MIDDLEWARE as SHOPS_MIDDLEWARE

ROOT_URLCONF = "tests.benchmarks.urls"
MIDDLEWARE = ["tests.benchmarks.counting.QueryCountMiddleware", *SHOPS_MIDDLEWARE]
# What is measured is the shop: one buyer who orders over and over is not to be asked to wait.
ACCOUNT_RATE_LIMITS = SHOPS_LIMITS | {"checkout": None}
