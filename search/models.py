"""What the search index is known to hold, what people searched for, where a search leads on, and the lexicon that admins edit."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from search.lexicon.groups import Kind, Language, Source


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


class LexiconGroup(models.Model):
    """A group of synonyms in force (`search.lexicon.groups.Group`).

    Without ``edited_at`` it is as it was shipped and follows the next shipment; with it, an admin's word counts.
    """

    key = models.CharField(_("key"), max_length=40, unique=True)
    source = models.CharField(_("source"), max_length=10, choices=Source.choices, default=Source.ADMIN)
    is_active = models.BooleanField(_("in force"), default=True)
    describes = models.BooleanField(
        _("tells a quality or a form, not which goods"),
        default=False,
        help_text=_("Goods that have it come first; the others are found too."),
    )
    broader = models.ManyToManyField(
        "self",
        through="LexiconRelation",
        through_fields=("narrower", "broader"),
        symmetrical=False,
        related_name="narrower",
        verbose_name=_("is a kind of"),
    )
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True)

    class Meta:
        verbose_name = _("group of synonyms")
        verbose_name_plural = _("groups of synonyms")
        constraints = [
            models.CheckConstraint(condition=models.Q(source__in=Source.values), name="lexicon_group_source")
        ]

    def __str__(self) -> str:
        return self.key


class LexiconPhrase(models.Model):
    """A phrase of a group; ``is_exception``: a longer phrase in which the group's words mean something else."""

    group = models.ForeignKey(LexiconGroup, on_delete=models.CASCADE, related_name="phrases")
    text = models.CharField(_("phrase"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.SAME)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.VIETNAMESE
    )
    is_exception = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["group", "is_exception", "position"]
        constraints = [
            models.UniqueConstraint(fields=["group", "text"], name="lexicon_phrase_once_a_group"),
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="lexicon_phrase_kind"),
            models.CheckConstraint(
                condition=models.Q(language__in=Language.values), name="lexicon_phrase_language"
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="lexicon_phrase_says_something"),
        ]

    def __str__(self) -> str:
        return self.text


class LexiconRelation(models.Model):
    """That one group is a kind of another (``combination`` 0), or has it as a part.

    Parts with the same number make the group together (*mango* and *dried* make *dried mango*). Loops over several groups are
    refused by the service that writes.
    """

    narrower = models.ForeignKey(LexiconGroup, on_delete=models.CASCADE, related_name="+")
    broader = models.ForeignKey(LexiconGroup, on_delete=models.CASCADE, related_name="+")
    combination = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["narrower", "broader", "combination"], name="lexicon_relation_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(narrower=models.F("broader")), name="lexicon_no_kind_of_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.narrower_id} < {self.broader_id}"


class LexiconEdit(models.Model):
    """One change of a group: who, when, what was before and after; and how far the index has followed.

    It is a duty row (`marketplace.duties`): until it is done, goods that name a phrase of the group before or after the change
    still have to be marked as changed. ``done_until`` is the highest product id that was looked at.
    """

    class Action(models.TextChoices):
        ADDED = "added", _("Added")
        CHANGED = "changed", _("Changed")
        SWITCHED_OFF = "off", _("Switched off")
        SWITCHED_ON = "on", _("Switched on")
        SHIPPED = "shipped", _("New version of the lexicon")

    class State(models.TextChoices):
        PENDING = "pending", _("The index is following")
        DONE = "done", _("In force everywhere")
        FAILED = "failed", _("Stopped after errors")

    group = models.ForeignKey(
        LexiconGroup, null=True, blank=True, on_delete=models.SET_NULL, related_name="edits"
    )
    key = models.CharField(max_length=40, blank=True)
    action = models.CharField(max_length=10, choices=Action.choices)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    done_until = models.BigIntegerField(default=0)
    marked = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [
            models.Index(fields=["next_try_at"], name="lexicon_edit_due", condition=models.Q(state="pending"))
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.action} {self.made_at:%Y-%m-%d %H:%M}"

    @property
    def added_phrases(self) -> list[str]:
        """The phrases that the change brought."""
        return self._phrases(self.after, self.before)

    @property
    def removed_phrases(self) -> list[str]:
        """The phrases that the change took away."""
        return self._phrases(self.before, self.after)

    @staticmethod
    def _phrases(those: dict[str, Any], not_those: dict[str, Any]) -> list[str]:
        left_out = {phrase[0] for phrase in not_those.get("phrases", [])}
        return [phrase[0] for phrase in those.get("phrases", []) if phrase[0] not in left_out]


class LexiconState(models.Model):
    """The one row (pk 1) that says which lexicon is in force: a number that every change raises."""

    version = models.PositiveIntegerField(default=0)
    #: Digest of the files that were loaded last.
    shipped = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_lexicon_state")]

    def __str__(self) -> str:
        return f"lexicon {self.version}"
