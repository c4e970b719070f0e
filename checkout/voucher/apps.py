"""This fork in the place of Oscar's app; the label stays Oscar's."""

from oscar.apps.voucher.apps import VoucherConfig as OscarAppConfig


class VoucherConfig(OscarAppConfig):
    name = "checkout.voucher"

    def ready(self) -> None:
        """Oscar would look up views and receivers here that this project doesn't use."""
