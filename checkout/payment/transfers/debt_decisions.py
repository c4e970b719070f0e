"""Finance says that a transfer pays what a producer owes."""

import logging

from django.db import transaction
from django.utils.translation import gettext as _

from catalogue.producers.models import Partner
from checkout.payment.transfers.debts import debt_of, debt_pay, debtor_locked
from checkout.payment.transfers.errors import TransferError
from checkout.payment.transfers.models import BankTransfer
from checkout.payment.transfers.services import awaiting_person, decide, words_of
from checkout.payment.transfers.splitting import transfer_part
from checkout.settlement.bookings import book_transfer_received, book_transfer_returned
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record
from marketplace.money import format_dong

logger = logging.getLogger(__name__)

State = BankTransfer.State


@transaction.atomic
def transfer_pays_debt(
    *, transfer_id: int, producer: Partner, returns_rest: bool, by: User | None
) -> BankTransfer:
    """Let a transfer pay what `producer` owes; what is more goes back to the payer, where that was said (`returns_rest`).

    Raises TransferError where the producer owes nothing, or something would be left that nobody spoke of.
    """
    debtor_locked(producer.pk)
    transfer, owed = awaiting_person(transfer_id), debt_of(producer)
    rest = max(0, transfer.amount - owed)
    if not owed:
        raise TransferError(_("%(producer)s owes nothing.") % {"producer": producer})
    if rest and not returns_rest:
        raise TransferError(
            _("%(producer)s owes %(owed)s: %(rest)s would be left. Say that it goes back.")
            % {"producer": producer, "owed": format_dong(owed), "rest": format_dong(rest)}
        )
    decide(transfer, by)
    book_transfer_received(transfer, at=transfer.booked_at)
    if rest:
        transfer.state = State.SPLIT
        transfer.save(update_fields=["state"])
        debt_pay(transfer=transfer_part(transfer, owed), producer=producer)
        book_transfer_returned(transfer_part(transfer, rest, state=State.TO_RETURN))
    else:
        debt_pay(transfer=transfer, producer=producer)
    audit_record(
        action="transfer.debt", subject=transfer, words=f"{words_of(transfer)}: {producer}", actor=by
    )
    logger.info("transfer %s pays what producer %s owes, %s đồng go back", transfer.pk, producer.pk, rest)
    return transfer
