"""Discounts at the till: offers that hold by themselves and offers that a code opens, on Oscar's offer, condition, benefit and range.

What Oscar leaves open is closed here: who bears a discount stands on the offer, its uses are rows, and its caps are constraints.
An offer has one range: its condition counts the goods that its benefit reduces. Amounts are whole đồng.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from oscar.apps.offer.abstract_models import (
    AbstractBenefit,
    AbstractCondition,
    AbstractConditionalOffer,
    AbstractRange,
    AbstractRangeProduct,
    AbstractRangeProductFileUpload,
)

from catalogue.models import Product, ProductSet
from catalogue.producers.models import Partner


class ConditionalOffer(AbstractConditionalOffer):
    """What is given, on which goods, from when until when, who bears it, and how often at most.

    Of Oscar's columns: `max_global_applications`, `max_user_applications` and `num_orders` count orders, `total_discount` is what the
    orders were given and `max_discount` the budget for it. `exclusive`: it doesn't go together with another discount on the same goods.
    """

    class Funder(models.TextChoices):
        PRODUCER = "producer", _("The producer")
        PLATFORM = "platform", _("The marketplace")

    class Phase(models.TextChoices):
        """What an offer is at a moment."""

        COMING = "coming", _("Scheduled")
        RUNNING = "running", _("Running")
        USED_UP = "used_up", _("Used up")
        ENDED = "ended", _("Ended")
        STOPPED = "stopped", _("Stopped")

    name = models.CharField(_("name"), max_length=128)
    funded_by = models.CharField(_("who bears it"), max_length=10, choices=Funder.choices)
    #: Whose offer it is, where a producer bears it: then it reduces that producer's goods alone.
    producer = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="till_offers"
    )
    start_datetime = models.DateTimeField(_("starts"))
    #: Exclusive: the first moment at which it holds no more.
    end_datetime = models.DateTimeField(_("ends"), db_index=True)
    max_daily_orders = models.PositiveIntegerField(_("uses a day, at most"), null=True, blank=True)
    #: The authority's decision on a concentrated programme; with it the law's higher cap holds.
    concentrated_decision = models.CharField(
        _("decision on a concentrated programme"), max_length=120, blank=True, default=""
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    stopped_at = models.DateTimeField(null=True, blank=True)
    stop_reason = models.CharField(_("why it was stopped"), max_length=255, blank=True, default="")

    class Meta(AbstractConditionalOffer.Meta):
        app_label = "offer"
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints = [
            models.CheckConstraint(condition=Q(offer_type__in=["Site", "Voucher"]), name="offer_kind"),
            models.CheckConstraint(
                condition=Q(funded_by="producer", producer__isnull=False)
                | Q(funded_by="platform", producer__isnull=True),
                name="offer_says_who_bears_it",
            ),
            models.CheckConstraint(
                condition=Q(end_datetime__gt=F("start_datetime")), name="offer_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(max_global_applications__isnull=True)
                | Q(num_orders__lte=F("max_global_applications")),
                name="offer_never_used_more_often",
            ),
            models.CheckConstraint(
                condition=Q(max_discount__isnull=True) | Q(total_discount__lte=F("max_discount")),
                name="offer_never_above_budget",
            ),
            models.CheckConstraint(
                condition=Q(status="Open", stopped_at__isnull=True)
                | Q(status="Suspended", stopped_at__isnull=False),
                name="stopped_offer_says_when",
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save what stands here. Oscar would work out the status from counters that somebody else is changing."""
        models.Model.save(self, *args, **kwargs)

    @property
    def is_by_code(self) -> bool:
        """Whether a code opens it; else it holds by itself."""
        return self.offer_type == self.VOUCHER

    @property
    def is_on_delivery(self) -> bool:
        """Whether it reduces what delivery costs, not the goods."""
        return self.benefit.is_on_delivery

    @property
    def range(self) -> "Range":
        """The goods that it counts and reduces."""
        covered: Range = self.condition.range
        return covered

    @property
    def budget_left(self) -> int | None:
        """What it may still give, in đồng; None where nothing limits that."""
        return None if self.max_discount is None else int(self.max_discount - self.total_discount)

    @property
    def most_it_costs(self) -> int | None:
        """What it can cost at most whoever bears it, in đồng; None where nothing limits that."""
        uses, an_order = self.max_global_applications, self.benefit.most_an_order
        by_uses = None if uses is None or an_order is None else uses * an_order
        budget = None if self.max_discount is None else int(self.max_discount)
        return min((limit for limit in (by_uses, budget) if limit is not None), default=None)

    @property
    def is_used_up(self) -> bool:
        """Whether no order can use it any more, whoever places it."""
        uses, limit = self.num_orders, self.max_global_applications
        return (limit is not None and uses >= limit) or self.budget_left == 0

    def phase(self, at: datetime) -> Phase:
        """Return what the offer is at a moment: time passes without a write."""
        if self.status == self.SUSPENDED:
            return self.Phase.STOPPED
        if at < self.start_datetime:
            return self.Phase.COMING
        if at >= self.end_datetime:
            return self.Phase.ENDED
        return self.Phase.USED_UP if self.is_used_up else self.Phase.RUNNING


