"""Stopping a producer's payouts for a reason, and letting them go on."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.producers.models import Partner
from checkout.settlement.payouts.errors import HoldNotPossible
from checkout.settlement.payouts.models import PayoutHold
from checkout.settlement.payouts.notices import tell_hold, tell_release
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record


@transaction.atomic
def payouts_hold(*, producer: Partner, reason: str, by: User) -> PayoutHold:
    """Stop what would be paid to `producer`; its owners are told why. A payout that is with the bank goes on. Raises HoldNotPossible."""
    if not reason.strip():
        raise HoldNotPossible(_("Say why the payouts are stopped."))
    try:
        with transaction.atomic():
            hold = PayoutHold.objects.create(producer=producer, reason=reason.strip()[:255], placed_by=by)
    except IntegrityError as error:
        raise HoldNotPossible(_("The payouts of this producer are stopped already.")) from error
    audit_record(action="payouts.held", subject=producer, reason=reason, actor=by)
    tell_hold(hold)
    return hold


@transaction.atomic
def payouts_release(*, hold: PayoutHold, reason: str, by: User) -> PayoutHold:
    """Let the payouts go on. Raises HoldNotPossible where that was done already or no reason is given."""
    if not reason.strip():
        raise HoldNotPossible(_("Say why the payouts go on."))
    locked = PayoutHold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
    if locked.released_at is not None:
        raise HoldNotPossible(_("The payouts of this producer go on already."))
    locked.released_at, locked.released_by = timezone.now(), by
    locked.release_reason = reason.strip()[:255]
    locked.save(update_fields=["released_at", "released_by", "release_reason"])
    audit_record(action="payouts.released", subject=locked.producer, reason=reason, actor=by)
    tell_release(locked)
    return locked
