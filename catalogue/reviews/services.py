"""Writes, answers, reports and hides reviews; each change counts the good's rating anew.

`Product.rating` (the mean of the shown ones, two decimals; none without any) and `Product.review_count` are what pages and the search read.
"""

import logging
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.changes import mark_changed
from catalogue.models import Product
from catalogue.pictures.attached import pictures_attach, pictures_clean_due, pictures_judge
from catalogue.reviews.errors import ReplyRefused, ReviewRefused
from catalogue.reviews.models import (
    FEWEST_STARS,
    MOST_STARS,
    ProductReview,
    ReviewEvent,
    ReviewPicture,
    ReviewReport,
)
from catalogue.reviews.rules import Ground
from marketplace.duties import nudge_on_commit
from marketplace.page_cache import raise_generation

logger = logging.getLogger(__name__)

#: Pictures of one review, and letters of it and of an answer.
MOST_PICTURES: Final = 5
LONGEST_TEXT: Final = 2_000
State = ProductReview.State


def review_write(
    *,
    good: Product,
    purchase_key: str,
    stars: int,
    text: str = "",
    author: Any = None,
    author_name: str = "",
    pack_label: str = "",
    language: str = "vi",
    pictures: Sequence[UploadedFile] = (),
) -> ProductReview:
    """Write the review of one purchase of `good`, shown at once. Who may write one is for the caller to know.

    Raises ReviewRefused where the purchase has one or the stars are none of 1 to 5, PictureRefused with what is wrong with a file.
    """
    pictures_judge(pictures, most=MOST_PICTURES)
    if not FEWEST_STARS <= stars <= MOST_STARS:
        raise ReviewRefused(_("Please choose one to five."))
    with transaction.atomic():
        _good_locked(good.pk)
        review, is_new = ProductReview.objects.get_or_create(
            purchase_key=purchase_key,
            defaults={
                "product": good,
                "stars": stars,
                "text": text.strip()[:LONGEST_TEXT],
                "author": author,
                "author_name": author_name,
                "pack_label": pack_label,
                "language": language,
            },
        )
        if not is_new:
            raise ReviewRefused(_("You have written about this purchase already."))
        if pictures:
            pictures_attach([ReviewPicture(review=review) for _upload in pictures], pictures)
            nudge_on_commit(review_pictures_clean_due)
        _rating_count(good.pk)
    return review


@transaction.atomic
def review_reply(*, review: ProductReview, text: str) -> ProductReview:
    """Publish the producer's one answer. Raises ReplyRefused."""
    words = text.strip()[:LONGEST_TEXT]
    if not words:
        raise ReplyRefused(_("Please write something."))
    answered = ProductReview.objects.filter(pk=review.pk, reply="").update(
        reply=words, replied_at=timezone.now()
    )
    if not answered:
        raise ReplyRefused(_("This review has its answer already: there is one."))
    raise_generation()
    review.refresh_from_db()
    return review


@transaction.atomic
def review_report(*, review: ProductReview, reporter: Any, ground: str, note: str = "") -> ReviewReport:
    """Note that somebody holds a review to break the rules; the same person's second report changes nothing."""
    report, _is_new = ReviewReport.objects.get_or_create(
        review=review, reporter=reporter, defaults={"ground": ground, "note": note.strip()[:500]}
    )
    return report


@transaction.atomic
def review_hide(*, review: ProductReview, ground: str, note: str = "", by: Any = None) -> bool:
    """Take a review off the shop on a ground of the rules; return whether it was shown until now."""
    return _state_set(
        review, State.HIDDEN, ReviewEvent.Action.HIDDEN, ground=Ground(ground), note=note, by=by
    )


@transaction.atomic
def review_restore(*, review: ProductReview, note: str = "", by: Any = None) -> bool:
    """Show a hidden review again; return whether it was hidden."""
    return _state_set(review, State.SHOWN, ReviewEvent.Action.SHOWN, ground="", note=note, by=by)


@transaction.atomic
def review_reports_dismiss(*, review: ProductReview, note: str = "", by: Any = None) -> int:
    """Leave a review as it is and its reports as looked at; return how many they were."""
    settled = _reports_settle(review)
    if settled:
        ReviewEvent.objects.create(
            review=review, action=ReviewEvent.Action.KEPT, note=note.strip()[:500], actor=by
        )
    return settled


@transaction.atomic
def reviews_forget(*, author: Any) -> None:
    """Take a person's name off what they wrote; call it before the account goes."""
    if ProductReview.objects.filter(author=author).update(author_name=""):
        raise_generation()


def review_pictures_clean_due() -> int:
    """Make pictures of reviews ready; pages show them from then on. Return how many became so."""
    cleaned = pictures_clean_due(ReviewPicture.objects.all())
    if cleaned:
        raise_generation()
    return cleaned


def _state_set(review: ProductReview, state: str, action: str, *, ground: str, note: str, by: Any) -> bool:
    _good_locked(review.product_id)
    changed = (
        ProductReview.objects.filter(pk=review.pk)
        .exclude(state=state)
        .update(state=state, hidden_ground=ground)
    )
    _reports_settle(review)
    if not changed:
        return False
    ReviewEvent.objects.create(review=review, action=action, ground=ground, note=note.strip()[:500], actor=by)
    _rating_count(review.product_id)
    logger.info("review %s of good %s: %s %s", review.pk, review.product_id, action, ground)
    review.refresh_from_db()
    return True


def _reports_settle(review: ProductReview) -> int:
    return review.reports.filter(settled_at=None).update(settled_at=timezone.now())


def _good_locked(good_id: int) -> None:
    """Let one change of a good's reviews be counted after the other."""
    Product.objects.select_for_update(of=("self",), no_key=True).filter(pk=good_id).values_list("pk").get()


def _rating_count(good_id: int) -> None:
    """Count a good's rating from its shown reviews; the good is locked."""
    sums = ProductReview.objects.filter(product=good_id, state=State.SHOWN).aggregate(
        count=Count("pk"), stars=Sum("stars", default=0)
    )
    count = sums["count"]
    mean = Decimal(sums["stars"]) / count if count else None
    rating = float(mean.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)) if mean is not None else None
    Product.objects.filter(pk=good_id).update(rating=rating, review_count=count)
    mark_changed([good_id])
