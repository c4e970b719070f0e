"""How often an offer was used: in all, by code, a day, and by one buyer.

The last lock of an order is taken here: the row of each offer that it uses (by id), by a conditional update, so that orders that use
the same offer come one after the other for as long as it takes to commit. What is counted afterwards is exact.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from checkout.offer.errors import OfferRanOut
from checkout.offer.models import ConditionalOffer, OfferUse
from checkout.voucher.models import Voucher

if TYPE_CHECKING:
    from checkout.offer.discounts import Discount
    from checkout.order.models import Order


@dataclass(frozen=True, slots=True)
class OfferBuyer:
    """Who is counted: the account (None: a guest) and the phone (E.164; empty where it isn't known yet)."""

    user_id: int | None = None
    phone: str = ""

    @property
    def phone_digest(self) -> str:
        """What stands for the phone where uses are counted; empty without one."""
        return (
            salted_hmac("checkout.offer.uses", self.phone, algorithm="sha256").hexdigest()
            if self.phone
            else ""
        )


@dataclass(frozen=True, slots=True)
class UseCounts:
    """Orders that used an offer: today, and of one buyer ever (by account or by phone, whichever is more)."""

    today: int = 0
    by_buyer: int = 0


def use_counts(offers: Iterable[ConditionalOffer], *, buyer: OfferBuyer, day: date) -> dict[int, UseCounts]:
    """Return the counts of those offers that cap uses a day or a buyer, by offer, in one query; none without a cap."""
    capped = [offer.pk for offer in offers if offer.max_user_applications or offer.max_daily_orders]
    if not capped:
        return {}
    of_phone = Q(phone_digest=buyer.phone_digest) if buyer.phone else Q(pk__in=[])
    of_user = Q(user=buyer.user_id) if buyer.user_id else Q(pk__in=[])
    rows = (
        OfferUse.objects.filter(Q(day=day) | of_phone | of_user, offer__in=capped, given_back_at=None)
        .order_by()
        .values("offer")
        .annotate(
            today=Count("pk", filter=Q(day=day)),
            by_phone=Count("pk", filter=of_phone),
            by_user=Count("pk", filter=of_user),
        )
    )
    return {row["offer"]: UseCounts(row["today"], max(row["by_phone"], row["by_user"])) for row in rows}


def is_spent_today(offer: ConditionalOffer, counts: UseCounts) -> bool:
    """Return whether no order can use an offer any more today."""
    return offer.max_daily_orders is not None and counts.today >= offer.max_daily_orders


def is_spent_by_buyer(offer: ConditionalOffer, counts: UseCounts) -> bool:
    """Return whether this buyer has used an offer as often as anybody may."""
    return offer.max_user_applications is not None and counts.by_buyer >= offer.max_user_applications


@transaction.atomic(savepoint=False)
def offers_take(*, order: "Order", discounts: Iterable["Discount"], buyer: OfferBuyer, at: datetime) -> None:
    """Count an order's use of each offer that reduced it, as far as the caps allow. Belongs to the caller's transaction.

    Raises OfferRanOut where one was used up, or stopped, since the order was worked out.
    """
    day = timezone.localdate(at)
    for discount in sorted(discounts, key=lambda discount: discount.offer.pk):
        offer = discount.offer
        if not _counted(
            ConditionalOffer.objects.filter(_still_usable(discount.amount), pk=offer.pk), discount.amount
        ):
            raise OfferRanOut(discount.label)
        if discount.voucher is not None and not _counted(
            Voucher.objects.filter(Q(usage=Voucher.MULTI_USE) | Q(num_orders=0), pk=discount.voucher.pk),
            discount.amount,
        ):
            raise OfferRanOut(discount.label)
        counts = use_counts([offer], buyer=buyer, day=day).get(offer.pk, UseCounts())
        if is_spent_today(offer, counts) or is_spent_by_buyer(offer, counts):
            raise OfferRanOut(discount.label)
        _use_record(order, discount, buyer, day)


def offers_give_back(order: "Order") -> None:
    """Give back what a locked order used: it expired or was cancelled as a whole. Twice changes nothing."""
    for use in OfferUse.objects.filter(order=order, given_back_at=None).order_by("offer_id"):
        OfferUse.objects.filter(pk=use.pk).update(given_back_at=timezone.now())
        _counted(ConditionalOffer.objects.filter(pk=use.offer_id), -use.amount)
        if use.voucher_id:
            _counted(Voucher.objects.filter(pk=use.voucher_id), -use.amount)


def offers_take_again(order: "Order") -> None:
    """Count what a locked order gave back once more, as late money brings it back. Raises OfferRanOut."""
    uses = OfferUse.objects.filter(order=order, given_back_at__isnull=False).select_related(
        "offer", "voucher"
    )
    for use in uses.order_by("offer_id"):
        if not _counted(
            ConditionalOffer.objects.filter(_within_caps(use.amount), pk=use.offer_id), use.amount
        ):
            raise OfferRanOut(str(use.offer))
        if use.voucher_id and not _counted(
            Voucher.objects.filter(Q(usage=Voucher.MULTI_USE) | Q(num_orders=0), pk=use.voucher_id),
            use.amount,
        ):
            raise OfferRanOut(str(use.voucher))
        OfferUse.objects.filter(pk=use.pk).update(given_back_at=None)


def _within_caps(amount: int) -> Q:
    return (Q(max_global_applications__isnull=True) | Q(num_orders__lt=F("max_global_applications"))) & (
        Q(max_discount__isnull=True) | Q(max_discount__gte=F("total_discount") + amount)
    )


def _still_usable(amount: int) -> Q:
    return Q(status=ConditionalOffer.OPEN) & _within_caps(amount)


def _counted(rows: Any, amount: int) -> bool:
    """Count one order, or one less where `amount` (đồng) is negative, on the row; False where there is none that may be."""
    one = 1 if amount > 0 else -1
    return bool(rows.update(num_orders=F("num_orders") + one, total_discount=F("total_discount") + amount))


def _use_record(order: "Order", discount: "Discount", buyer: OfferBuyer, day: date) -> None:
    OfferUse.objects.create(
        offer=discount.offer,
        order=order,
        voucher=discount.voucher,
        user_id=buyer.user_id,
        phone_digest=buyer.phone_digest,
        day=day,
        amount=discount.amount,
    )
