"""Decisions, certificates and standards: the papers behind every star.

Sources of the rules: Decision 26/2026/QĐ-TTg (in force since 22 May 2026) and the programme before it; see `docs/` and `domain.md`.
Dates are inclusive days in Asia/Ho_Chi_Minh.
"""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

MINISTRY = "ministry"
#: The states of what no authority awarded: a council's proposal, open or closed.
PROPOSALS = ("proposed", "closed")
#: The fewest stars that any rule of the programme has certified so far; the rule in force may ask for more.
FEWEST_CERTIFIED_STARS = 3


class Level(models.TextChoices):
    """Whose authority recognises."""

    DISTRICT = "district", _("District (before July 2025)")
    PROVINCE = "province", _("Province")
    MINISTRY = MINISTRY, _("Ministry")


class ProgrammeRule(models.Model):
    """What the programme's decision in force from a day says about certificates; dated data, never code."""

    in_force_from = models.DateField(unique=True)
    legal_source = models.CharField(max_length=120)
    validity_months = models.PositiveSmallIntegerField()
    #: Days that a certificate whose filing window could not be met stays valid past its end, at most.
    transitional_days = models.PositiveSmallIntegerField(default=0)
    filing_opens_days = models.PositiveSmallIntegerField(default=0)
    filing_closes_days = models.PositiveSmallIntegerField(default=0)
    #: Fewest stars that are recognised and certified.
    recognised_from_stars = models.PositiveSmallIntegerField(default=3)

    class Meta:
        ordering = ["in_force_from"]

    def __str__(self) -> str:
        return self.legal_source


class ScoreThreshold(models.Model):
    """From which score (of 100) how many stars."""

    rule = models.ForeignKey(ProgrammeRule, on_delete=models.CASCADE, related_name="thresholds")
    stars = models.PositiveSmallIntegerField()
    score_from = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "stars"], name="one_threshold_a_star")]

    def __str__(self) -> str:
        return f"{self.stars}: {self.score_from}"


class AwardingPower(models.Model):
    """Which level may award how many stars under a rule."""

    rule = models.ForeignKey(ProgrammeRule, on_delete=models.CASCADE, related_name="powers")
    level = models.CharField(max_length=10, choices=Level.choices)
    stars = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "level", "stars"], name="one_power_a_level_and_star")
        ]

    def __str__(self) -> str:
        return f"{self.level}: {self.stars}"


class AlcoholRule(models.Model):
    """What the law in force from a day asks of whoever sells alcohol; strengths in per cent by volume."""

    in_force_from = models.DateField(unique=True)
    legal_source = models.CharField(max_length=160)
    licence_from_strength = models.DecimalField(max_digits=4, decimal_places=1)
    no_promotion_from_strength = models.DecimalField(max_digits=4, decimal_places=1)
    #: A drink of unknown strength counts as this strong.
    unknown_strength_counts_as = models.DecimalField(max_digits=4, decimal_places=1)
    minimum_age = models.PositiveSmallIntegerField()
    cash_on_delivery = models.BooleanField(default=False)

    class Meta:
        ordering = ["in_force_from"]

    def __str__(self) -> str:
        return self.legal_source


class Decision(models.Model):
    """A decision of recognition: its number, its day and the authority that took it."""

    Level = Level

    number = models.CharField(_("number"), max_length=60)
    decided_on = models.DateField(_("date"))
    authority = models.CharField(_("authority"), max_length=160)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    province = models.ForeignKey(
        "places.Province", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_sample = models.BooleanField(_("sample data"), default=False)

    class Meta:
        ordering = ["-decided_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["number", "authority", "decided_on"], name="one_decision_a_number"
            )
        ]

    def __str__(self) -> str:
        return self.number


