"""Reviews of goods by people who bought them and got them; shown at once, judged afterwards by published rules (`rules.py`).

Whoever knows orders says who may write one, by an opaque key of the purchase (`checkout/aftersale/reviews.py`). Oscar's own models are not
used: they know anonymous writers and votes.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalogue.pictures.attached import AttachedPicture
from catalogue.reviews.rules import Ground

FEWEST_STARS, MOST_STARS = 1, 5


class ProductReview(models.Model):
    """What one buyer says of one purchase of a good."""

    class State(models.TextChoices):
        SHOWN = "shown", _("Shown")
        HIDDEN = "hidden", _("Hidden")

    product = models.ForeignKey("catalogue.Product", on_delete=models.CASCADE, related_name="reviews")
    #: Names the purchase to whoever knows orders, and says nothing of it here.
    purchase_key = models.CharField(max_length=64, unique=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="reviews"
    )
    #: As it is shown: `Lan N.`; empty where the person is forgotten.
    author_name = models.CharField(max_length=60, blank=True, default="")
    pack_label = models.CharField(max_length=255, blank=True, default="")
    stars = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True, default="")
    #: Of the text.
    language = models.CharField(max_length=2, default="vi")
    created_at = models.DateTimeField(auto_now_add=True)

    state = models.CharField(max_length=8, choices=State.choices, default=State.SHOWN)
    hidden_ground = models.CharField(max_length=16, choices=Ground.choices, blank=True, default="")

    #: The producer's one answer.
    reply = models.TextField(blank=True, default="")
    replied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "reviews"
        ordering = ["-created_at", "-pk"]
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.CheckConstraint(
                condition=Q(stars__gte=FEWEST_STARS, stars__lte=MOST_STARS),
                name="review_has_one_to_five_stars",
            ),
            models.CheckConstraint(
                condition=Q(state="hidden") & ~Q(hidden_ground="") | Q(state="shown", hidden_ground=""),
                name="hidden_review_has_a_ground",
            ),
            models.CheckConstraint(
                condition=Q(reply="", replied_at__isnull=True) | ~Q(reply="") & Q(replied_at__isnull=False),
                name="reply_has_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["product", "state", "-created_at"], name="review_of_product")]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.stars}"


class ReviewPicture(AttachedPicture):
    """A picture beside a review; public once it is cleaned, as long as the review is shown."""

    FOLDER = "review_pictures"

    review = models.ForeignKey(ProductReview, on_delete=models.CASCADE, related_name="pictures")

    class Meta(AttachedPicture.Meta):
        app_label = "reviews"
        indexes = [models.Index(fields=["state", "next_try_at"], name="review_picture_due")]


class ReviewReport(models.Model):
    """That somebody holds a review to break the rules; of one person one a review."""

    review = models.ForeignKey(ProductReview, on_delete=models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    ground = models.CharField(max_length=16, choices=Ground.choices)
    note = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField(auto_now_add=True)
    #: When the programme looked at it, whatever it decided.
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "reviews"
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "reporter"], name="one_report_a_person_and_review")
        ]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.ground}"


class ReviewEvent(models.Model):
    """That a review was hidden, shown again or left as it is, appended only: who, when, on which ground."""

    class Action(models.TextChoices):
        HIDDEN = "hidden", _("Hidden")
        SHOWN = "shown", _("Shown again")
        KEPT = "kept", _("Reports dismissed")

    review = models.ForeignKey(ProductReview, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    action = models.CharField(max_length=8, choices=Action.choices)
    ground = models.CharField(max_length=16, choices=Ground.choices, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        app_label = "reviews"
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.action}"
