"""Goods and their packs.

A *good* is a product of structure `parent`: what a certificate names. A *pack* is its `child`: what a person puts into a basket, with
its own price, weight and stock. Nothing stands alone.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from oscar.apps.catalogue.abstract_models import AbstractProduct, AbstractProductImage
from pictures.models import PictureField

from catalogue.pictures.paths import original_path, upload_path
from marketplace.places.models import Commune

WHITE_SPIRITS, OTHER_ALCOHOL = 14, 15
#: Product sets of alcoholic drinks (Decision 26/2026/QĐ-TTg, sets 14 and 15).
ALCOHOL_SETS = (WHITE_SPIRITS, OTHER_ALCOHOL)
#: Levels of `Product.popularity` go from 0 to this.
HIGHEST_POPULARITY = 7


class Sector(models.Model):
    """One of the six sectors of OCOP goods."""

    code = models.CharField(primary_key=True, max_length=12)
    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        verbose_name = _("sector")

    def __str__(self) -> str:
        return self.name


class ProductSet(models.Model):
    """One of the 26 product sets (bộ sản phẩm) of Decision 26/2026/QĐ-TTg."""

    number = models.PositiveSmallIntegerField(primary_key=True)
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, related_name="product_sets")
    group = models.CharField(_("group"), max_length=120)
    name = models.CharField(_("name"), max_length=120)
    #: Whether its goods are carried cooled; a good may say otherwise.
    needs_cooling = models.BooleanField(_("needs cooling on the way"), default=False)

    class Meta:
        ordering = ["number"]
        verbose_name = _("product set")

    def __str__(self) -> str:
        return self.name


class Product(AbstractProduct):
    """A good (structure parent) or one of its packs (structure child)."""

    class Alcohol(models.TextChoices):
        NONE = "none", _("No alcohol")
        SUSPECTED = "suspected", _("Could be alcohol: a person decides")
        ALCOHOL = "alcohol", _("Alcohol")

    class Listing(models.TextChoices):
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")

    structure = models.CharField(
        max_length=10, choices=AbstractProduct.STRUCTURE_CHOICES, default=AbstractProduct.PARENT
    )
    # Oscar's reverse name would be `product_set`, which here is the set of the programme.
    recommended_products = models.ManyToManyField(
        "catalogue.Product", through="ProductRecommendation", blank=True, related_name="recommended_by"
    )

    # --- of a good
    producer = models.ForeignKey(
        "partner.Partner",
        verbose_name=_("producer"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="goods",
    )
    sector = models.ForeignKey(
        Sector,
        verbose_name=_("sector"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="goods",
    )
    #: Confirmed by a person or by a list that names it; never guessed.
    product_set = models.ForeignKey(
        ProductSet,
        verbose_name=_("product set"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="goods",
    )
    suggested_set = models.ForeignKey(
        ProductSet, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    #: Province-commune-serial-year, with a district before July 2025 (see domain.md).
    ocop_code = models.CharField(_("OCOP product code"), max_length=40, null=True, blank=True, unique=True)
    match_key = models.CharField(max_length=255, blank=True, default="", db_index=True, editable=False)
    alcohol = models.CharField(max_length=10, choices=Alcohol.choices, default=Alcohol.NONE)
    #: Per cent by volume; unknown counts as 15 and above.
    alcohol_strength = models.DecimalField(
        _("strength (% vol)"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    listing = models.CharField(max_length=10, choices=Listing.choices, default=Listing.ACTIVE)
    listing_reason = models.CharField(max_length=255, blank=True, default="")
    lead_pack = models.ForeignKey(
        "self",
        verbose_name=_("lead pack"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    commune = models.ForeignKey(
        Commune,
        verbose_name=_("made in"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="goods",
    )
    net_quantity = models.CharField(_("net quantity"), max_length=120, blank=True, default="")
    ingredients = models.TextField(_("ingredients"), blank=True, default="")
    storage = models.TextField(_("storage"), blank=True, default="")
    shelf_life = models.CharField(_("shelf life"), max_length=120, blank=True, default="")
    usage = models.TextField(_("how to use"), blank=True, default="")
    origin = models.CharField(_("origin"), max_length=255, blank=True, default="")
    warnings = models.TextField(_("warnings"), blank=True, default="")
    #: Where else to buy, where the producer says so.
    other_channels = models.TextField(_("where else to buy"), blank=True, default="")
    #: First and last month (1 to 12) of the season, both or neither; December to February goes over the year's end.
    season_first = models.PositiveSmallIntegerField(_("in season from"), null=True, blank=True)
    season_last = models.PositiveSmallIntegerField(_("in season until"), null=True, blank=True)
    #: Fresh goods keep this many days on the way; others: none.
    keeps_days = models.PositiveSmallIntegerField(_("keeps on the way (days)"), null=True, blank=True)
    #: Carried cooled or not at all; None: as its product set has it.
    needs_cooling = models.BooleanField(_("needs cooling on the way"), null=True, blank=True, default=None)
    #: How well it sells at present, see `catalogue/popularity.py`; counted, never typed.
    popularity = models.PositiveSmallIntegerField(default=0, editable=False)
    is_sample = models.BooleanField(_("sample data"), default=False)
    #: How many buyers' reviews are shown, of which `rating` (Oscar's column) is the mean; counted by `catalogue/reviews`, never typed.
    review_count = models.PositiveIntegerField(default=0, editable=False)

    # --- of a pack; its label ("gói 100 túi") is the title
    weight = models.PositiveIntegerField(_("weight with packing (grams)"), null=True, blank=True)
    length = models.PositiveIntegerField(_("length (mm)"), null=True, blank=True)
    width = models.PositiveIntegerField(_("width (mm)"), null=True, blank=True)
    height = models.PositiveIntegerField(_("height (mm)"), null=True, blank=True)

    class Meta(AbstractProduct.Meta):
        app_label = "catalogue"
        constraints = [
            models.CheckConstraint(
                condition=Q(structure="parent", parent__isnull=True)
                | Q(structure="child", parent__isnull=False),
                name="good_or_pack",
            ),
            models.CheckConstraint(
                condition=Q(structure="child") | Q(producer__isnull=False), name="good_has_producer"
            ),
            models.CheckConstraint(
                condition=~Q(alcohol="alcohol") | Q(product_set__in=ALCOHOL_SETS),
                name="alcohol_is_known_by_its_set",
            ),
            models.CheckConstraint(
                condition=Q(product_set__isnull=True)
                | ~Q(product_set__in=ALCOHOL_SETS)
                | Q(alcohol="alcohol"),
                name="alcohol_sets_are_alcohol",
            ),
            models.CheckConstraint(
                condition=Q(product_set__isnull=True) | ~Q(alcohol="suspected"),
                name="confirmed_set_is_not_suspected",
            ),
            models.CheckConstraint(
                condition=Q(alcohol_strength__isnull=True)
                | Q(alcohol_strength__gte=0, alcohol_strength__lte=100),
                name="strength_is_a_percentage",
            ),
            models.CheckConstraint(
                condition=Q(season_first__isnull=True, season_last__isnull=True)
                | Q(
                    season_first__isnull=False,
                    season_last__isnull=False,
                    season_first__range=(1, 12),
                    season_last__range=(1, 12),
                ),
                name="season_is_two_months",
            ),
            models.CheckConstraint(
                condition=Q(review_count=0, rating__isnull=True)
                | Q(review_count__gt=0, rating__isnull=False, rating__gte=1, rating__lte=5),
                name="rating_is_of_reviews",
            ),
            models.CheckConstraint(
                condition=Q(keeps_days__isnull=True) | Q(keeps_days__gt=0), name="fresh_goods_keep_some_days"
            ),
            models.CheckConstraint(
                condition=Q(popularity__range=(0, HIGHEST_POPULARITY)), name="popularity_is_a_level"
            ),
        ]
        indexes = [
            models.Index(fields=["producer", "listing"], name="product_producer_listing"),
            models.Index(fields=["product_set", "listing"], name="product_set_listing"),
        ]

    @property
    def travels_cooled(self) -> bool:
        """Whether a good is carried cooled: its own word, else its set's."""
        if self.needs_cooling is not None:
            return self.needs_cooling
        return self.product_set is not None and self.product_set.needs_cooling

    def get_absolute_url(self) -> str:
        """Return the page of the good in the active language; of a pack, with that pack chosen."""
        from catalogue.addresses import good_url

        language = (get_language() or settings.LANGUAGE_CODE)[:2]
        good = self.parent if self.parent is not None else self
        address = good_url(pk=good.pk, slug=good.slug, language=language)
        return f"{address}?pack={self.pk}" if self.parent_id else address


