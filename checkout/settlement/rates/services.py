"""What happens to rates: a row that sales were settled by is never overwritten, another one follows it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from catalogue.models import ProductSet
from checkout.settlement.rates.models import (
    CommissionTariff,
    SetTaxKind,
    TaxKind,
    WithholdingRate,
    WithholdingRule,
)
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record
from marketplace.clock import today


@transaction.atomic
def commission_write(
    *, values: Mapping[str, Any], by: User | None, replaces: CommissionTariff | None = None
) -> CommissionTariff:
    """Write a commission and return it; `values` are the model's fields.

    It begins tomorrow at the earliest: what was ordered until today was ordered, and in part settled, under what held then. One that
    `replaces` another which has begun is a new row, and the old one ends the day before. One that hasn't begun is written anew in its place.
    """
    old = CommissionTariff.objects.select_for_update(of=("self",)).get(pk=replaces.pk) if replaces else None
    begun = old if old is not None and old.has_begun else None
    tariff = CommissionTariff(pk=old.pk if old and not begun else None, **{**values, "written_by": by})
    tariff.valid_from = max(tariff.valid_from, today() + timedelta(days=1))
    if begun is not None:
        _end(begun, followed_from=tariff.valid_from)
    tariff.save()
    words = f"{tariff.name}: {tariff.rate / 100:g} %"
    audit_record(action="commission.written", subject=tariff, words=words, actor=by)
    return tariff


@transaction.atomic
def withholding_write(
    *,
    law: str,
    seller_kinds: Iterable[str],
    valid_from: date,
    rates: Mapping[str, tuple[int, int]],
    by: User | None,
) -> WithholdingRule:
    """Write what the law says from a day on (tomorrow at the earliest) and return it; what held before ends the day before.

    `rates` gives VAT and income tax (hundredths of a per cent) of every kind of goods. It is confirmed by whoever writes it.
    """
    valid_from = max(valid_from, today() + timedelta(days=1))
    for rule in WithholdingRule.objects.select_for_update().filter(valid_from__lt=valid_from):
        _end(rule, followed_from=valid_from)
    rule = WithholdingRule.objects.create(
        law=law,
        seller_kinds=sorted(seller_kinds),
        valid_from=valid_from,
        written_by=by,
        confirmed_by=by,
        confirmed_at=timezone.now(),
    )
    WithholdingRate.objects.bulk_create(
        WithholdingRate(rule=rule, kind=kind, vat=vat, pit=pit) for kind, (vat, pit) in rates.items()
    )
    audit_record(action="withholding.written", subject=rule, actor=by)
    return rule


@transaction.atomic
def withholding_confirm(
    *, rule: WithholdingRule, by: User | None, at: datetime | None = None
) -> WithholdingRule:
    """Record that a person has held the rates against the law."""
    rule.confirmed_at, rule.confirmed_by = at or timezone.now(), by
    rule.save(update_fields=["confirmed_at", "confirmed_by"])
    audit_record(action="withholding.confirmed", subject=rule, actor=by)
    return rule


@transaction.atomic
def set_tax_kind_write(*, product_set: ProductSet, kind: str, by: User | None) -> None:
    """Say of what kind the goods of a set are for the tax; sales that are booked stay as they are."""
    if kind == TaxKind.GOODS:
        SetTaxKind.objects.filter(product_set=product_set).delete()
    else:
        SetTaxKind.objects.update_or_create(product_set=product_set, defaults={"kind": kind})
    audit_record(action="withholding.set", subject=product_set, reason=kind, actor=by)


def _end(row: CommissionTariff | WithholdingRule, *, followed_from: date) -> None:
    """Let a row end the day before another begins, unless it ends earlier."""
    last_day = max(row.valid_from, followed_from - timedelta(days=1))
    if row.valid_until is None or row.valid_until > last_day:
        row.valid_until = last_day
        row.save(update_fields=["valid_until"])
