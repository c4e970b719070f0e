"""Gives parcels to carriers and takes them back. Which carrier carries decides whose the charge is, and through whose hands the cash goes.

Locks as everywhere: order, consignment. The carrier is called outside of any transaction; a shipment without number is a duty until it has one.
"""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.producers.models import Partner
from checkout.order.consignments import OUTSTANDING, cash_due
from checkout.order.models import Consignment, Order
from checkout.shipping.carriers.base import ParcelData, Party
from checkout.shipping.carriers.errors import CarrierRefused, CarrierUnavailable, ShipmentRefused
from checkout.shipping.carriers.models import NOT_WITHDRAWN, WITHDRAWING, Carrier, Shipment
from checkout.shipping.carriers.registry import adapter_for
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record
from marketplace.duties import claim_due, next_try, nudge_on_commit

logger = logging.getLogger(__name__)
State = Shipment.State
LIVE = (State.PENDING, State.REGISTERED)


@transaction.atomic
def carrier_write(*, values: Mapping[str, Any], by: User, carrier: Carrier | None = None) -> Carrier:
    """Write a carrier with its contract; parcels that it has keep to what held when they were given to it."""
    written = carrier or Carrier()
    for name, value in values.items():
        setattr(written, name, value)
    written.save()
    audit_record(action="carrier.written", subject=written, words=written.name, actor=by)
    logger.info("carrier %s written by %s", written.code, by.pk)
    return written


@transaction.atomic
def shipment_create(*, consignment_id: int, carrier: Carrier, by: User | None) -> Shipment:
    """Give a packed consignment to `carrier` and return the shipment; given to the same carrier again, it stays the same one.

    From now on `Consignment.carried_by` says whose contract it is. Raises ShipmentRefused.
    """
    consignment = consignment_locked(consignment_id)
    live = consignment.shipments.filter(state__in=LIVE).first()
    if live is not None and live.carrier_id == carrier.pk:
        return live
    if live is not None:
        raise ShipmentRefused(
            _("%(number)s is already with another carrier.") % {"number": consignment.number}
        )
    if not carrier.is_active or carrier.producer_id not in (None, consignment.producer_id):
        raise ShipmentRefused(_("This carrier doesn't carry your parcels."))
    if consignment.method == Consignment.Method.PICKUP:
        raise ShipmentRefused(_("%(number)s is fetched by its buyer.") % {"number": consignment.number})
    if consignment.state != Consignment.State.PACKED:
        raise ShipmentRefused(_("%(number)s isn't packed.") % {"number": consignment.number})
    consignment.carried_by = carrier.carried_by
    consignment.save(update_fields=["carried_by"])
    shipment = Shipment(carrier=carrier, consignment=consignment, cash=cash_due(consignment), created_by=by)
    if carrier.adapter == Carrier.Adapter.TABLE:
        _register(shipment, _free_number(carrier, consignment))
    shipment.save()
    if shipment.state == State.PENDING:
        nudge_on_commit(shipments_register_due)
    audit_record(action="shipment.created", subject=consignment, reason=carrier.name, actor=by)
    logger.info("consignment %s given to carrier %s", consignment.number, carrier.code)
    return shipment


@transaction.atomic
def shipment_cancel(*, shipment_id: int, by: User | None) -> Shipment:
    """Take a parcel back from its carrier before it was handed over. Taken back again, nothing changes. Raises ShipmentRefused.

    The carrier is told once this is committed (`shipments_withdraw_due` tries until it knows).
    """
    known = Shipment.objects.select_related("carrier").get(pk=shipment_id)
    consignment = consignment_locked(known.consignment_id)
    shipment = Shipment.objects.select_for_update(of=("self",)).select_related("carrier").get(pk=shipment_id)
    if shipment.state not in LIVE:
        return shipment
    if consignment.state not in (Consignment.State.PACKED, Consignment.State.CANCELLED):
        raise ShipmentRefused(_("%(number)s is already on its way.") % {"number": consignment.number})
    _take_back(shipment)
    consignment.carried_by = Consignment.Hand.PRODUCER
    consignment.save(update_fields=["carried_by"])
    audit_record(action="shipment.cancelled", subject=consignment, reason=shipment.carrier.name, actor=by)
    logger.info("shipment %s taken back by %s", shipment.pk, by.pk if by else "the system")
    return shipment


def shipments_take_back(consignments: Iterable[Consignment]) -> None:
    """Take parcels that were cancelled back from their carriers, so that nobody comes for them; the consignments are locked by the caller."""
    live = Shipment.objects.filter(consignment__in=list(consignments), state__in=LIVE)
    for shipment in live.select_for_update(of=("self",)).select_related("carrier").order_by("pk"):
        _take_back(shipment)
        logger.info("shipment %s taken back: its parcel was cancelled", shipment.pk)


def _take_back(shipment: Shipment) -> None:
    is_told = shipment.carrier.adapter == Carrier.Adapter.TABLE or not shipment.number
    shipment.state = State.CANCELLED
    shipment.next_try_at = timezone.now()
    shipment.attempts = 0
    shipment.error = "" if is_told else WITHDRAWING
    shipment.save(update_fields=["state", "next_try_at", "attempts", "error"])
    if not is_told:
        nudge_on_commit(shipments_withdraw_due)


