"""This fork in the place of Oscar's app; the label stays Oscar's."""

from oscar.apps.payment.apps import PaymentConfig as OscarAppConfig


class PaymentConfig(OscarAppConfig):
    name = "checkout.payment"

    def ready(self) -> None:
        """Oscar would look up views and receivers here that this project doesn't use."""
        import checkout.payment.checks  # noqa: F401
