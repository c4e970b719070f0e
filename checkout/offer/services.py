"""What happens to offers: made, changed, stopped. A producer's own reduce its own goods alone; the marketplace's may reduce anybody's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.models import Product, ProductSet
from catalogue.producers.models import Partner
from checkout.offer.errors import OfferIncomplete, OfferNotOpen
from checkout.offer.law import DiscountLaw, discount_law
from checkout.offer.models import Benefit, Condition, ConditionalOffer, Range
from checkout.offer.notices import tell_offer_stopped
from checkout.voucher.services import code_make, codes_make
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record, changes_between
from marketplace.clock import day_of
from marketplace.money import format_dong


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLimits:
    """What may change while an offer runs. Amounts in đồng; None: no limit."""

    name: str
    name_en: str = ""
    ends_at: datetime
    #: Orders that may use it: in all, of one buyer, a day.
    most_uses: int | None = None
    most_uses_a_buyer: int | None = None
    most_uses_a_day: int | None = None
    #: What it may give in all.
    budget: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferData(OfferLimits):
    """What somebody fills in for an offer. Of `percent`, `amount`, `bundle` with `paid`, and `off_delivery` exactly one is given."""

    starts_at: datetime
    percent: int | None = None
    amount: int | None = None
    #: `bundle` packs for the price of `paid`.
    bundle: int | None = None
    paid: int | None = None
    #: Per cent off what delivery costs; 100: free of charge.
    off_delivery: int | None = None
    #: The most that it takes off an order (of delivery: a parcel).
    largest_amount: int | None = None
    #: What the goods that it is about must come to; of delivery: in each parcel.
    from_amount: int | None = None
    goes_with_others: bool = False
    concentrated_decision: str = ""
    #: Whose goods (None: everybody's), which sets, which goods by hand; without sets and goods: all.
    of_producer: Partner | None = None
    sets: Iterable[ProductSet] = ()
    goods: Iterable[Product] = ()
    #: Opened by one code that everybody may know, or by so many codes for one order each; neither: it holds by itself.
    code: str = ""
    codes: int | None = None


@transaction.atomic
def offer_create(
    *, data: OfferData, producer: Partner | None = None, by: User | None = None
) -> ConditionalOffer:
    """Make an offer that `producer` bears, or the marketplace where that is None, with its code or codes. Raises OfferIncomplete."""
    offer = _write(
        ConditionalOffer(
            producer=producer,
            funded_by=ConditionalOffer.Funder.PRODUCER if producer else ConditionalOffer.Funder.PLATFORM,
            offer_type=ConditionalOffer.VOUCHER if data.code or data.codes else ConditionalOffer.SITE,
            created_by=by,
        ),
        data,
    )
    if data.code:
        code_make(offer=offer, code=data.code)
    if data.codes:
        codes_make(offer=offer, count=data.codes, name=data.name, by=by)
    audit_record(action="offer.created", subject=offer, actor=by)
    return offer


@transaction.atomic
def offer_update(*, offer: ConditionalOffer, data: OfferData, by: User | None = None) -> ConditionalOffer:
    """Change an offer that hasn't begun; its codes stay what they are. Raises OfferNotOpen and OfferIncomplete."""
    fresh = _locked(offer)
    if fresh.phase(timezone.now()) != ConditionalOffer.Phase.COMING:
        raise OfferNotOpen(_("The offer has begun: only its name, its end and its limits can be changed."))
    old = (fresh.condition, fresh.benefit, fresh.range)
    changed = _write(fresh, data)
    for part in old:
        part.delete()
    audit_record(action="offer.changed", subject=changed, actor=by)
    return changed


@transaction.atomic
def offer_limits_update(
    *, offer: ConditionalOffer, limits: OfferLimits, by: User | None = None
) -> ConditionalOffer:
    """Change the name, the end and the limits of an offer that runs. Raises OfferNotOpen and OfferIncomplete."""
    fresh = _locked(offer)
    if fresh.phase(timezone.now()) not in (ConditionalOffer.Phase.RUNNING, ConditionalOffer.Phase.USED_UP):
        raise OfferNotOpen(_("This offer is over: it can't be changed any more."))
    before = _limits_of(fresh)
    _limits_set(fresh, limits)
    saved = _saved(fresh)
    audit_record(
        action="offer.changed", subject=saved, changes=changes_between(before, _limits_of(saved)), actor=by
    )
    return saved


@transaction.atomic
def offer_stop(
    *, offer: ConditionalOffer, by: User | None = None, reason: str = "", by_programme: bool = False
) -> ConditionalOffer:
    """Stop an offer for good. Orders that used it keep their prices. Stopping one that is over or stopped changes nothing.

    `by_programme`: the programme stops it, and a producer whose offer it is is told why.
    """
    fresh = _locked(offer)
    if fresh.phase(timezone.now()) in (ConditionalOffer.Phase.STOPPED, ConditionalOffer.Phase.ENDED):
        return fresh
    fresh.status = ConditionalOffer.SUSPENDED
    fresh.stopped_by, fresh.stopped_at, fresh.stop_reason = by, timezone.now(), reason.strip()[:255]
    fresh.save(update_fields=["status", "stopped_by", "stopped_at", "stop_reason"])
    audit_record(action="offer.stopped", subject=fresh, reason=reason, actor=by)
    if by_programme:
        tell_offer_stopped(fresh)
    return fresh


def offer_rehearse(*, data: OfferData, producer: Partner | None = None) -> int | None:
    """Return what an offer as filled in can cost at most (đồng; None: nothing limits that); nothing is kept. Raises OfferIncomplete."""
    with transaction.atomic():
        cost = offer_create(data=data, producer=producer).most_it_costs
        transaction.set_rollback(True)
    return cost


