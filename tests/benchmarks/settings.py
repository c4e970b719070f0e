"""Production as it is, without https on this machine, and with one address more: a bare view behind the same middlewares."""

from marketplace.settings.production import *

ROOT_URLCONF = "tests.benchmarks.urls"