class ProductImage(AbstractProductImage):
    """A picture of a good: what was uploaded, until the worker has made the original and its sizes of it."""

    #: What was uploaded, with all that a camera writes into it: never shown, and gone once the original is there.
    upload = models.FileField(upload_to=upload_path, blank=True, editable=False)
    #: Cleaned and in full size. Without it pages don't show the picture; where it is there, so are its sizes, but for a
    #: small one that a command added (`picture_add`, `at_once`).
    original = PictureField(
        _("picture"),
        upload_to=original_path,
        max_length=255,
        blank=True,
        aspect_ratios=[None, "1/1"],
        width_field="width",
        height_field="height",
    )
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    alt = models.CharField(_("what the picture shows"), max_length=200, blank=True, default="")
    #: Drawn, not photographed: the page says so.
    is_illustration = models.BooleanField(_("illustration"), default=False)
    #: A tiny WebP as data URI, shown while the picture loads.
    placeholder = models.TextField(blank=True, default="", editable=False)
    #: When all sizes were there.
    processed_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: How often the worker began to make it ready, and when to ask again where it isn't.
    sizes_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    sizes_next_try_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(AbstractProductImage.Meta):
        app_label = "catalogue"
        indexes = [
            models.Index(
                fields=["sizes_next_try_at"], name="picture_sizes_due", condition=Q(processed_at__isnull=True)
            )
        ]


class BoughtTogether(models.Model):
    """That two goods were bought in one order, by so many buyers that it says nothing of any of them.

    Written by whoever knows orders, read by search. Each pair stands twice, once from either side.
    """

    good = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="bought_together")
    other = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    #: Different buyers who had both in one order.
    buyers = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["good", "other"], name="goods_together_once"),
            models.CheckConstraint(condition=~Q(good=models.F("other")), name="goods_together_are_two"),
            models.CheckConstraint(condition=Q(buyers__gte=3), name="goods_together_tell_of_nobody"),
        ]

    def __str__(self) -> str:
        return f"{self.good_id} + {self.other_id}: {self.buyers}"


class ListingEvent(models.Model):
    """That a good was taken off the shop or brought back, appended only: who, when and why."""

    class Action(models.TextChoices):
        SUSPENDED = "suspended", _("Listing suspended")
        RESTORED = "restored", _("Listing restored")

    good = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="listing_events")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    action = models.CharField(max_length=10, choices=Action.choices)
    reason = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.good_id}: {self.action}"


class ProductChange(models.Model):
    """That a good changed: the record from which search picks up its work (decision 7 of the architecture).

    Not a foreign key: the record outlives a deleted good, whose document must go.
    """

    product_id = models.BigIntegerField(primary_key=True)
    version = models.BigIntegerField(default=1)
    changed_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.product_id} v{self.version}"


from oscar.apps.catalogue.models import *