def _locked(offer: ConditionalOffer) -> ConditionalOffer:
    fresh: ConditionalOffer = (
        ConditionalOffer.objects.select_for_update(of=("self",))
        .select_related("condition__range", "benefit", "producer")
        .get(pk=offer.pk)
    )
    return fresh


def _write(offer: ConditionalOffer, data: OfferData) -> ConditionalOffer:
    sets, goods = list(data.sets), list(data.goods)
    law = discount_law(day_of(data.starts_at))
    _refuse_unless_whole(data)
    _refuse_unless_lawful(data, law, sets, goods)
    owner = offer.producer or data.of_producer
    if offer.producer and any(good.producer_id != offer.producer.pk for good in goods):
        raise OfferIncomplete(_("A producer's offer is for its own goods only."), field="goods")
    covered = Range.objects.create(
        name=data.name.strip()[:128], producer=owner, includes_all_products=not (sets or goods)
    )
    covered.sets.set(sets)
    for good in goods:
        covered.add_product(good)
    offer.condition = Condition.objects.create(range=covered, **_condition(data))
    offer.benefit = Benefit.objects.create(
        range=covered, largest_amount=data.largest_amount if data.amount is None else None, **_benefit(data)
    )
    offer.start_datetime = data.starts_at
    offer.exclusive = not data.goes_with_others
    offer.concentrated_decision = data.concentrated_decision.strip()
    _limits_set(offer, data)
    return _saved(offer)


def _condition(data: OfferData) -> dict[str, Any]:
    if data.bundle is not None:
        return {"type": Condition.COUNT, "value": data.bundle}
    return {"type": Condition.VALUE, "value": data.from_amount or 0}


def _benefit(data: OfferData) -> dict[str, Any]:
    if data.percent is not None:
        return {"type": Benefit.PERCENTAGE, "value": data.percent}
    if data.amount is not None:
        return {"type": Benefit.FIXED, "value": data.amount}
    if data.bundle is not None and data.paid is not None:
        return {"type": Benefit.MULTIBUY, "value": data.bundle - data.paid}
    return {"type": Benefit.SHIPPING_PERCENTAGE, "value": data.off_delivery}


def _limits_of(offer: ConditionalOffer) -> dict[str, Any]:
    """Return what may change while an offer runs, for the audit log."""
    names = ("name", "end_datetime", "max_global_applications", "max_user_applications", "max_daily_orders")
    return {name: getattr(offer, name) for name in (*names, "max_discount")}


def _limits_set(offer: ConditionalOffer, limits: OfferLimits) -> None:
    if limits.ends_at <= max(offer.start_datetime, timezone.now()):
        raise OfferIncomplete(_("The end must lie after the start, and ahead of us."), field="ends_at")
    if not limits.name.strip():
        raise OfferIncomplete(_("The offer needs a name: buyers see it in their basket."), field="name")
    if limits.most_uses is not None and limits.most_uses < offer.num_orders:
        raise OfferIncomplete(
            _("It was used %(count)d times already: the limit can't be lower.") % {"count": offer.num_orders},
            field="most_uses",
        )
    if limits.budget is not None and limits.budget < offer.total_discount:
        raise OfferIncomplete(
            _("It has given %(amount)s already: the budget can't be lower.")
            % {"amount": format_dong(offer.total_discount)},
            field="budget",
        )
    offer.name_vi = limits.name.strip()  # type: ignore[attr-defined]
    offer.name_en = limits.name_en.strip() or None  # type: ignore[attr-defined]
    offer.end_datetime = limits.ends_at
    offer.max_global_applications = limits.most_uses
    offer.max_user_applications = limits.most_uses_a_buyer
    offer.max_daily_orders = limits.most_uses_a_day
    offer.max_discount = limits.budget


def _saved(offer: ConditionalOffer) -> ConditionalOffer:
    try:
        with transaction.atomic():
            offer.save()
    except IntegrityError as error:
        raise OfferIncomplete(_("These particulars contradict one another.")) from error
    return offer


def _refuse_unless_whole(data: OfferData) -> None:
    kinds = [data.percent, data.amount, data.bundle, data.off_delivery]
    if sum(kind is not None for kind in kinds) != 1:
        raise OfferIncomplete(_("Say what the offer gives: one thing, not several."), field="kind")
    if data.bundle is not None and not (data.paid and 1 <= data.paid < data.bundle):
        raise OfferIncomplete(
            _("Of a bundle fewer packs are paid than it holds, and at least one."), field="paid"
        )
    if data.code and data.codes:
        raise OfferIncomplete(_("Either one code for everybody or many for one order each."), field="code")


def _refuse_unless_lawful(
    data: OfferData, law: DiscountLaw, sets: list[ProductSet], goods: list[Product]
) -> None:
    """Hold the offer against the law's cap, and goods chosen by hand against what may not be promoted."""
    cap = law.cap(concentrated=bool(data.concentrated_decision.strip()))
    only_exempt = bool(sets) and not goods and {one.pk for one in sets} <= law.exempt_sets
    percent = data.percent or 0
    if data.bundle and data.paid:
        percent = -(-(data.bundle - data.paid) * 100 // data.bundle)
    if percent > cap and not only_exempt:
        raise OfferIncomplete(
            _("The law allows %(cap)d%% off at most (%(source)s).")
            % {"cap": cap, "source": law.rule.legal_source},
            field="percent" if data.percent else "paid",
        )
    barred = [good.get_title() for good in goods if law.bars(good)]
    if barred:
        raise OfferIncomplete(
            _("Alcohol of this strength, or of unknown strength, may not be promoted: %(names)s.")
            % {"names": ", ".join(barred)},
            field="goods",
        )
