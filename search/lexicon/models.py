"""The lexicon in the database: groups, phrases, what is a kind of what, and every edit."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from search.lexicon.groups import Kind, Language, Source


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
