"""Producers (Oscar's partners): who makes, who sells, who may act for them, and what stock there is."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from oscar.apps.partner.abstract_models import AbstractPartner, AbstractStockRecord

from marketplace.encryption import BlindIndexField, EncryptedTextField
from marketplace.places.models import Commune


class Partner(AbstractPartner):
    """A producer (chủ thể OCOP): known from a decision list, and a seller once verified."""

    class Kind(models.TextChoices):
        COOPERATIVE = "cooperative", _("Cooperative")
        COOPERATIVE_GROUP = "cooperative_group", _("Cooperative group")
        COMPANY = "company", _("Company")
        FARM = "farm", _("Farm")
        HOUSEHOLD = "household", _("Household business")
        OTHER = "other", _("Other producer")

    class SellerState(models.TextChoices):
        UNVERIFIED = "unverified", _("Not yet a seller here")
        PENDING = "pending", _("Awaiting verification")
        VERIFIED = "verified", _("Verified seller")
        SUSPENDED = "suspended", _("Stopped from selling")

    name = models.CharField(_("name"), max_length=255, db_index=True)
    #: The name folded and with its kind spelt out, see `catalogue.producers.matching`.
    match_key = models.CharField(max_length=255, blank=True, default="", db_index=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.OTHER)
    about = models.TextField(_("about"), blank=True, default="")

    # Legal particulars, shown to buyers (identity of sellers, see domain.md).
    registration_number = models.CharField(_("registration number"), max_length=40, blank=True, default="")
    #: Of households and people it is their personal number: who is shown it in full says `catalogue.producers.identity`.
    tax_number = EncryptedTextField(_("tax number"), max_length=14, blank=True, default="")
    tax_number_index = BlindIndexField(of="tax_number")
    representative = models.CharField(_("representative"), max_length=150, blank=True, default="")
    phone = models.CharField(_("phone number"), max_length=16, blank=True, default="")
    email = models.EmailField(_("email address"), blank=True, default="")
    website = models.URLField(_("website"), blank=True, default="")

    #: The address as the decision list or the producer wrote it.
    address_text = models.CharField(_("address"), max_length=255, blank=True, default="")
    street = models.CharField(_("house number and street"), max_length=255, blank=True, default="")
    commune = models.ForeignKey(
        Commune,
        verbose_name=_("commune"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="producers",
    )
    #: Communes that the written address could mean, while a person hasn't chosen.
    commune_candidates = models.JSONField(default=list, blank=True)
    legacy_region = models.CharField(_("former province"), max_length=80, blank=True, default="")

    seller_state = models.CharField(
        _("seller"), max_length=12, choices=SellerState.choices, default=SellerState.UNVERIFIED, db_index=True
    )
    seller_state_changed_at = models.DateTimeField(null=True, blank=True)
    seller_state_reason = models.CharField(_("reason"), max_length=255, blank=True, default="")

    # A licence is needed to sell alcohol of 5.5 % vol and above.
    alcohol_licence_number = models.CharField(_("alcohol licence"), max_length=60, blank=True, default="")
    alcohol_licence_from = models.DateField(null=True, blank=True)
    alcohol_licence_until = models.DateField(null=True, blank=True)

    #: Smallest order of this producer's goods, in đồng.
    minimum_order = models.PositiveIntegerField(_("minimum order (đồng)"), default=0)
    #: Days from order to hand-over to the carrier.
    dispatch_days = models.PositiveSmallIntegerField(_("days to dispatch"), default=1)
    #: Days of the week on which parcels go out, 1 (Monday) to 7.
    dispatch_weekdays = models.CharField(_("days of the week with dispatch"), max_length=7, default="1234567")
    pickup_offered = models.BooleanField(_("pickup offered"), default=False)
    pickup_hours = models.CharField(_("pickup hours"), max_length=120, blank=True, default="")
    #: True for invented producers and for sellers' data made up for a demonstration.
    is_sample = models.BooleanField(_("sample data"), default=False)

    class Meta(AbstractPartner.Meta):
        app_label = "partner"
        verbose_name = _("producer")
        verbose_name_plural = _("producers")
        constraints = [
            models.CheckConstraint(
                condition=Q(alcohol_licence_until__isnull=True)
                | Q(alcohol_licence_from__isnull=True)
                | Q(alcohol_licence_until__gte=F("alcohol_licence_from")),
                name="alcohol_licence_dates_in_order",
            ),
            models.CheckConstraint(condition=~Q(dispatch_weekdays=""), name="producer_ships_on_some_weekday"),
        ]

    @property
    def public_phone(self) -> str:
        """The number that buyers and carriers are told; a demonstration's stand-in is nobody's."""
        return "" if self.is_sample else self.phone


class Membership(models.Model):
    """Who acts for a producer, in which role. Oscar's `Partner.users` has no role and stays empty."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        SELLER = "seller", _("Seller")
        PACKER = "packer", _("Packer")
        ACCOUNTANT = "accountant", _("Accountant")

    producer = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "partner"
        constraints = [models.UniqueConstraint(fields=["producer", "user"], name="one_membership_a_producer")]

    def __str__(self) -> str:
        return f"{self.user} · {self.producer} · {self.get_role_display()}"


