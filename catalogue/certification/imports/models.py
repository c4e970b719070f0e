"""What was imported, from where, and what became of each row."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    """How a row ended."""

    CREATED = "created", _("Created")
    UPDATED = "updated", _("Updated")
    UNCHANGED = "unchanged", _("Unchanged")
    HELD = "held", _("Held")
    REJECTED = "rejected", _("Rejected")


class Question(models.TextChoices):
    """What a held row asks."""

    SAME_PRODUCER = "same_producer", _("Is this the same producer?")
    SAME_PRODUCT = "same_product", _("Is this the same product?")
    OTHER_STARS = "other_stars", _("The same product with other stars?")
    FIVE_STARS = "five_stars", _("5 stars, but not from the ministry?")
    POWER = "power", _("Could this authority award these stars on that day?")
    TERM = "term", _("The stated term is longer than the rule allows?")


class DecisionImport(models.Model):
    """One run of one file."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    source = models.CharField(_("source"), max_length=160)
    file_name = models.CharField(_("file"), max_length=255)
    file_hash = models.CharField(max_length=64, db_index=True)
    #: Kept in the database, so that any worker can read it and no public address leads to it. Empty for the command.
    content = models.BinaryField(null=True, blank=True, editable=False)
    decision_number = models.CharField(_("decision number"), max_length=60, blank=True, default="")
    decided_on = models.DateField(_("date of decision"), null=True, blank=True)
    authority = models.CharField(_("authority"), max_length=160, blank=True, default="")
    province = models.ForeignKey(
        "places.Province", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    #: Data rows of the file, and how many of them are done: the progress, and where a killed run goes on.
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True)
    contradictions = models.JSONField(default=list, blank=True)
    preview = models.JSONField(default=dict, blank=True)
    message = models.TextField(blank=True, default="")
    #: `host:process` that runs it, and its last sign of life.
    runner = models.CharField(max_length=80, blank=True, default="")
    alive_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="running"), name="one_running_decision_import"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def needed_columns(self) -> list[str]:
        """Headers among which a person has to find the product or the producer before the file can be previewed."""
        return self.preview.get("needed_columns", [])

    @property
    def can_be_confirmed(self) -> bool:
        """Whether a person has seen what it would do; a failed one goes on where it was."""
        seen = "counts" in self.preview
        return (seen and self.state == self.State.UPLOADED) or (
            (seen or self.rows_done > 0) and self.state == self.State.FAILED
        )

    @property
    def percent(self) -> int:
        """How much of the file is done, 0 to 100."""
        return self.rows_done * 100 // self.rows_total if self.rows_total else 0


class ImportRow(models.Model):
    """One row of a source as evidence, and what became of it the last time it was imported."""

    source = models.CharField(max_length=160)
    key = models.CharField(max_length=120)
    hash = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    #: Every cell as written, by field or by the header of a column without meaning.
    raw = models.JSONField(default=dict)
    decision_import = models.ForeignKey(DecisionImport, on_delete=models.PROTECT, related_name="rows")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    question = models.CharField(max_length=20, choices=Question.choices, blank=True, default="")
    #: The answers that the question allows: a list of {"value", "label"}.
    choices = models.JSONField(default=list, blank=True)
    #: Answers given so far, by question.
    answers = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=400, blank=True, default="")
    producer = models.ForeignKey(
        "partner.Partner", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    product = models.ForeignKey(
        "catalogue.Product", on_delete=models.SET_NULL, null=True, blank=True, related_name="import_rows"
    )
    certificate = models.ForeignKey(
        "certification.Certificate", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["decision_import", "number"]
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="one_evidence_row_a_key")]
        indexes = [models.Index(fields=["decision_import", "outcome"], name="import_row_outcome")]

    def __str__(self) -> str:
        return f"{self.source} {self.key}: {self.outcome}"


class ColumnMapping(models.Model):
    """What a person said a header means; remembered for every later file."""

    #: The header without marks, case and punctuation.
    header_key = models.CharField(max_length=120, unique=True)
    header = models.CharField(_("header"), max_length=160)
    field = models.CharField(_("meaning"), max_length=20)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.header} = {self.field}"
