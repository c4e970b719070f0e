"""A producer asks for its money before the weekly run."""

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.producers.models import Partner
from checkout.settlement.payouts.due import due_to
from checkout.settlement.payouts.errors import RequestNotPossible
from checkout.settlement.payouts.models import PayoutRequest
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record


@transaction.atomic
def payout_ask(*, producer: Partner, by: User) -> PayoutRequest:
    """Ask finance to pay out what is available now. Asked again, it is the same request. Raises RequestNotPossible with the reason."""
    Partner.objects.select_for_update(of=("self",), no_key=True).get(pk=producer.pk)
    due = due_to(producer)
    if due.request is not None:
        return due.request
    if due.obstacle:
        raise RequestNotPossible(_("Nothing can be paid out now. %(why)s") % {"why": due.obstacle})
    audit_record(action="payout.asked", subject=producer, actor=by)
    return PayoutRequest.objects.create(producer=producer, asked_by=by)
