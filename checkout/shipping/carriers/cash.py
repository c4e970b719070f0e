"""The cash that the marketplace's carriers collected and handed over: each parcel's once, booked where it lies."""

import logging
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from django.db import transaction

from checkout.order.models import Consignment
from checkout.order.services import consignment_deliver
from checkout.settlement.bookings import book_cash_fee, book_cash_remitted
from checkout.shipping.carriers.models import Carrier, CashFile, CashRemittance, Shipment
from checkout.shipping.carriers.services import consignment_locked
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record
from marketplace.clock import VIETNAM

logger = logging.getLogger(__name__)


def cash_file_take(
    *, carrier: Carrier, name: str, digest: str, rows: Iterable[Mapping[str, Any]], by: User | None
) -> int:
    """Take a carrier's cash file and return how many parcels' cash came in now. Taken again, it changes nothing.

    `rows` are those of `cash_file_read`. Cash that was handed over proves the delivery: a parcel still on its way counts as delivered.
    Each parcel is a transaction of its own, so that one that can't be taken keeps no other out.
    """
    with transaction.atomic():
        file, _is_new = CashFile.objects.get_or_create(
            carrier=carrier, digest=digest, defaults={"name": name[:160], "uploaded_by": by}
        )
        audit_record(action="cash_file.taken", subject=file, words=f"{carrier.name}: {file.name}", actor=by)
    taken = sum(_take(file, row) for row in sorted(rows, key=lambda one: int(one["shipment"])))
    logger.info("cash file %s of %s: %d parcels", file.pk, carrier.code, taken)
    return taken


@transaction.atomic
def _take(file: CashFile, row: Mapping[str, Any]) -> bool:
    shipment = Shipment.objects.select_related("carrier").get(pk=row["shipment"], carrier=file.carrier)
    consignment = consignment_locked(shipment.consignment_id)
    if CashRemittance.objects.filter(shipment=shipment).exists() or row["collected"] != shipment.cash:
        return False
    if consignment.state == Consignment.State.SHIPPED:
        consignment = consignment_deliver(consignment_id=consignment.pk, actor_kind="carrier")
    if consignment.state != Consignment.State.DELIVERED:
        return False
    remitted_on = date.fromisoformat(row["on"])
    remittance = CashRemittance.objects.create(
        file=file,
        shipment=shipment,
        collected=row["collected"],
        amount=row["amount"],
        fee=row.get("fee", 0),
        remitted_on=remitted_on,
    )
    if consignment.collected_by == Consignment.Hand.PLATFORM:
        at = datetime.combine(remitted_on, time(12), tzinfo=VIETNAM)
        book_cash_remitted(remittance, consignment=consignment, at=at)
        book_cash_fee(remittance, consignment=consignment, at=at)
    return True
