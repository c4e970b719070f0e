"""What the search index is known to hold, what people searched for, and where a search leads on."""

from django.db import models
from django.utils.translation import gettext_lazy as _

# The lexicon's models are this app's too; they lie in their own room.
from search.lexicon.models import (
    LexiconEdit,
    LexiconGroup,
    LexiconPhrase,
    LexiconRelation,
    LexiconState,
)


class IndexedVersion(models.Model):
    """The version of a good that an index has taken; behind `ProductChange` means work.

    One row a good and index: a rebuilt index starts without rows, so whatever changed while it was being filled is
    picked up afterwards.
    """

    index_name = models.CharField(max_length=120)
    product_id = models.BigIntegerField()
    version = models.BigIntegerField()
    #: The most documents that the good ever had in the index: those it has no more get a tombstone.
    documents = models.PositiveSmallIntegerField(default=0)
    indexed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["index_name", "product_id"], name="one_version_a_good_and_index")
        ]

    def __str__(self) -> str:
        return f"{self.index_name}: {self.product_id} v{self.version}"


class SearchRecord(models.Model):
    """One text that somebody searched for, once for each visit (a browser's tab).

    Nothing says who: `session` is a keyed hash of a number that the browser forgets with the tab, and digits and addresses that
    could be somebody's are masked in `text`. Kept for `insights.services.KEPT`.
    """

    #: Of the page that showed the results; makes a record that is sent twice one record.
    token = models.UUIDField(unique=True)
    at = models.DateTimeField()
    #: The day in Vietnam of `at`.
    day = models.DateField(db_index=True)
    #: As typed: composed, in lower case, spaces made one.
    text = models.CharField(max_length=120)
    language = models.CharField(max_length=2)
    session = models.CharField(max_length=32)
    results = models.PositiveIntegerField()
    #: Whether the age was declared: what such a search found isn't suggested to others.
    adult = models.BooleanField(default=False)
    clicks = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "text"], name="one_record_a_visit_and_text"),
        ]
        indexes = [models.Index(fields=["text", "-at"], name="search_record_text")]

    def __str__(self) -> str:
        return f"{self.text}: {self.results}"


class SearchClick(models.Model):
    """A good that was opened from the results of a search; `position` counts from 1 over all pages."""

    record = models.ForeignKey(SearchRecord, on_delete=models.CASCADE, related_name="opened")
    product_id = models.BigIntegerField()
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "product_id"], name="one_click_a_search_and_good"),
        ]

    def __str__(self) -> str:
        return f"{self.record_id}: {self.product_id} at {self.position}"


class SearchRedirect(models.Model):
    """A text that leads to a page of this shop instead of a list of goods: a season, a campaign, a region."""

    #: Compared without marks and case: `tet`, `Tết` and `TẾT` are one.
    text = models.CharField(_("search for"), max_length=120)
    key = models.CharField(max_length=120, unique=True, editable=False)
    path_vi = models.CharField(_("page in Vietnamese"), max_length=300)
    path_en = models.CharField(_("page in English"), max_length=300, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(path_vi__startswith="/vi/")
                & (models.Q(path_en="") | models.Q(path_en__startswith="/en/")),
                name="redirects_stay_on_this_site",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text} → {self.path_vi}"
