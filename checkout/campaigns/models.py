"""Seasonal campaigns: when, what and for how much; and the law's cap on discounts as dated data.

A campaign writes dated prices through `catalogue.pricing`; whoever shows or charges a price reads those alone.
"""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalogue.models import Product, ProductSet
from catalogue.producers.models import Partner
from marketplace.places.models import Province


class DiscountRule(models.Model):
    """How far a price may be cut by a promotion from a day on; data that an admin confirms, never code."""

    in_force_from = models.DateField(_("in force from"), unique=True)
    legal_source = models.CharField(_("legal source"), max_length=255)
    #: Per cent of the normal price right before the promotion.
    largest_percent = models.PositiveSmallIntegerField(_("largest discount (%)"))
    #: The same within a concentrated programme that an authority decides (khuyến mại tập trung).
    concentrated_percent = models.PositiveSmallIntegerField(_("within a concentrated programme (%)"))
    #: Sets whose goods are outside the cap: fresh food.
    exempt_sets = models.ManyToManyField(ProductSet, verbose_name=_("sets outside the cap"), blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["in_force_from"]
        verbose_name = _("cap on discounts")
        verbose_name_plural = _("caps on discounts")
        constraints = [
            models.CheckConstraint(
                condition=Q(largest_percent__lte=100, concentrated_percent__lte=100),
                name="discount_cap_is_a_percentage",
            )
        ]

    def __str__(self) -> str:
        return self.legal_source


class Campaign(models.Model):
    """A season's promotion. Sets, provinces and producers narrow one another; goods picked by hand come on top."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        STOPPED = "stopped", _("Stopped")

    class Phase(models.TextChoices):
        """What a state means at a moment."""

        DRAFT = "draft", _("Draft")
        COMING = "coming", _("Scheduled")
        RUNNING = "running", _("Running")
        ENDED = "ended", _("Ended")
        STOPPED = "stopped", _("Stopped")

    class Kind(models.TextChoices):
        PERCENT = "percent", _("Percentage off")
        PRICE = "price", _("One price")

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("address"), max_length=120, unique=True)
    text = models.TextField(_("text"), blank=True, default="")
    starts_at = models.DateTimeField(_("starts"))
    #: Exclusive: the first moment at which the old price holds again.
    ends_at = models.DateTimeField(_("ends"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.PERCENT)
    percent = models.PositiveSmallIntegerField(_("percentage off"), null=True, blank=True)
    price = models.PositiveIntegerField(_("price (đồng)"), null=True, blank=True)

    sets = models.ManyToManyField(ProductSet, verbose_name=_("product sets"), blank=True, related_name="+")
    provinces = models.ManyToManyField(Province, verbose_name=_("provinces"), blank=True, related_name="+")
    producers = models.ManyToManyField(Partner, verbose_name=_("producers"), blank=True, related_name="+")
    goods = models.ManyToManyField(Product, verbose_name=_("goods by hand"), blank=True, related_name="+")

    # What the law on promotions asks for (see DiscountRule).
    legal_form = models.CharField(_("form of promotion"), max_length=160, blank=True, default="")
    notice_number = models.CharField(_("number of the notice"), max_length=80, blank=True, default="")
    #: The authority's decision on a concentrated programme; with it the higher cap holds.
    concentrated_decision = models.CharField(
        _("decision on a concentrated programme"), max_length=120, blank=True, default=""
    )

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    scheduled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    scheduled_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-starts_at", "-pk"]
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="campaign_dates_in_order"),
            models.CheckConstraint(
                condition=Q(kind="percent", percent__gte=1, percent__lte=99, price__isnull=True)
                | Q(kind="price", price__gte=1, percent__isnull=True),
                name="campaign_has_percent_or_price",
            ),
            models.CheckConstraint(
                condition=Q(state="stopped", stopped_at__isnull=False)
                | ~Q(state="stopped") & Q(stopped_at__isnull=True),
                name="stopped_campaign_says_when",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> str:
        """Under which name its prices stand in `catalogue.pricing`."""
        return f"campaign:{self.pk}"

    def phase(self, at: datetime) -> Phase:
        """Return what the campaign is at a moment: time passes without a write."""
        if self.state != self.State.SCHEDULED:
            return self.Phase(self.state)
        if at < self.starts_at:
            return self.Phase.COMING
        return self.Phase.RUNNING if at < self.ends_at else self.Phase.ENDED


class CampaignItem(models.Model):
    """What a scheduled campaign does to one pack; amounts in whole đồng."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="items")
    pack = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    price_before = models.PositiveIntegerField(_("normal price (đồng)"))
    price = models.PositiveIntegerField(_("price (đồng)"))

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "pack"], name="one_campaign_item_a_pack"),
            models.CheckConstraint(
                condition=Q(price__gt=0, price__lt=F("price_before")), name="campaign_price_is_lower"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack_id}: {self.price_before} → {self.price} ₫"
