"""Reads reviews for pages, in a constant number of queries."""

from typing import Final

from django.db.models import Prefetch, QuerySet

from catalogue.reviews.models import ProductReview, ReviewPicture

#: So many stand on the page of the good itself.
ON_THE_PAGE: Final = 4


def reviews_shown(good_id: int) -> QuerySet[ProductReview]:
    """Return the reviews of a good that pages show, the newest first, with pictures that are ready; two queries."""
    ready = ReviewPicture.objects.filter(state=ReviewPicture.State.DONE)
    return ProductReview.objects.filter(product=good_id, state=ProductReview.State.SHOWN).prefetch_related(
        Prefetch("pictures", queryset=ready, to_attr="ready_pictures")
    )