def shipments_register_due() -> int:
    """Tell carriers of the parcels that have no number yet; return how many got one. Safe on any number of workers."""
    return sum(_try_to_register(shipment) for shipment in claim_due(Shipment.objects.all()))


def shipments_withdraw_due() -> int:
    """Tell carriers which parcels won't come; return how many were told."""
    told = 0
    waiting = Shipment.objects.filter(
        state=State.CANCELLED, error=WITHDRAWING, next_try_at__lte=timezone.now()
    ).select_related("carrier")
    for shipment in waiting[:100]:
        try:
            adapter_for(shipment.carrier).cancel(shipment.carrier, shipment.number)
        except CarrierUnavailable:
            moment = next_try(shipment.attempts + 1)
            Shipment.objects.filter(pk=shipment.pk).update(
                attempts=shipment.attempts + 1,
                **({"next_try_at": moment} if moment else {"error": NOT_WITHDRAWN}),
            )
        except CarrierRefused as error:
            Shipment.objects.filter(pk=shipment.pk).update(error=str(error)[:255])
        else:
            told += Shipment.objects.filter(pk=shipment.pk, error=WITHDRAWING).update(error="")
    return told


def _try_to_register(shipment: Shipment) -> bool:
    shipment = (
        Shipment.objects.select_related(
            "carrier", "consignment__order", "consignment__producer__commune__province"
        )
        .select_related("consignment__shipping_address__commune__province")
        .get(pk=shipment.pk)
    )
    try:
        number = adapter_for(shipment.carrier).create(shipment.carrier, parcel_data(shipment))
    except CarrierUnavailable as error:
        moment = next_try(shipment.attempts)
        _note(shipment, error, state=State.PENDING if moment else State.FAILED, next_try_at=moment)
        return False
    except CarrierRefused as error:
        _note(shipment, error, state=State.FAILED)
        return False
    with transaction.atomic():
        consignment_locked(shipment.consignment_id)
        current = Shipment.objects.select_for_update(of=("self",)).get(pk=shipment.pk)
        if current.state == State.PENDING:
            _register(current, number)
            current.save(update_fields=["state", "number", "error"])
            return True
        # Taken back while the carrier was being told: it has to be told that too.
        Shipment.objects.filter(pk=current.pk, state=State.CANCELLED).update(
            number=number, error=WITHDRAWING, next_try_at=timezone.now()
        )
        nudge_on_commit(shipments_withdraw_due)
    return False


def _note(shipment: Shipment, error: Exception, *, state: str, next_try_at: Any = None) -> None:
    changes: dict[str, Any] = {"state": state, "error": (str(error) or type(error).__name__)[:255]}
    if next_try_at:
        changes["next_try_at"] = next_try_at
    with transaction.atomic():
        Shipment.objects.filter(pk=shipment.pk, state=State.PENDING).update(**changes)
        if state == State.FAILED:  # nobody carries it yet
            Consignment.objects.filter(pk=shipment.consignment_id, state=Consignment.State.PACKED).update(
                carried_by=Consignment.Hand.PRODUCER
            )
    logger.warning("shipment %s not registered: %s", shipment.pk, changes["error"])


def _register(shipment: Shipment, number: str) -> None:
    shipment.number, shipment.state, shipment.error = number, State.REGISTERED, ""


def _free_number(carrier: Carrier, consignment: Consignment) -> str:
    """Return the consignment's own number, with a letter behind it where an earlier try was taken back."""
    earlier = carrier.shipments.filter(consignment=consignment).count()
    return f"{consignment.number}{f'-{earlier + 1}' if earlier else ''}"


def consignment_locked(consignment_id: int) -> Consignment:
    """Return a confirmed consignment with its order's row and its own locked, in this order. Raises ShipmentRefused."""
    order_id = Consignment.objects.values_list("order", flat=True).get(pk=consignment_id)
    order = Order.objects.select_for_update(of=("self",)).get(pk=order_id)
    consignment: Consignment = Consignment.objects.select_for_update(of=("self",)).get(pk=consignment_id)
    consignment.order = order
    if order.confirmed_at is None:
        raise ShipmentRefused(_("This order is not confirmed yet."))
    return consignment


def parcel_data(shipment: Shipment) -> ParcelData:
    """Return what the carrier is told of a shipment: no more than it needs."""
    consignment = shipment.consignment
    address = consignment.shipping_address
    if address is None or address.commune is None:
        raise CarrierRefused("the consignment has no address")
    return ParcelData(
        key=f"{consignment.number}:{shipment.pk}",
        sender=_sender(consignment.producer),
        receiver=Party(
            name=address.recipient_name,
            phone=address.phone,
            street=address.street,
            commune=address.commune.name,
            commune_code=address.commune.code,
            province=address.commune.province.name,
            province_code=address.commune.province_id,
            district_code=address.legacy_district_code,
        ),
        weight=consignment.chargeable_weight,
        worth=consignment.goods_total,
        cash=shipment.cash if consignment.state in OUTSTANDING else 0,
        note=address.note,
    )


def _sender(producer: Partner) -> Party:
    commune = producer.commune
    return Party(
        name=producer.name,
        phone=producer.public_phone,
        street=producer.street or producer.address_text,
        commune=commune.name if commune else "",
        commune_code=commune.code if commune else "",
        province=commune.province.name if commune else "",
        province_code=commune.province_id if commune else "",
    )
