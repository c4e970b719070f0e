"""What a campaign would do to which pack, and what it may not touch and why."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalogue.certification.programme import rule_book
from catalogue.certification.rules import shown_q
from catalogue.models import Product
from catalogue.pricing.selectors import PackPrice, prices_at
from checkout.campaigns.models import Campaign, DiscountRule
from marketplace.clock import day_of
from marketplace.money import badge_percent, reduced_price

#: Prices are asked for so many packs at a time.
PACKS_AT_ONCE = 10_000


class Refusal(StrEnum):
    """Why a pack keeps its price."""

    NO_PRICE = "no_price"
    NOT_LOWER = "not_lower"
    ABOVE_CAP = "above_cap"
    STRONG_ALCOHOL = "strong_alcohol"

    @property
    def text(self) -> str | Promise:
        """The reason for the admin."""
        return _TEXTS[self]


_TEXTS: dict[Refusal, str | Promise] = {
    Refusal.NO_PRICE: _("It has no normal price."),
    Refusal.NOT_LOWER: _("The campaign's price isn't below the normal price."),
    Refusal.ABOVE_CAP: _("The discount is larger than the law allows."),
    Refusal.STRONG_ALCOHOL: _("Alcohol of this strength, or of unknown strength, may not be promoted."),
}


@dataclass(frozen=True, slots=True)
class PreviewItem:
    """One pack; amounts in whole đồng. `price` is what the campaign would ask, None where it would ask nothing."""

    pack_id: int
    pack_label: str
    good_id: int
    good_name: str
    producer_name: str
    price_before: int | None
    price: int | None
    #: Whole per cent, rounded down.
    badge_percent: int
    refusal: Refusal | None

    @property
    def included(self) -> bool:
        return self.refusal is None


@dataclass(frozen=True, slots=True)
class Preview:
    """Every pack of the selection, and the cap that was held against it."""

    items: tuple[PreviewItem, ...]
    rule: DiscountRule
    #: The largest discount in per cent that holds for this campaign.
    cap: int
    #: Goods chosen by hand that aren't shown on the day it starts, such as without a certificate in force: key and name.
    hidden: tuple[tuple[int, str], ...] = ()

    @property
    def included(self) -> list[PreviewItem]:
        return [item for item in self.items if item.included]

    @property
    def refused(self) -> list[PreviewItem]:
        return [item for item in self.items if not item.included]

    @property
    def refusals(self) -> list[tuple["Refusal", int]]:
        """How many packs keep their price for which reason, most packs first."""
        return Counter(item.refusal for item in self.items if item.refusal).most_common()

    @property
    def prices(self) -> dict[int, int]:
        """The new prices (đồng) by pack."""
        return {item.pack_id: item.price for item in self.items if item.included and item.price}


def rule_on(day: date) -> DiscountRule:
    """Return the cap on discounts in force on `day`; before the first one, the first."""
    rules = DiscountRule.objects.order_by("in_force_from")
    rule = rules.filter(in_force_from__lte=day).last() or rules.first()
    if rule is None:
        raise DiscountRule.DoesNotExist("no cap on discounts is on record")
    return rule


def campaign_preview(*, campaign: Campaign) -> Preview:
    """Return what the campaign would do, judged by the law and the normal prices at its start; a constant number of queries.

    The cap counts from the normal price right before the promotion (Decree 81/2018/NĐ-CP, see `DiscountRule`).
    """
    day = day_of(campaign.starts_at)
    rule = rule_on(day)
    cap = rule.concentrated_percent if campaign.concentrated_decision else rule.largest_percent
    exempt = set(rule.exempt_sets.values_list("pk", flat=True))
    law = rule_book().alcohol_on(day)
    packs = list(
        Product.objects.filter(structure=Product.CHILD, parent__in=campaign_goods(campaign))
        .select_related("parent__producer")
        .order_by("parent__producer__name", "parent_id", "pk")
    )
    prices = _prices([pack.pk for pack in packs], campaign.starts_at)
    return Preview(
        items=tuple(
            _item(
                campaign,
                pack,
                prices.get(pack.pk),
                cap=100 if pack.parent.product_set_id in exempt else cap,
                barred=pack.parent.alcohol == Product.Alcohol.ALCOHOL
                and law.bars_promotion(pack.parent.alcohol_strength),
            )
            for pack in packs
        ),
        rule=rule,
        cap=cap,
        hidden=tuple(
            (good.pk, good.get_title())
            for good in campaign.goods.exclude(
                pk__in=Product.objects.filter(shown_q(day, adult=True)).values("pk")
            ).order_by("title_vi", "pk")
        ),
    )


def campaign_goods(campaign: Campaign) -> QuerySet[Product]:
    """Return the goods of a campaign that may be shown on the day it starts."""
    by_hand = Q(pk__in=_ids(campaign.goods.values_list("pk", flat=True)))
    narrowed = Q()
    sets = _ids(campaign.sets.values_list("pk", flat=True))
    provinces = _ids(campaign.provinces.values_list("pk", flat=True))
    producers = _ids(campaign.producers.values_list("pk", flat=True))
    if sets:
        narrowed &= Q(product_set__in=sets)
    if provinces:
        narrowed &= Q(producer__commune__province__in=provinces)
    if producers:
        narrowed &= Q(producer__in=producers)
    selection = by_hand | narrowed if narrowed else by_hand
    return Product.objects.filter(selection, shown_q(day_of(campaign.starts_at), adult=True))


def above_cap(*, price: int, before: int, cap: int) -> bool:
    """Return whether cutting `before` to `price` (đồng) takes off more than `cap` per cent."""
    return price * 100 < before * (100 - cap)


def _prices(pack_ids: list[int], at: datetime) -> dict[int, PackPrice]:
    """Return the prices of packs; a database takes only so many keys in one question."""
    found: dict[int, PackPrice] = {}
    for first in range(0, len(pack_ids), PACKS_AT_ONCE):
        found |= prices_at(pack_ids[first : first + PACKS_AT_ONCE], at)
    return found


def _item(
    campaign: Campaign, pack: Product, current: PackPrice | None, *, cap: int, barred: bool
) -> PreviewItem:
    before = current.normal if current else None
    price = _new_price(campaign, before)
    return PreviewItem(
        pack_id=pack.pk,
        pack_label=pack.title,
        good_id=pack.parent_id,
        good_name=pack.parent.title,
        producer_name=pack.parent.producer.name,
        price_before=before,
        price=price,
        badge_percent=badge_percent(now=price, before=before) if price and before else 0,
        refusal=_refusal(price, before, cap=cap, barred=barred),
    )


def _new_price(campaign: Campaign, before: int | None) -> int | None:
    if before is None:
        return None
    if campaign.kind == Campaign.Kind.PRICE:
        return campaign.price
    return reduced_price(before, percent=campaign.percent or 0)


def _refusal(price: int | None, before: int | None, *, cap: int, barred: bool) -> Refusal | None:
    if barred:
        return Refusal.STRONG_ALCOHOL
    if price is None or before is None:
        return Refusal.NO_PRICE
    if price >= before:
        return Refusal.NOT_LOWER
    if above_cap(price=price, before=before, cap=cap):
        return Refusal.ABOVE_CAP
    return None


def _ids(found: Iterable[object]) -> list[object]:
    return list(found)
