"""Questions that people ask of goods and the producers' answers; public once answered, judged afterwards by published rules (`rules.py`)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.questions.rules import Ground


class QuestionQuerySet(models.QuerySet["Question"]):
    """Which questions are whose."""

    def kept(self) -> "QuestionQuerySet":
        """Those that break no rule, as far as anybody has said."""
        return self.filter(state=Question.State.SHOWN)

    def public(self) -> "QuestionQuerySet":
        """Those that everybody may read: with their answer."""
        return self.kept().filter(answered_at__isnull=False, answer_hidden_ground="")

    def of_producer(self, producer: object) -> "QuestionQuerySet":
        """Those about the goods of one producer."""
        return self.filter(product__producer=producer)

    def to_answer(self) -> "QuestionQuerySet":
        """Those for which the producer owes a word: without an answer, or with one that was hidden."""
        return self.kept().filter(Q(answered_at__isnull=True) | ~Q(answer_hidden_ground=""))


class Question(models.Model):
    """What one person asks of a good, and the producer's one answer."""

    class State(models.TextChoices):
        SHOWN = "shown", _("Shown")
        HIDDEN = "hidden", _("Hidden")

    product = models.ForeignKey("catalogue.Product", on_delete=models.CASCADE, related_name="questions")
    asker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="questions"
    )
    #: As it is shown: `Lan N.`; empty where the person gave no name or is forgotten.
    asker_name = models.CharField(max_length=60, blank=True, default="")
    text = models.TextField()
    #: Of the text.
    language = models.CharField(max_length=2, default="vi")
    asked_at = models.DateTimeField(auto_now_add=True)

    state = models.CharField(max_length=8, choices=State.choices, default=State.SHOWN)
    hidden_ground = models.CharField(max_length=16, choices=Ground.choices, blank=True, default="")

    answer = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: Why the answer alone isn't shown; the producer may write another one then.
    answer_hidden_ground = models.CharField(max_length=16, choices=Ground.choices, blank=True, default="")

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="hidden") & ~Q(hidden_ground="") | Q(state="shown", hidden_ground=""),
                name="hidden_question_has_a_ground",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True, answer_hidden_ground="")
                | ~Q(answer="") & Q(answered_at__isnull=False),
                name="answer_has_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["product", "state", "-asked_at"], name="question_of_good")]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.text[:40]}"

    @property
    def waits_for_answer(self) -> bool:
        """Whether the producer owes a word: see `QuestionQuerySet.to_answer`."""
        unanswered = not self.answer or bool(self.answer_hidden_ground)
        return self.state == self.State.SHOWN and unanswered


class QuestionReport(models.Model):
    """That somebody holds a question or its answer to break the rules; of one person one a question, of a visitor without a name."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    ground = models.CharField(max_length=16, choices=Ground.choices)
    note = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField(auto_now_add=True)
    #: When the programme looked at it, whatever it decided.
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["question", "reporter"], name="one_report_a_person_and_question")
        ]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.ground}"


class QuestionEvent(models.Model):
    """That a question or its answer was hidden, shown again, left or written anew, appended only: who, when, on which ground."""

    class Action(models.TextChoices):
        HIDDEN = "hidden", _("Hidden")
        SHOWN = "shown", _("Shown again")
        KEPT = "kept", _("Reports dismissed")
        ANSWER_HIDDEN = "answer_hidden", _("Answer hidden")
        ANSWER_SHOWN = "answer_shown", _("Answer shown again")
        ANSWERED_ANEW = "answered_anew", _("Answered anew")

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    action = models.CharField(max_length=14, choices=Action.choices)
    ground = models.CharField(max_length=16, choices=Ground.choices, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")
    #: Of an answer that was written anew: the one before.
    text = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.action}"


class SavedAnswer(models.Model):
    """Words that a producer writes often, kept for the next time: for public answers and for talks about orders."""

    producer = models.ForeignKey("partner.Partner", on_delete=models.CASCADE, related_name="saved_answers")
    title = models.CharField(_("name"), max_length=60)
    text = models.TextField(_("text"))

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["producer", "title"], name="one_saved_answer_a_title"),
        ]

    def __str__(self) -> str:
        return self.title
