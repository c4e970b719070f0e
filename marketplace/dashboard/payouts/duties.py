"""What awaits finance about payouts, and a producer about its own money, on the first screen."""

from django.urls import reverse
from django.utils.translation import gettext as _

from catalogue.producers.models import Membership
from checkout.settlement.payouts.accounts import accounts_to_look_at, current_account
from checkout.settlement.payouts.models import PayoutBatch, PayoutRequest
from checkout.settlement.payouts.terms import weekly_run_is_due
from checkout.settlement.selectors import producer_balance, producer_balances
from marketplace.accounts.models import User
from marketplace.clock import today
from marketplace.dashboard.access import may_open, member_may_open
from marketplace.dashboard.duty import Duty


def payout_duties(user: User) -> list[tuple[str, Duty]]:
    """Return what waits, each with the screen that a person has to be let into for it."""
    if not may_open(user, "payouts"):
        return []
    payouts = reverse("dashboard:payouts")
    owed = (
        sum(1 for balance in producer_balances().values() if balance > 0) if weekly_run_is_due(today()) else 0
    )
    asked = PayoutRequest.objects.filter(payout=None).count()
    to_approve = PayoutBatch.objects.filter(state=PayoutBatch.State.DRAFT).exclude(made_by=user).count()
    to_take = PayoutBatch.objects.filter(state=PayoutBatch.State.APPROVED).count()
    return [
        (
            "payout-batch-approve",
            Duty(
                to_approve,
                _("batches of payouts to approve"),
                _("Another person made them; you look at each line."),
                f"{payouts}?state={PayoutBatch.State.DRAFT}",
                _("Look"),
                True,
            ),
        ),
        (
            "payout-batch-file",
            Duty(
                to_take,
                _("approved batches for the bank"),
                _("Their files are still to be handed in."),
                f"{payouts}?state={PayoutBatch.State.APPROVED}",
                _("See"),
            ),
        ),
        (
            "payout-batch-new",
            Duty(
                owed,
                _("producers in the weekly payout"),
                _("The weekly payout is still to be made."),
                reverse("dashboard:payout-batch-new"),
                _("Make a batch"),
            ),
        ),
        (
            "payout-batch-new",
            Duty(
                asked,
                _("producers ask for their money"),
                _("Before the weekly payout."),
                reverse("dashboard:payout-batch-new"),
                _("Make a batch"),
            ),
        ),
        (
            "account-confirm",
            Duty(
                accounts_to_look_at().count(),
                _("bank accounts to look at"),
                _("The holder is named otherwise than the producer."),
                reverse("dashboard:sellers-money") + "?tab=look",
                _("Look"),
            ),
        ),
    ]


def own_money_duties(membership: Membership) -> list[Duty]:
    """Return that a producer has money and no account that it could go to, for those of its members who see its money."""
    producer = membership.producer
    if not member_may_open(membership, "money"):
        return []
    if current_account(producer) is not None or producer_balance(producer) <= 0:
        return []
    return [
        Duty(
            1,
            _("bank account to give"),
            _("Your goods have brought money, and we don't know where to send it."),
            reverse("dashboard:money", kwargs={"producer_pk": producer.pk}),
            _("See"),
        )
    ]
