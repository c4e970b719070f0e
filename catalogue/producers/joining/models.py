"""Producers who want to sell here: what they said, the papers that they showed, and what was answered."""

import secrets
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.producers.models import Partner
from marketplace.encryption import BlindIndexField, EncryptedTextField, last_digits
from marketplace.places.models import Commune

#: Where papers lie; not among the folders that the public may read.
PAPERS_FOLDER: Final = "joining_papers"


class Application(models.Model):
    """One producer's way to becoming a seller: filled in step by step by one person, decided by the programme.

    While it is a draft, or more was asked for, whatever is known stands here; the producer's own entry is written when it is approved.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Being filled in")
        SUBMITTED = "submitted", _("With the programme")
        ASKED = "asked", _("More is asked for")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")

    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="applications"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT, db_index=True)
    #: The entry of a decision list that the applicant says is theirs; once approved, the producer that sells.
    producer = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="applications"
    )
    #: Why the entry is theirs.
    claim = models.CharField(_("why this entry is yours"), max_length=500, blank=True, default="")

    kind = models.CharField(_("kind"), max_length=20, choices=Partner.Kind.choices, blank=True, default="")
    name = models.CharField(_("name"), max_length=255, blank=True, default="")
    registration_number = models.CharField(_("registration number"), max_length=40, blank=True, default="")
    tax_number = EncryptedTextField(_("tax number"), max_length=14, blank=True, default="")
    tax_number_index = BlindIndexField(of="tax_number")
    representative = models.CharField(_("representative"), max_length=150, blank=True, default="")
    phone = models.CharField(_("phone number"), max_length=16, blank=True, default="")
    email = models.EmailField(_("email address"), blank=True, default="")
    sells_food = models.BooleanField(_("food or drink"), default=True)
    sells_alcohol = models.BooleanField(_("alcohol"), default=False)
    alcohol_licence_number = models.CharField(_("alcohol licence"), max_length=60, blank=True, default="")
    alcohol_licence_from = models.DateField(_("licence valid from"), null=True, blank=True)
    alcohol_licence_until = models.DateField(_("licence valid until"), null=True, blank=True)

    street = models.CharField(_("house number and street"), max_length=255, blank=True, default="")
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    bank_bin = models.CharField(_("bank"), max_length=6, blank=True, default="")
    account_number = EncryptedTextField(_("account number"), max_length=24, blank=True, default="")
    account_holder = models.CharField(_("account holder"), max_length=100, blank=True, default="")

    # The contract: which text, when, by whom, from which network, and the SHA-256 of the words that were shown.
    contract_version = models.CharField(max_length=20, blank=True, default="")
    contract_digest = models.CharField(max_length=64, blank=True, default="")
    contract_language = models.CharField(max_length=2, blank=True, default="")
    contract_accepted_at = models.DateTimeField(null=True, blank=True)
    contract_network = models.CharField(max_length=50, blank=True, default="")

    created_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-submitted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["applicant"],
                condition=Q(state__in=["draft", "submitted", "asked"]),
                name="one_open_application_a_person",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(submitted_at__isnull=False) & ~Q(contract_version=""),
                name="application_goes_out_with_its_contract",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(producer__isnull=False),
                name="approved_application_has_its_producer",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_with_applicant(self) -> bool:
        """Whether the applicant may change it now."""
        return self.state in (self.State.DRAFT, self.State.ASKED)

    @property
    def masked_account(self) -> str:
        """The last digits of the account."""
        return last_digits(self.account_number)


class ApplicationEvent(models.Model):
    """What happened to an application, appended only (triggers on both databases)."""

    class Action(models.TextChoices):
        SUBMITTED = "submitted", _("Sent in")
        ASKED = "asked", _("Asked for more")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        REOPENED = "reopened", _("Opened again")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=10, choices=Action.choices)
    #: What the applicant is told.
    words = models.CharField(max_length=1000, blank=True, default="")
    #: Which points of the checklist were ticked, by their keys.
    checked = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(action__in=["submitted", "approved"]) | ~Q(words=""),
                name="application_answer_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.action}"


def paper_path(paper: Any, filename: str) -> str:
    """Return a path that nobody can guess; the name of the upload is kept in the row, its ending says what it is."""
    return f"{PAPERS_FOLDER}/{secrets.token_hex(16)}.{paper.ending}"


class Paper(models.Model):
    """A scan or photograph of one of the producer's papers: private, for the applicant and those who decide."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="papers")
    #: Its key in `papers.PAPERS`.
    kind = models.CharField(max_length=30)
    file = models.FileField(upload_to=paper_path, max_length=120)
    #: As it was called on the applicant's phone.
    name = models.CharField(max_length=120)
    ending = models.CharField(max_length=4)
    size = models.PositiveIntegerField()
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Merge(models.Model):
    """Two entries that were one producer: what of `source` went to `target`, so that it can be undone. The source stays, empty."""

    source = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="merges_away")
    target = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="merges_in")
    reason = models.CharField(_("reason"), max_length=255)
    #: Keys of what moved, by kind: `goods`, `standards`, `members`.
    moved = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(undone_at__isnull=True), name="producer_is_merged_into_one"
            ),
            models.CheckConstraint(condition=~Q(source=models.F("target")), name="merge_is_of_two_entries"),
            models.CheckConstraint(condition=~Q(reason=""), name="merge_says_why"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="undone_merge_says_who",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"
