"""Writes about producers: who may sell, and what the shop shows of them."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from catalogue.changes import mark_changed
from catalogue.models import Product
from catalogue.producers.models import Partner
from marketplace.accounts.models import User

#: Particulars of a seller's identity that must be known before it may sell (see `domain.md`).
REQUIRED_OF_A_SELLER = ("registration_number_or_tax_number", "representative", "phone", "address")


class SellerNotComplete(Exception):
    """A producer cannot be verified: `missing` names the particulars that lack."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


def missing_particulars(producer: Partner) -> list[str]:
    """Return which of `REQUIRED_OF_A_SELLER` are still unknown."""
    known = {
        "registration_number_or_tax_number": bool(producer.registration_number or producer.tax_number),
        "representative": bool(producer.representative),
        "phone": bool(producer.phone),
        "address": bool(producer.commune_id and (producer.street or producer.address_text)),
    }
    return [name for name in REQUIRED_OF_A_SELLER if not known[name]]


@transaction.atomic
def producer_update(*, producer: Partner, by: User, **particulars: Any) -> Partner:
    """Write `particulars` of `producer` and mark its goods for the index."""
    locked = Partner.objects.select_for_update().get(pk=producer.pk)
    for name, value in particulars.items():
        setattr(locked, name, value)
    locked.save()
    _goods_changed(locked)
    return locked


@transaction.atomic
def seller_verify(*, producer: Partner, by: User) -> Partner:
    """Let `producer` sell. Raises SellerNotComplete while its identity isn't known in full."""
    locked = Partner.objects.select_for_update().get(pk=producer.pk)
    if missing := missing_particulars(locked):
        raise SellerNotComplete(missing)
    return _seller_state(locked, Partner.SellerState.VERIFIED, "")


@transaction.atomic
def seller_suspend(*, producer: Partner, by: User, reason: str) -> Partner:
    """Stop `producer` from selling; its goods stay to be seen, without a buy button."""
    locked = Partner.objects.select_for_update().get(pk=producer.pk)
    return _seller_state(locked, Partner.SellerState.SUSPENDED, reason)


def _seller_state(producer: Partner, state: str, reason: str) -> Partner:
    producer.seller_state = state
    producer.seller_state_reason = reason
    producer.seller_state_changed_at = timezone.now()
    producer.save(update_fields=["seller_state", "seller_state_reason", "seller_state_changed_at"])
    _goods_changed(producer)
    return producer


def _goods_changed(producer: Partner) -> None:
    mark_changed(
        Product.objects.filter(producer=producer, structure=Product.PARENT).values_list("pk", flat=True)
    )