class LoadedOnce:
    """Oscar makes a second object of a condition or benefit to give it its behaviour; what was loaded beside the first goes along."""

    def proxy(self) -> Any:
        """Return the object with the behaviour of its type."""
        made = super().proxy()  # type: ignore[misc]
        made._state = self._state  # type: ignore[attr-defined]
        return made


class Benefit(LoadedOnce, AbstractBenefit):
    """What an offer gives: a percentage, an amount, free packs of a bundle, or a share of what delivery costs.

    `value` is per cent, đồng, or how many packs of the bundle that the condition counts are free.
    """

    #: The most that it takes off an order (of delivery: a parcel), in đồng.
    largest_amount = models.PositiveIntegerField(_("at most (đồng)"), null=True, blank=True)

    class Meta(AbstractBenefit.Meta):
        app_label = "offer"
        constraints = [
            models.CheckConstraint(
                condition=Q(type__in=["Percentage", "Shipping percentage"], value__gte=1, value__lte=100)
                | Q(type__in=["Absolute", "Multibuy"], value__gte=1),
                name="benefit_is_of_a_kind_offered",
            ),
            models.CheckConstraint(
                condition=Q(largest_amount__isnull=True) | Q(largest_amount__gt=0),
                name="benefit_limit_is_positive",
            ),
        ]

    @property
    def is_on_delivery(self) -> bool:
        """Whether it reduces what delivery costs."""
        return self.type == self.SHIPPING_PERCENTAGE

    @property
    def proxy_map(self) -> dict[str, type["Benefit"]]:
        """The class of each type. Oscar's loader would also load its own of the same name, and Django takes no two of a name."""
        return {
            self.PERCENTAGE: PercentageDiscountBenefit,
            self.FIXED: AbsoluteDiscountBenefit,
            self.MULTIBUY: MultibuyDiscountBenefit,
            self.SHIPPING_PERCENTAGE: ShippingPercentageDiscountBenefit,
        }

    @property
    def most_an_order(self) -> int | None:
        """What it takes off an order at most, in đồng; None where nothing limits that. An order has any number of parcels."""
        if self.type == self.FIXED:
            return int(self.value)
        return None if self.is_on_delivery else self.largest_amount

    def limited(self, amount: int) -> int:
        """Return `amount` (đồng), at most what the benefit gives."""
        return amount if self.largest_amount is None else min(amount, self.largest_amount)


class Condition(LoadedOnce, AbstractCondition):
    """What must lie in the basket: so many packs of the range, or goods of it worth so much (đồng, before any discount at the till)."""

    class Meta(AbstractCondition.Meta):
        app_label = "offer"
        constraints = [
            models.CheckConstraint(
                condition=Q(type__in=["Count", "Value"], value__gte=0), name="condition_is_of_a_kind_offered"
            )
        ]

    @property
    def proxy_map(self) -> dict[str, type["Condition"]]:
        """The class of each type."""
        return {self.COUNT: CountCondition, self.VALUE: ValueCondition}


