"""Words that may not stand in what people write to each other here: data, in the languages of the shop."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.moderation.matching import written_like


class BlockedWord(models.Model):
    """A word or a phrase that is refused, however it is spaced, dotted or spelt without marks."""

    class Kind(models.TextChoices):
        INSULT = "insult", _("Insults or swears")
        CONTACT = "contact", _("Leads people elsewhere to talk")

    class Language(models.TextChoices):
        VIETNAMESE = "vi", _("Vietnamese")
        ENGLISH = "en", _("English")

    text = models.CharField(_("word or phrase"), max_length=60)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.INSULT)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.VIETNAMESE
    )
    #: Without its marks it would mean something harmless: `cặc` isn't `các`.
    marks_count = models.BooleanField(_("only with these marks"), default=False)
    #: What it is compared by.
    key = models.CharField(max_length=60, unique=True, editable=False)

    class Meta:
        ordering = ["language", "text", "pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(key=""), name="blocked_word_has_letters"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def compared_by(self) -> str:
        """The text as it is compared: without marks, or with them where they count."""
        return " ".join(written_like(self.text, marks_count=self.marks_count))
