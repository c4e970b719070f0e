"""The project's own app config and the one for Oscar's core."""

from django.apps import AppConfig
from oscar.core.application import OscarConfig


class MarketplaceConfig(AppConfig):
    name = "marketplace"
    label = "marketplace"
    verbose_name = "Chợ OCOP"

    def ready(self) -> None:
        import marketplace.operator  # noqa: F401  (its system check)
        from marketplace.folding import watch_connections

        watch_connections()


class OscarCoreConfig(OscarConfig):
    """Oscar's core app for its template tags and checks.

    Oscar's own `Shop` config looks up every app whose URLs it would mount.
    This project mounts its own URLs, so nothing is looked up here.
    """

    name = "oscar"
    label = "oscar"

    def ready(self) -> None:
        import oscar.checks  # noqa: F401