class Range(AbstractRange):
    """Which goods an offer is about: all, or sets and goods by hand; with a producer, of that producer alone."""

    name = models.CharField(_("name"), max_length=128)
    producer = models.ForeignKey(
        Partner,
        verbose_name=_("producer"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    sets = models.ManyToManyField(ProductSet, verbose_name=_("product sets"), blank=True, related_name="+")

    class Meta(AbstractRange.Meta):
        app_label = "offer"

    #: What the range names, once `load_choices` has read it.
    named_sets: frozenset[int] = frozenset()
    named_goods: frozenset[int] = frozenset()

    def contains_product(self, product: Product) -> bool:
        """Return whether a pack's good (or a good) belongs to it, without a query: Oscar asks the database for each line."""
        good = product.parent if product.parent_id else product
        if good is None or (self.producer_id and good.producer_id != self.producer_id):
            return False
        return (
            self.includes_all_products
            or good.product_set_id in self.named_sets
            or good.pk in self.named_goods
        )

    @classmethod
    def load_choices(cls, ranges: Iterable["Range"], *, good_ids: Iterable[int]) -> None:
        """Read what ranges name of these goods, in two queries however many ranges there are; none where all take every good."""
        chosen = {found.pk: found for found in ranges if not found.includes_all_products}
        if not chosen:
            return
        sets: dict[int, set[int]] = {pk: set() for pk in chosen}
        goods: dict[int, set[int]] = {pk: set() for pk in chosen}
        of_sets = cls.sets.through.objects.filter(range__in=chosen)
        for pk, number in of_sets.values_list("range_id", "productset_id"):
            sets[pk].add(number)
        of_goods = RangeProduct.objects.filter(range__in=chosen, product__in=list(good_ids))
        for pk, good in of_goods.values_list("range_id", "product_id"):
            goods[pk].add(good)
        for pk, found in chosen.items():
            found.named_sets, found.named_goods = frozenset(sets[pk]), frozenset(goods[pk])


class RangeProduct(AbstractRangeProduct):
    """A good that a range names by hand."""

    class Meta(AbstractRangeProduct.Meta):
        app_label = "offer"


class RangeProductFileUpload(AbstractRangeProductFileUpload):
    """Oscar's table of uploads, which nothing here writes."""

    class Meta(AbstractRangeProductFileUpload.Meta):
        app_label = "offer"


class OfferUse(models.Model):
    """That an order used an offer. Given back, it stays as a row and counts no more."""

    offer = models.ForeignKey(ConditionalOffer, on_delete=models.PROTECT, related_name="uses")
    order = models.ForeignKey("order.Order", on_delete=models.PROTECT, related_name="offer_uses")
    voucher = models.ForeignKey(
        "voucher.Voucher", on_delete=models.PROTECT, null=True, blank=True, related_name="uses"
    )
    #: Who used it: the account where there is one, and always the phone, as a digest that only this shop can make.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    phone_digest = models.CharField(max_length=64)
    day = models.DateField()
    amount = models.PositiveIntegerField(_("given (đồng)"))
    used_at = models.DateTimeField(auto_now_add=True)
    given_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "offer"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "order"], name="one_use_of_an_offer_an_order"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="offer_use_gives_something"),
        ]
        indexes = [
            models.Index(fields=["offer", "day"], name="offer_use_day"),
            models.Index(fields=["offer", "phone_digest"], name="offer_use_phone"),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id}: {self.order_id}, {self.amount} ₫"


from checkout.offer.benefits import (
    AbsoluteDiscountBenefit,
    MultibuyDiscountBenefit,
    PercentageDiscountBenefit,
    ShippingPercentageDiscountBenefit,
)
from checkout.offer.conditions import CountCondition, ValueCondition
