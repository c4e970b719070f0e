"""The shop's receiving accounts: one is shown to buyers, money on all of them is understood."""

import logging

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from checkout.payment.transfers.errors import TransferError
from checkout.payment.transfers.models import ReceivingAccount
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record

logger = logging.getLogger(__name__)


def receiving_account() -> ReceivingAccount | None:
    """Return the account that buyers are asked to pay to, or None where there is none."""
    return ReceivingAccount.objects.filter(is_in_use=True).first()


def is_practice(account: ReceivingAccount) -> bool:
    """Return whether a person may play the bank for an account: a made-up one, where the shop is for practice."""
    return bool(settings.SANDBOX_PAYMENT and account.is_sample)


def receiving_account_enter(
    *, bank_bin: str, number: str, holder: str, by: User | None, is_sample: bool = False
) -> ReceivingAccount:
    """Enter an account; buyers see it once another person has put it in use. Raises TransferError where it is known."""
    try:
        with transaction.atomic():
            account = ReceivingAccount.objects.create(
                bank_bin=bank_bin, number=number, holder=holder, entered_by=by, is_sample=is_sample
            )
            audit_record(action="receiving_account.entered", subject=account, actor=by)
            return account
    except IntegrityError as error:
        raise TransferError(_("This account is already on record.")) from error


@transaction.atomic
def receiving_account_use(*, account_id: int, by: User | None) -> ReceivingAccount:
    """Show an account to buyers, in the place of the one before. Raises TransferError where whoever entered it would confirm it as well."""
    accounts = {
        one.pk: one for one in ReceivingAccount.objects.select_for_update(of=("self",)).order_by("pk")
    }
    account = accounts[account_id]
    if account.is_in_use:
        return account
    if account.confirmed_at is None:
        if by is not None and account.entered_by_id == by.pk:
            raise TransferError(_("You entered this account; another person has to compare and confirm it."))
        account.confirmed_by, account.confirmed_at = by, timezone.now()
    ReceivingAccount.objects.filter(is_in_use=True).update(is_in_use=False)
    account.is_in_use = True
    account.save(update_fields=["is_in_use", "confirmed_by", "confirmed_at"])
    audit_record(action="receiving_account.used", subject=account, actor=by)
    logger.warning("buyers are now asked to pay to receiving account %s", account.pk)
    return account


@transaction.atomic
def receiving_account_rest(*, account_id: int, by: User | None) -> None:
    """Take an account out of use: nobody is asked to pay there any longer. What still comes in is understood."""
    if ReceivingAccount.objects.filter(pk=account_id, is_in_use=True).update(is_in_use=False):
        account = ReceivingAccount.objects.get(pk=account_id)
        audit_record(action="receiving_account.rested", subject=account, actor=by)
        logger.warning("receiving account %s is out of use", account_id)
