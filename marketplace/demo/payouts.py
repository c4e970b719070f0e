"""The accounts to which the money of the demonstration's two stalls would go: made up."""

from datetime import timedelta

from django.utils import timezone

from catalogue.producers.models import Membership
from checkout.settlement.payouts.accounts import holder_as_printed
from checkout.settlement.payouts.models import LEAST_ACCOUNT_HOLD_HOURS, BankAccount
from marketplace.demo.accounts import PRODUCER, SECOND_PRODUCER

_BANKS = {PRODUCER.email: ("970405", "0000000002"), SECOND_PRODUCER.email: ("970436", "0000000003")}


def bank_accounts_load() -> None:
    """Give each stall an account where it has none, old enough to be paid to."""
    given_at = timezone.now() - timedelta(hours=LEAST_ACCOUNT_HOLD_HOURS)
    owners = Membership.objects.filter(user__email__in=_BANKS, role=Membership.Role.OWNER)
    for owner in owners.select_related("producer", "user"):
        if not BankAccount.objects.filter(producer=owner.producer).exists():
            bank_bin, number = _BANKS[owner.user.email or ""]
            BankAccount.objects.create(
                producer=owner.producer,
                bank_bin=bank_bin,
                number=number,
                holder=holder_as_printed(owner.producer.name),
                holder_fits=True,
                given_at=given_at,
                given_by=owner.user,
                usable_from=timezone.now(),
            )
