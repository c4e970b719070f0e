"""Parcels that won't come, and of which their carrier doesn't know: it couldn't be reached for long, or said no. A person goes on from there."""

import logging

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from checkout.shipping.carriers.errors import ShipmentRefused
from checkout.shipping.carriers.models import WITHDRAWING, Shipment
from checkout.shipping.carriers.services import shipments_withdraw_due
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record
from marketplace.duties import nudge_on_commit

logger = logging.getLogger(__name__)


def shipments_not_withdrawn() -> QuerySet[Shipment]:
    """Return the parcels that were taken back here and that their carrier may still come for, the oldest first."""
    cancelled = Shipment.objects.filter(state=Shipment.State.CANCELLED)
    return cancelled.exclude(error__in=["", WITHDRAWING]).order_by("pk")


@transaction.atomic
def shipment_withdraw_again(*, shipment_id: int, by: User) -> Shipment:
    """Have the carrier told again, from now on as often as the first time. Raises ShipmentRefused where nobody has to."""
    shipment = _locked(shipment_id)
    shipment.error, shipment.attempts, shipment.next_try_at = WITHDRAWING, 0, timezone.now()
    shipment.save(update_fields=["error", "attempts", "next_try_at"])
    nudge_on_commit(shipments_withdraw_due)
    audit_record(action="shipment.withdraw_retried", subject=shipment, words=shipment.number, actor=by)
    return shipment


@transaction.atomic
def shipment_withdrawn_by_phone(*, shipment_id: int, note: str, by: User) -> Shipment:
    """Note that a person told the carrier: whom, and when, says `note`. Raises ShipmentRefused."""
    if not note.strip():
        raise ShipmentRefused(_("Say who at the carrier was told."))
    shipment = _locked(shipment_id)
    shipment.error = ""
    shipment.save(update_fields=["error"])
    audit_record(
        action="shipment.withdrawn_by_phone", subject=shipment, words=shipment.number, reason=note, actor=by
    )
    logger.info("shipment %s: its carrier was told by phone", shipment.pk)
    return shipment


def _locked(shipment_id: int) -> Shipment:
    shipment = shipments_not_withdrawn().select_for_update(of=("self",)).filter(pk=shipment_id).first()
    if shipment is None:
        raise ShipmentRefused(_("The carrier of this parcel needs no more telling."))
    return shipment
