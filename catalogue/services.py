"""Writes goods and packs. Each verb is one transaction, marks the good for the index, and refuses with a reason for the reader."""

import logging
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from oscar.core.loading import get_model

from catalogue.alcohol import could_be_alcohol
from catalogue.changes import mark_changed
from catalogue.errors import (
    CodeTaken,
    DetailUnknown,
    PackOfAnotherGood,
    ReasonMissing,
    StockPromised,
    StrengthMissing,
    TitleMissing,
)
from catalogue.models import ALCOHOL_SETS, ListingEvent, Product, ProductSet, Sector
from catalogue.pricing.services import normal_price_set
from catalogue.producers.models import Partner, StockRecord
from marketplace.accounts.models import User
from marketplace.places.models import Commune

logger = logging.getLogger(__name__)

#: The one kind of goods that Oscar knows here.
PRODUCT_CLASS = "ocop"
_TRANSLATED = (
    "title", "description", "net_quantity", "ingredients", "storage", "shelf_life", "usage", "origin", "warnings",
    "other_channels",
)  # fmt: skip
#: What `details` of a good may hold: texts in both languages, code, place, strength, season (two months, or none), how it travels.
GOOD_DETAILS = frozenset(
    [f"{field}_{language}" for field in _TRANSLATED for language in ("vi", "en")]
    + ["ocop_code", "commune", "alcohol_strength", "season_first", "season_last", "is_sample", "keeps_days"]
    + ["needs_cooling"]
)
#: What `details` of a pack may hold: its label in both languages; grams with packing; millimetres.
PACK_DETAILS = frozenset(["title_vi", "title_en", "weight", "length", "width", "height", "upc"])


@transaction.atomic
def good_create(
    *,
    producer: Partner,
    title: str,
    sector: Sector | None = None,
    product_set: ProductSet | None = None,
    suggested_set: ProductSet | None = None,
    commune: Commune | None = None,
    details: Mapping[str, Any] | None = None,
) -> Product:
    """Create a good with its Vietnamese `title`; `details` are further fields of `GOOD_DETAILS`.

    A set that isn't confirmed is left out; the good then counts as suspected alcohol where its name or sector could mean that.

    Raises TitleMissing, DetailUnknown, and StrengthMissing for a set of alcohol without strength.
    """
    good = Product(
        structure=Product.PARENT,
        product_class=_product_class(),
        producer=producer,
        product_set=product_set,
        suggested_set=None if product_set else suggested_set,
        sector=product_set.sector if product_set else sector,
        commune=commune,
    )
    _write_details(good, {"title_vi": title, **(details or {})}, GOOD_DETAILS)
    _settle_alcohol(good)
    good.save()
    mark_changed([good.pk])
    return good


@transaction.atomic
def good_update(*, good: Product, details: Mapping[str, Any]) -> Product:
    """Change fields of `GOOD_DETAILS`. Raises TitleMissing, DetailUnknown and StrengthMissing."""
    good = _locked(good)
    _write_details(good, details, GOOD_DETAILS)
    _settle_alcohol(good)
    good.save()
    mark_changed([good.pk])
    return good


@transaction.atomic
def set_confirm(
    *, good: Product, product_set: ProductSet, alcohol_strength: Decimal | None = None
) -> Product:
    """Record that a person has decided the product set; this also settles whether the good is alcohol.

    `alcohol_strength` is per cent by volume. Raises StrengthMissing for a set of alcohol where it isn't known.
    """
    good = _locked(good)
    good.product_set = product_set
    good.sector = product_set.sector
    good.suggested_set = None
    if alcohol_strength is not None:
        good.alcohol_strength = alcohol_strength
    _settle_alcohol(good)
    good.save()
    mark_changed([good.pk])
    return good


