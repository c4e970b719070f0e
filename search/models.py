"""What the search index is known to hold, and how its rebuilds and checks went."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class IndexedVersion(models.Model):
    """The version of a good that an index has taken; behind `ProductChange` means work.

    One row a good and index: a rebuilt index starts without rows, so whatever changed while it was being filled is
    picked up afterwards.
    """

    index_name = models.CharField(max_length=120)
    product_id = models.BigIntegerField()
    #: -1: claimed once, never taken.
    version = models.BigIntegerField()
    #: The most documents that the good ever had in the index: those it has no more get a tombstone.
    documents = models.PositiveSmallIntegerField(default=0)
    indexed_at = models.DateTimeField(auto_now=True)
    #: Until when the good belongs to one worker.
    claimed_until = models.DateTimeField(null=True, blank=True)
    #: Failures in a row, the version that failed last, why, and when to try that version again.
    failures = models.PositiveIntegerField(default=0)
    failed_version = models.BigIntegerField(null=True, blank=True)
    failure = models.CharField(max_length=500, blank=True, default="")
    next_try_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["index_name", "product_id"], name="one_version_a_good_and_index")
        ]
        indexes = [
            models.Index(fields=["index_name"], name="index_failures", condition=models.Q(failures__gt=0))
        ]

    def __str__(self) -> str:
        return f"{self.index_name}: {self.product_id} v{self.version}"


class IndexRebuild(models.Model):
    """A filling of a new index. While it is under way, `done_until` says where to go on after a death."""

    class State(models.TextChoices):
        FILLING = "filling", _("being filled")
        DONE = "done", _("in use")
        REFUSED = "refused", _("not put in use")
        FAILED = "failed", _("broken off")

    index_name = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.FILLING)
    started_at = models.DateTimeField()
    #: When it last saved what it had done; after the end, the end.
    seen_at = models.DateTimeField()
    #: Every good up to this id is in the index.
    done_until = models.BigIntegerField(default=0)
    goods = models.PositiveIntegerField(default=0)
    documents = models.PositiveIntegerField(default=0)
    #: Seconds at work, those before a death included.
    seconds = models.FloatField(default=0.0)
    note = models.CharField(max_length=500, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.index_name}: {self.state}"


class IndexCheck(models.Model):
    """A comparison of database and index: how much differed, and a few examples."""

    index_name = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    goods = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    differences = models.PositiveIntegerField(default=0)
    mended = models.PositiveIntegerField(default=0)
    #: Number of differences by kind.
    kinds = models.JSONField(default=dict)
    note = models.CharField(max_length=500, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.index_name}: {self.differences}"