class WithdrawalGround(models.TextChoices):
    """The six grounds on which an authority withdraws (Decision 26/2026/QĐ-TTg)."""

    FALSE_DOSSIER = "false_dossier", _("False dossier")
    CRITERIA_NOT_MET = "criteria_not_met", _("Criteria no longer met")
    BREACH_OF_LAW = "breach_of_law", _("Breach of quality, safety, labelling or other law")
    MISUSE_OF_MARK = "misuse_of_mark", _("Misuse of the OCOP mark")
    PRODUCTION_STOPPED = "production_stopped", _("Production stopped")
    OTHER_FINDINGS = "other_findings", _("Other official findings")


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Reads certificates by what they are worth on a day."""

    def recognised(self) -> Self:
        """Keep what was verified and really awarded: on some days it was, is or will be in force."""
        return self.filter(verified_at__isnull=False).exclude(state=Certificate.State.PROPOSED)

    def in_force(self, on: date, *, stars_from: int = FEWEST_CERTIFIED_STARS) -> Self:
        """Keep what counts on the day `on` (inclusive on both ends)."""
        return self.recognised().filter(stars__gte=stars_from, valid_from__lte=on, in_force_until__gte=on)


class Certificate(models.Model):
    """How many stars a good was given, by which decision, from when until when.

    `valid_until` is what the paper says. `in_force_until` is the last day on which it counts: the same day, or earlier after an
    upgrade or a withdrawal, or later by the transitional rule. *Unverified* (no `verified_at`) and *expired* follow from the data.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        CLOSED = "closed", _("Closed")
        AWARDED = "awarded", _("Awarded")
        SUPERSEDED = "superseded", _("Superseded")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    product = models.ForeignKey("catalogue.Product", on_delete=models.PROTECT, related_name="certificates")
    stars = models.PositiveSmallIntegerField(_("stars"))
    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="certificates"
    )
    #: Copied from the decision so that a constraint can hold 5 stars to the ministry.
    level = models.CharField(max_length=10, choices=Level.choices, blank=True, default="")
    #: The council's average out of 100, where the paper or the minutes give it.
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True, blank=True)
    official_code = models.CharField(
        _("certificate code"), max_length=60, blank=True, default="", db_index=True
    )
    public_code = models.CharField(max_length=16, unique=True, editable=False)
    #: The authority that a list names where the decision itself is missing.
    stated_authority = models.CharField(max_length=160, blank=True, default="")
    stated_year = models.PositiveSmallIntegerField(null=True, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    in_force_until = models.DateField(null=True, blank=True, editable=False)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    evidence = models.FileField(_("document"), upload_to="certificates/", blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.AWARDED)
    #: Since which day the state holds, and why.
    state_since = models.DateField(null=True, blank=True)
    state_reason = models.CharField(max_length=255, blank=True, default="")
    #: On which of the law's grounds it was withdrawn; said in the reader's language.
    withdrawal_ground = models.CharField(
        max_length=20, choices=WithdrawalGround.choices, blank=True, default=""
    )
    is_sample = models.BooleanField(_("sample data"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="stars_from_1_to_5"),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__gte=0, score__lte=100), name="score_out_of_100"
            ),
            models.CheckConstraint(
                condition=Q(stars__gte=FEWEST_CERTIFIED_STARS)
                | Q(state__in=PROPOSALS, verified_at__isnull=True),
                name="low_stars_never_awarded",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed") | ~Q(stars=5) | Q(verified_at__isnull=True) | Q(level=MINISTRY),
                name="five_stars_only_from_the_ministry",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="certificate_dates_in_order",
            ),
            models.UniqueConstraint(
                fields=["product", "decision"],
                condition=~Q(state="proposed"),
                name="one_certificate_a_good_and_decision",
            ),
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True)
                | Q(
                    decision__isnull=False,
                    valid_from__isnull=False,
                    valid_until__isnull=False,
                    in_force_until__isnull=False,
                ),
                name="verified_certificate_is_complete",
            ),
        ]
        indexes = [
            models.Index(
                fields=["product", "valid_from", "in_force_until", "stars"],
                name="certificate_in_force",
                condition=Q(verified_at__isnull=False) & ~Q(state="proposed"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.stars} sao"

    def get_absolute_url(self) -> str:
        """Return the address of its public page in the language of the moment, without host."""
        return reverse("certificates:detail", kwargs={"public_code": self.public_code})


class CertificateEvent(models.Model):
    """What happened to a certificate, appended only: who changed what, when and why."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    action = models.CharField(max_length=30)
    reason = models.CharField(max_length=255, blank=True, default="")
    changes = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.certificate_id}: {self.action}"


class CertificateReminder(models.Model):
    """That a producer was reminded so many days before a certificate's end; another end (an extension) is another count."""

    certificate = models.ForeignKey(Certificate, on_delete=models.CASCADE, related_name="reminders")
    until = models.DateField()
    days = models.PositiveSmallIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certificate", "until", "days"], name="one_reminder_a_step")
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id}: {self.days}"


class StandardCertificate(models.Model):
    """A further paper of a producer or of one good: VietGAP, GlobalGAP, 4C, UTZ, Halal, organic."""

    class Standard(models.TextChoices):
        VIETGAP = "vietgap", "VietGAP"
        GLOBALGAP = "globalgap", "GlobalGAP"
        FOUR_C = "4c", "4C"
        UTZ = "utz", "UTZ"
        HALAL = "halal", "Halal"
        ORGANIC = "organic", _("Organic")

    standard = models.CharField(max_length=12, choices=Standard.choices)
    producer = models.ForeignKey(
        "partner.Partner", on_delete=models.CASCADE, null=True, blank=True, related_name="standards"
    )
    product = models.ForeignKey(
        "catalogue.Product", on_delete=models.CASCADE, null=True, blank=True, related_name="standards"
    )
    number = models.CharField(_("number"), max_length=80, blank=True, default="")
    issuer = models.CharField(_("issued by"), max_length=160, blank=True, default="")
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    evidence = models.FileField(_("document"), upload_to="standards/", blank=True)
    is_sample = models.BooleanField(_("sample data"), default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(producer__isnull=True, product__isnull=False)
                | Q(producer__isnull=False, product__isnull=True),
                name="standard_of_a_producer_or_a_good",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="standard_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.get_standard_display()


class StandardEvent(models.Model):
    """What happened to a standard's paper, appended only: who did what, when and why."""

    standard = models.ForeignKey(StandardCertificate, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    action = models.CharField(max_length=30)
    reason = models.CharField(max_length=255, blank=True, default="")
    changes = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.standard_id}: {self.action}"


from catalogue.certification.imports.models import ColumnMapping, DecisionImport, ImportRow