class SellerEvent(models.Model):
    """What was decided about a producer as a seller, appended only: who, when, why, from which state to which.

    No row is ever changed or deleted (triggers on both databases), and a refusal or a suspension says why.
    """

    class Action(models.TextChoices):
        VERIFIED = "verified", _("Verified as a seller")
        REFUSED = "refused", _("Refused as a seller")
        SUSPENDED = "suspended", _("Stopped from selling")

    producer = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="seller_events")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    action = models.CharField(max_length=10, choices=Action.choices)
    reason = models.CharField(max_length=255, blank=True, default="")
    from_state = models.CharField(max_length=12, choices=Partner.SellerState.choices)
    to_state = models.CharField(max_length=12, choices=Partner.SellerState.choices)

    class Meta:
        app_label = "partner"
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(action="verified") | ~Q(reason=""), name="seller_refusal_says_why"
            ),
            models.CheckConstraint(
                condition=Q(action="verified", to_state="verified")
                | Q(action="refused", to_state="unverified")
                | Q(action="suspended", to_state="suspended"),
                name="seller_event_leads_to_its_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.producer_id}: {self.action}"


class DeliveryReach(models.Model):
    """How far a producer's parcels go during a span of days; of several in force the one that began last holds.

    Written by whoever keeps the delivery tables, read by search. Without a producer: the shop's own table, which holds for
    every producer that has none.
    """

    producer = models.ForeignKey(
        Partner, on_delete=models.CASCADE, null=True, blank=True, related_name="delivery_reaches"
    )
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    same_province = models.BooleanField(default=False)
    same_region = models.BooleanField(default=False)
    between_regions = models.BooleanField(default=False)

    class Meta:
        app_label = "partner"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="reach_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.producer_id or '*'}: {self.valid_from}"


class ProducerStory(models.Model):
    """What a producer's published stories say, in plain words.

    Written by whoever keeps the stories, read by search. `edition` tells one state of the published pages from another.
    """

    producer = models.OneToOneField(
        Partner, on_delete=models.CASCADE, primary_key=True, related_name="published_story"
    )
    text_vi = models.TextField(blank=True, default="")
    text_en = models.TextField(blank=True, default="")
    edition = models.CharField(max_length=32)

    class Meta:
        app_label = "partner"

    def __str__(self) -> str:
        return f"{self.producer_id}: {self.edition}"


class StockRecord(AbstractStockRecord):
    """The stock of one pack, in packs.

    `num_in_stock` lies on the shelf; `num_allocated` of it is promised to orders not yet shipped. Only
    `checkout.reservations` changes `num_allocated`, by conditional update. `price` stays empty: prices live in
    `catalogue.pricing` alone.
    """

    num_in_stock = models.PositiveIntegerField(_("in stock"), default=0)
    num_allocated = models.PositiveIntegerField(_("promised"), default=0)

    class Meta(AbstractStockRecord.Meta):
        app_label = "partner"
        constraints = [
            models.UniqueConstraint(fields=["product"], name="one_stock_record_a_pack"),
            models.CheckConstraint(
                condition=Q(num_allocated__lte=F("num_in_stock")), name="never_promise_more_than_stock"
            ),
            models.CheckConstraint(condition=Q(price__isnull=True), name="prices_live_in_pricing"),
        ]


from oscar.apps.partner.models import *
