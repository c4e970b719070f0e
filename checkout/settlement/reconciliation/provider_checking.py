"""Holding what we have of a provider against its own reports, as far as these go."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.db.models import Exists, F, Max, Min, OuterRef, QuerySet

from checkout.payment.models import Payment, Refund
from checkout.settlement.models import LedgerEntry
from checkout.settlement.reconciliation.checking import Found
from checkout.settlement.reconciliation.models import Difference, ProviderMovement

Kind = Difference.Kind
Category = ProviderMovement.Category
#: So long before its last line a report is taken to be whole: providers list some movements late.
_LATE: Final = timedelta(days=1)


def provider_differences() -> Iterator[Found]:
    """Yield what differs between payments, refunds, disputes and the providers' reports."""
    spans = ProviderMovement.objects.order_by().values("provider").annotate(first=Min("at"), last=Max("at"))
    for span in spans:
        provider, first, last = span["provider"], span["first"], span["last"] - _LATE
        movements = ProviderMovement.objects.filter(provider=provider)
        payments = Payment.objects.filter(gateway=provider, state=Payment.State.PAID)
        # What went by our bank instead, and a refund of 0 đồng, is no movement of the provider's.
        refunds = Refund.objects.filter(
            payment__gateway=provider, state=Refund.State.DONE, by_transfer=False, amount__gt=0
        )
        failed = movements.filter(category=Category.REFUND_FAILURE).exclude(source="").values("source")
        yield from _against(
            movements.filter(category=Category.CHARGE),
            payments.annotate(name=F("capture_reference"), order_pk=F("order")),
            missing=payments.filter(paid_at__gte=first, paid_at__lte=last),
            sign=1,
        )
        yield from _against(
            movements.filter(category=Category.REFUND).exclude(source__in=failed),
            refunds.annotate(name=F("reference"), order_pk=F("payment__order")),
            missing=refunds.filter(sent_at__gte=first, sent_at__lte=last),
            sign=-1,
        )
        yield from _disputes(movements.filter(category=Category.DISPUTE))


def _against(
    movements: QuerySet[ProviderMovement], ours: QuerySet[Any], *, missing: QuerySet[Any], sign: int
) -> Iterator[Found]:
    """Hold movements against our rows, which bear the provider's `name` of them; `missing` are those that must be in the reports."""
    for movement in movements.iterator():
        row = ours.filter(name=movement.source).first() if movement.source else None
        key = f"provider:{movement.provider}:{movement.reference}"
        amount = sign * movement.amount
        if row is None:
            yield Found(key, Kind.PROVIDER_UNKNOWN, 0, amount, detail=movement.source)
        elif row.amount != amount:
            yield Found(key, Kind.PROVIDER_AMOUNT, row.amount, amount, row.order_pk, detail=movement.source)
    told = movements.filter(source=OuterRef("name"))
    names = ours.filter(pk__in=missing.values("pk")).filter(~Exists(told))
    for row in names.iterator():
        key = f"provider-missing:{row._meta.model_name}:{row.pk}"
        yield Found(key, Kind.PROVIDER_MISSING, row.amount, 0, row.order_pk, detail=row.name)


def _disputes(movements: QuerySet[ProviderMovement]) -> Iterator[Found]:
    for movement in movements.iterator():
        booked = LedgerEntry.objects.filter(key=f"dispute:{movement.source}:disputed").first()
        found = booked.facts["amount"] if booked else 0
        if found != -movement.amount:
            kind = Kind.PROVIDER_AMOUNT if booked else Kind.PROVIDER_UNKNOWN
            key = f"provider:{movement.provider}:{movement.reference}"
            order_id = booked.order_id if booked else None
            yield Found(key, kind, found, -movement.amount, order_id, detail=movement.source)