@transaction.atomic
def listing_suspend(*, good: Product, reason: str, by: User | None = None) -> Product:
    """Take a good off the shop, certificate or not. Twice changes nothing. Raises ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing(_("Say why the listing is suspended."))
    return _listing_set(good, Product.Listing.SUSPENDED, reason.strip(), by)


@transaction.atomic
def listing_restore(*, good: Product, reason: str = "", by: User | None = None) -> Product:
    """Show a suspended good again, as far as the one rule allows. Twice changes nothing."""
    return _listing_set(good, Product.Listing.ACTIVE, reason.strip(), by)


@transaction.atomic
def lead_pack_set(*, good: Product, pack: Product | None) -> Product:
    """Let `pack` stand for the good; None leaves it to the cheapest that is sold. Raises PackOfAnotherGood."""
    good = _locked(good)
    if pack is not None and pack.parent_id != good.pk:
        raise PackOfAnotherGood(_("This pack belongs to other goods."))
    good.lead_pack = pack
    good.save(update_fields=["lead_pack"])
    mark_changed([good.pk])
    return good


@transaction.atomic
def pack_create(
    *,
    good: Product,
    label: str,
    stock: int = 0,
    weight: int | None = None,
    price: int | None = None,
    price_source: str = "producer",
    sku: str = "",
    details: Mapping[str, Any] | None = None,
    by: User | None = None,
) -> Product:
    """Create a pack of `good`: `label` in Vietnamese, `stock` in packs, `weight` in grams with packing, `price` in đồng.

    `sku` is the producer's own code; without one the pack gets one. Raises TitleMissing, DetailUnknown and CodeTaken.
    """
    good = _locked(good)
    pack = Product(structure=Product.CHILD, parent=good)
    _write_details(pack, {"title_vi": label, "weight": weight, **(details or {})}, PACK_DETAILS)
    pack.save()
    record = StockRecord(product=pack, partner=good.producer, num_in_stock=stock)
    _write_sku(record, sku)
    if price is not None:
        normal_price_set(pack=pack, amount=price, source=price_source, by=by)
    mark_changed([good.pk])
    return pack


@transaction.atomic
def pack_update(*, pack: Product, details: Mapping[str, Any], sku: str | None = None) -> Product:
    """Change fields of `PACK_DETAILS`, and the producer's code: None leaves it, an empty one is made anew.

    Raises TitleMissing, DetailUnknown and CodeTaken.
    """
    pack = _locked(pack)
    _write_details(pack, details, PACK_DETAILS)
    pack.save()
    if sku is not None:
        _write_sku(StockRecord.objects.select_for_update(of=("self",)).get(product=pack), sku)
    mark_changed([pack.parent_id])
    return pack


@transaction.atomic
def stock_set(*, pack: Product, quantity: int, by: User | None = None) -> StockRecord:
    """Record that `quantity` packs lie on the shelf, those promised to orders among them.

    Raises StockPromised where orders not yet shipped need more than that.
    """
    record = StockRecord.objects.select_for_update(of=("self",)).get(product=pack)
    if quantity < record.num_allocated:
        raise StockPromised(
            _(
                "%(promised)d packs are promised to orders that are not shipped yet; the stock cannot be lower."
            )
            % {"promised": record.num_allocated},
            record.num_allocated,
        )
    logger.info(
        "stock counted",
        extra={"pack": pack.pk, "before": record.num_in_stock, "now": quantity, "by": by.pk if by else None},
    )
    record.num_in_stock = quantity
    record.save(update_fields=["num_in_stock", "date_updated"])
    mark_changed([pack.parent_id])
    return record


@transaction.atomic
def cooled_sets_write(*, sets: Iterable[ProductSet]) -> None:
    """Say of which product sets goods travel cooled; of the others they don't, unless a good says so itself."""
    cooled = [one.pk for one in sets]
    ProductSet.objects.filter(pk__in=cooled, needs_cooling=False).update(needs_cooling=True)
    ProductSet.objects.filter(needs_cooling=True).exclude(pk__in=cooled).update(needs_cooling=False)


def alcohol_of_set(number: int) -> str:
    """Return which value of `Product.Alcohol` goods of the confirmed set with this number have."""
    return Product.Alcohol.ALCOHOL if number in ALCOHOL_SETS else Product.Alcohol.NONE


def alcohol_of(*, product_set: ProductSet | None, sector: Sector | None, titles: list[str]) -> str:
    """Return which value of `Product.Alcohol` goods have: a confirmed set decides, else names and sector can raise suspicion."""
    if product_set is not None:
        return alcohol_of_set(product_set.number)
    sector_name = sector.name if sector else ""
    if any(could_be_alcohol(title, sector_name) for title in titles):
        return Product.Alcohol.SUSPECTED
    return Product.Alcohol.NONE


def _settle_alcohol(good: Product) -> None:
    titles = [title for title in (good.title_vi, good.title_en) if title]
    known = alcohol_of(product_set=good.product_set, sector=good.sector, titles=titles)
    # What raised suspicion may stand in a list that neither name nor sector repeats: only a confirmed set ends it.
    suspected = good.product_set is None and good.alcohol == Product.Alcohol.SUSPECTED
    good.alcohol = Product.Alcohol.SUSPECTED if suspected else known
    if good.alcohol == Product.Alcohol.NONE:
        good.alcohol_strength = None
    elif good.alcohol == Product.Alcohol.ALCOHOL and good.alcohol_strength is None:
        raise StrengthMissing(_("Alcohol needs its strength in % vol, as on the label."))


def _write_details(product: Product, details: Mapping[str, Any], allowed: frozenset[str]) -> None:
    unknown = sorted(set(details) - allowed)
    if unknown:
        raise DetailUnknown(", ".join(unknown))
    for field, value in details.items():
        setattr(product, field, value)
    if not (product.title_vi or "").strip():
        raise TitleMissing(_("A name in Vietnamese is needed."))


def _write_sku(record: StockRecord, sku: str) -> None:
    """Save `record` under the code `sku`, else under one made of the ids. Raises CodeTaken."""
    record.partner_sku = sku.strip() or f"{record.product.parent_id}-{record.product_id}"
    try:
        with transaction.atomic():
            record.save()
    except IntegrityError as error:
        others = StockRecord.objects.filter(partner=record.partner_id, partner_sku=record.partner_sku)
        if not others.exclude(pk=record.pk).exists():
            raise
        raise CodeTaken(
            _("Another pack of yours has the code %(code)s already.") % {"code": record.partner_sku}
        ) from error


def _listing_set(good: Product, listing: str, reason: str, by: User | None) -> Product:
    good = _locked(good)
    if good.listing == listing:
        return good
    is_suspended = listing == Product.Listing.SUSPENDED
    good.listing, good.listing_reason = listing, reason[:255] if is_suspended else ""
    good.save(update_fields=["listing", "listing_reason"])
    ListingEvent.objects.create(
        good=good,
        actor=by,
        action=ListingEvent.Action.SUSPENDED if is_suspended else ListingEvent.Action.RESTORED,
        reason=reason[:255],
    )
    mark_changed([good.pk])
    return good


def _locked(product: Product) -> Product:
    """Read the row again and keep it until the transaction ends: two editors must not undo each other's fields."""
    return Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product.pk)


def _product_class() -> Any:
    return get_model("catalogue", "ProductClass").objects.get_or_create(
        slug=PRODUCT_CLASS, defaults={"name": "OCOP", "requires_shipping": True, "track_stock": True}
    )[0]
