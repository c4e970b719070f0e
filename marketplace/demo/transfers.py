"""The account to which buyers of the demonstration would transfer: made up, and marked as such."""

from checkout.payment.transfers.accounts import (
    receiving_account,
    receiving_account_enter,
    receiving_account_use,
)


def receiving_account_load() -> None:
    """Put a sample account in use where there is none."""
    if receiving_account() is None:
        account = receiving_account_enter(
            bank_bin="970436", number="0000000001", holder="CHO OCOP TRINH DIEN", by=None, is_sample=True
        )
        receiving_account_use(account_id=account.pk, by=None)
