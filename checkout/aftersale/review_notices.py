"""Who is told what of reviews. Each notice belongs to the transaction of the change it tells of."""

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from catalogue.addresses import good_url
from catalogue.producers.contacts import producer_contacts
from catalogue.reviews.models import ProductReview
from catalogue.reviews.rules import Ground
from catalogue.texts import text_in
from checkout.order.links import lookup_url, order_url
from checkout.order.models import Consignment, Line, Order
from marketplace.notices.services import notice_queue


def tell_invited(consignment: Consignment) -> None:
    """Ask the buyer how the goods were."""
    order = consignment.order
    _tell_buyer(
        order,
        "review_invitation",
        key=f"review-invitation:{consignment.number}",
        producer=consignment.producer.name,
        review_url=order_url(order),
        lookup_url=lookup_url(order.language),
    )


def tell_review_written(review: ProductReview, consignment: Consignment) -> None:
    """Tell the producer that a review of its goods stands in the shop."""
    for contact in producer_contacts(consignment.producer):
        with translation.override(contact.language):
            path = reverse("dashboard:own-reviews", kwargs={"producer_pk": consignment.producer_id})
        notice_queue(
            key=f"review:{review.pk}:{contact.key}",
            template="producer_review_new",
            language=contact.language,
            context={
                "good": _name(review, contact.language),
                "stars": review.stars,
                "text": review.text,
                "work_url": urljoin(settings.SITE_URL, path),
            },
            email=contact.email,
            phone=contact.phone,
            person=contact.person,
            producer_id=consignment.producer_id,
        )


def tell_review_answered(review: ProductReview) -> None:
    """Tell the writer that the producer has answered."""
    if order := _order_of(review):
        good = review.product
        path = good_url(pk=good.pk, slug=good.slug, language=order.language)
        _tell_buyer(
            order,
            "review_answered",
            key=f"review-answered:{review.pk}",
            producer=good.producer.name if good.producer else "",
            good=_name(review, order.language),
            text=review.reply,
            good_url=urljoin(settings.SITE_URL, path),
        )


def tell_review_hidden(review: ProductReview, note: str) -> None:
    """Tell the writer that the review isn't shown any more, and on which ground."""
    if order := _order_of(review):
        with translation.override(order.language):
            ground, rules = str(Ground(review.hidden_ground).label), reverse("reviews:rules")
        _tell_buyer(
            order,
            "review_hidden",
            key=f"review-hidden:{review.pk}:{review.events.count()}",
            good=_name(review, order.language),
            ground=ground,
            note=note,
            rules_url=urljoin(settings.SITE_URL, rules),
        )


def _order_of(review: ProductReview) -> Order | None:
    line = Line.objects.filter(line_review__review=review).select_related("order__user").first()
    return line.order if line else None


def _name(review: ProductReview, language: str) -> str:
    good = review.product
    return text_in({"title_vi": good.title_vi, "title_en": good.title_en}, "title", language)


def _tell_buyer(order: Order, template: str, *, key: str, **context: Any) -> None:
    notice_queue(
        key=key,
        template=template,
        language=order.language,
        context=context,
        email=order.email,
        phone=order.phone,
        person=order.user,
    )
