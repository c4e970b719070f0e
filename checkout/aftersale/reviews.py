"""Reviews by those who bought: who may write one, the invitation to it, and what its writer and the producer are told.

The catalogue keeps what is said and knows no orders; here stands which line it is about (`LineReview`).
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from catalogue.reviews import services
from catalogue.reviews.errors import ReviewRefused
from catalogue.reviews.models import ProductReview
from checkout.aftersale.cases import OPEN_STATES
from checkout.aftersale.deadlines import terms_on
from checkout.aftersale.eligibility import may_review
from checkout.aftersale.errors import ReviewNotPossible
from checkout.aftersale.models import LineReview, ReviewInvitation
from checkout.aftersale.review_notices import (
    tell_invited,
    tell_review_answered,
    tell_review_hidden,
    tell_review_written,
)
from checkout.order.models import Consignment, Line
from marketplace.accounts.names import shown_name
from marketplace.clock import today

logger = logging.getLogger(__name__)

#: Consignments asked about in one round, and for how many days after the day of the invitation one is still sent.
_BATCH: Final = 200
_STILL_INVITED: Final = timedelta(days=14)


@transaction.atomic
def review_write(
    *, line_id: int, stars: int, text: str = "", pictures: Sequence[UploadedFile] = ()
) -> ProductReview:
    """Write the review of what an order line brought; the producer is told.

    Raises ReviewNotPossible where the goods didn't come, it is too late or there is one already; PictureRefused with what is wrong with a file.
    """
    line = (
        Line.objects.select_related("order__user", "consignment__producer", "product__parent")
        .prefetch_related("consignment__events", "consignment__producer__memberships__user")
        .get(pk=line_id)
    )
    consignment = line.consignment
    if consignment is None or not may_review(line, terms=terms_on(today())):
        raise ReviewNotPossible(_("These goods can't be reviewed, or not any more."))
    order = line.order
    try:
        review = services.review_write(
            good=line.product.parent or line.product,
            purchase_key=purchase_key(line),
            stars=stars,
            text=text,
            author=order.user,
            author_name=shown_name(order.buyer_name),
            pack_label=line.pack_label,
            language=order.language,
            pictures=pictures,
        )
    except ReviewRefused as refused:
        raise ReviewNotPossible(str(refused.message)) from refused
    LineReview.objects.create(line=line, review=review)
    tell_review_written(review, consignment)
    return review


@transaction.atomic
def review_reply(*, review: ProductReview, text: str) -> ProductReview:
    """Publish the producer's one answer; the writer is told. Raises ReplyRefused."""
    answered = services.review_reply(review=review, text=text)
    tell_review_answered(answered)
    return answered


@transaction.atomic
def review_hide(*, review: ProductReview, ground: str, note: str = "", by: Any = None) -> bool:
    """Take a review off the shop on a ground of the rules; its writer is told. Return whether it was shown until now."""
    hidden = services.review_hide(review=review, ground=ground, note=note, by=by)
    if hidden:
        tell_review_hidden(review, note)
    return hidden


def reviews_invite_due() -> int:
    """Ask buyers, some days after delivery, what they say of their goods; return how many were asked.

    Who has a case open about the parcel, or has written already, isn't asked.
    """
    terms, now = terms_on(today()), timezone.now()
    from_day = now - timedelta(days=terms.review_invite_days)
    due = (
        Consignment.objects.filter(
            state=Consignment.State.DELIVERED,
            delivered_at__lte=from_day,
            delivered_at__gt=from_day - _STILL_INVITED,
            review_invitation__isnull=True,
        )
        .exclude(cases__state__in=OPEN_STATES)
        .exclude(lines__line_review__isnull=False)
        .order_by("pk")
    )
    return sum(_invite(pk) for pk in due.values_list("pk", flat=True)[:_BATCH])


@transaction.atomic
def _invite(consignment_id: int) -> bool:
    _invitation, is_new = ReviewInvitation.objects.get_or_create(consignment_id=consignment_id)
    if is_new:
        tell_invited(Consignment.objects.select_related("order__user", "producer").get(pk=consignment_id))
    return is_new


def purchase_key(line: Line) -> str:
    """Return what names an order line to the catalogue and tells it nothing."""
    return salted_hmac("checkout.aftersale.reviews", str(line.pk)).hexdigest()
