"""Oscar's strategy on our prices and the one rule: what a pack costs and whether it may be bought, at one moment.

A strategy lives as long as a request. It never asks who the visitor is: that would make public pages vary by cookie.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from oscar.apps.partner import strategy as oscar_strategy
from oscar.apps.partner.strategy import PurchaseInfo

from catalogue.certification.facts import facts_for
from catalogue.certification.rules import PackFacts, SaleDecision, sale_decision
from catalogue.certification.verdicts import VerdictReason
from catalogue.models import Product
from catalogue.packs import PackOffer, lead_pack
from catalogue.pricing.selectors import PackPrice, prices_at
from catalogue.producers.availability import SaleAvailability
from catalogue.producers.models import StockRecord
from catalogue.producers.prices import PackPricePolicy, Unavailable
from marketplace.clock import day_of

__all__ = ["Default", "PurchaseInfo", "Selector"]


class Default(oscar_strategy.Base):
    """Prices and availability at one moment: that of its making, so that a page agrees with itself."""

    def __init__(
        self, request: HttpRequest | None = None, *, at: datetime | None = None, adult: bool | None = None
    ) -> None:
        self.request = request
        self.user = None
        self.at = at or timezone.now()
        self.adult = bool(getattr(request, "is_adult", False)) if adult is None else adult
        self._facts: dict[int, PackFacts] = {}
        self._prices: dict[int, PackPrice] = {}
        self._stock: dict[int, StockRecord] = {}
        self._known: set[int] = set()

    def preload(self, pack_ids: Iterable[int]) -> None:
        """Read what is asked of these packs, in a constant number of queries: a basket calls it once for all its lines."""
        missing = set(pack_ids) - self._known
        if not missing:
            return
        self._facts |= facts_for(missing, at=self.at)
        self._prices |= prices_at(missing, self.at)
        records = StockRecord.objects.filter(product__in=missing).select_related("partner")
        self._stock |= {record.product_id: record for record in records}
        self._known |= missing

    def price(self, pack_id: int) -> PackPrice | None:
        """Return the price of a pack, or None where it has none."""
        self.preload([pack_id])
        return self._prices.get(pack_id)

    def decision(self, pack_id: int) -> SaleDecision:
        """Return the verdict of the one rule on a pack."""
        self.preload([pack_id])
        facts = self._facts.get(pack_id)
        if facts is None:
            return SaleDecision(shown=False, sold=False, reason=VerdictReason.NO_PACK)
        return sale_decision(facts=facts, on=day_of(self.at), at=self.at, adult=self.adult)

    def fetch_for_product(self, product: Product, stockrecord: StockRecord | None = None) -> PurchaseInfo:
        """Return price, availability and stock record of a pack; `stockrecord` is ignored: a pack has one."""
        if product.is_parent:
            return self.fetch_for_parent(product)
        decision = self.decision(product.pk)
        price = self._prices.get(product.pk)
        facts = self._facts.get(product.pk)
        return PurchaseInfo(
            price=PackPricePolicy(price) if price else Unavailable(),
            availability=SaleAvailability(decision, facts.available if facts else 0),
            stockrecord=self._stock.get(product.pk),
        )

    def fetch_for_parent(self, product: Product) -> PurchaseInfo:
        """Return what holds for the lead pack of a good."""
        packs = list(product.children.all())
        self.preload(pack.pk for pack in packs)
        offers = [
            PackOffer(
                pack.pk,
                self._prices[pack.pk].now if pack.pk in self._prices else None,
                self.decision(pack.pk).sold,
            )
            for pack in packs
        ]
        lead = lead_pack(offers, chosen=product.lead_pack_id)
        if lead is None:
            nothing = SaleDecision(shown=False, sold=False, reason=VerdictReason.NO_PACK)
            return PurchaseInfo(Unavailable(), SaleAvailability(nothing, 0), None)
        return self.fetch_for_product(next(pack for pack in packs if pack.pk == lead.pk))


class Selector:
    """What Oscar asks for a strategy."""

    def strategy(self, request: HttpRequest | None = None, user: Any = None, **_options: Any) -> Default:
        """Return a strategy for this request, or for now and a visitor of unknown age."""
        return Default(request)
