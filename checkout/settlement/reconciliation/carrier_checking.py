"""Holding the cash that our carriers handed over against the ledger, and against what they collected."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from checkout.order.models import Consignment
from checkout.payment.models import Payment
from checkout.settlement.reconciliation.checking import Found, held_against, with_entries
from checkout.settlement.reconciliation.models import Difference
from checkout.shipping.carriers.models import CashRemittance


def carrier_differences() -> Iterator[Found]:
    """Yield what isn't booked of the cash that came in and of carriers' fees, and what of the cash is still missing."""
    ours = CashRemittance.objects.filter(
        shipment__consignment__collected_by=Consignment.Hand.PLATFORM
    ).select_related("shipment__consignment")
    for remittance, entry in with_entries(ours, "remittance:{}"):
        order_id = remittance.shipment.consignment.order_id
        yield from held_against(entry, f"remittance:{remittance.pk}", {"amount": remittance.amount}, order_id)
        if remittance.missing:
            yield Found(
                f"cash-short:{remittance.pk}",
                Difference.Kind.CASH_SHORT,
                remittance.collected,
                remittance.amount + remittance.fee,
                order_id,
                detail=remittance.shipment.number,
            )
    for remittance, entry in with_entries(ours.filter(fee__gt=0), "remittance:{}:fee"):
        yield from held_against(
            entry,
            f"remittance:{remittance.pk}:fee",
            {"amount": remittance.fee},
            remittance.shipment.consignment.order_id,
        )
    yield from _late()


def _late() -> Iterator[Found]:
    """Yield the cash that carriers of ours should have handed over by now (`CARRIER_CASH_DAYS`): nobody else would miss it."""
    handed_over = CashRemittance.objects.filter(shipment__consignment=OuterRef("consignment"))
    late = Payment.objects.filter(
        ~Exists(handed_over),
        gateway="cash",
        consignment__collected_by=Consignment.Hand.PLATFORM,
        paid_at__lt=timezone.now() - timedelta(days=settings.CARRIER_CASH_DAYS),
    )
    for payment in late.order_by("pk").iterator():
        yield Found(
            f"cash-late:{payment.pk}",
            Difference.Kind.CASH_SHORT,
            payment.amount,
            0,
            payment.order_id,
            detail=payment.reference or "",
        )
