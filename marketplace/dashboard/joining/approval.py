"""Approving an application: the producer may sell and its money has somewhere to go, in one transaction."""

from collections.abc import Collection

from django.db import transaction

from catalogue.producers.joining.decisions import application_approve
from catalogue.producers.joining.models import Application
from catalogue.producers.models import Partner
from checkout.settlement.payouts.accounts import account_give, current_account
from marketplace.accounts.models import User


@transaction.atomic
def joining_approve(
    *, application: Application, by: User, checked: Collection[str], words: str = ""
) -> Partner:
    """Approve, and give payouts the account that the applicant named; the account that a known producer has already stays as it is.

    Raises what `application_approve` raises, and PayoutError.
    """
    approved, producer = application_approve(application=application, by=by, checked=checked, words=words)
    if current_account(producer) is None:
        account_give(
            producer=producer,
            bank_bin=approved.bank_bin,
            number=approved.account_number,
            holder=approved.account_holder,
            by=approved.applicant,
        )
    return producer
