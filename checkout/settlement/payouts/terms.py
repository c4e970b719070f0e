"""The terms of paying out that hold on a day, and the next weekly run."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from checkout.settlement.payouts.errors import TermsRefused
from checkout.settlement.payouts.models import PayoutBatch, PayoutTerms
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record
from marketplace.clock import start_of_day, today


def terms_on(day: date) -> PayoutTerms:
    """Return the terms that hold on `day`; before the first ones began, those."""
    begun = PayoutTerms.objects.filter(valid_from__lte=day).order_by("-valid_from").first()
    return begun or PayoutTerms.objects.order_by("valid_from")[0]


def next_weekly_day(day: date) -> date:
    """Return the first day from `day` on that is one of a weekly payout."""
    ahead = (terms_on(day).weekday - day.isoweekday()) % 7
    return day + timedelta(days=ahead)


def last_weekly_day(day: date) -> date:
    """Return the last day up to `day` that was one of a weekly payout."""
    back = (day.isoweekday() - terms_on(day).weekday) % 7
    return day - timedelta(days=back)


def weekly_run_is_due(day: date) -> bool:
    """Return whether the weekly payout of the last weekly day up to `day` is still to be made."""
    since = start_of_day(last_weekly_day(day))
    made = PayoutBatch.objects.filter(is_weekly=True, made_at__gte=since)
    return not made.exclude(state=PayoutBatch.State.CANCELLED).exists()


@transaction.atomic
def terms_write(*, terms: PayoutTerms, by: User) -> PayoutTerms:
    """Write terms that begin today or later; those of the same day are replaced as long as they haven't begun before. Raises TermsRefused."""
    if terms.valid_from < today():
        raise TermsRefused(
            _("Terms can begin today at the earliest: money was paid out by the earlier ones.")
        )
    same = PayoutTerms.objects.select_for_update().filter(valid_from=terms.valid_from).first()
    terms.pk = same.pk if same else None
    terms.written_by = by
    terms.save()
    audit_record(action="payout_terms.written", subject=terms, actor=by)
    return terms
