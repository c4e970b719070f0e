"""Addresses of a talk: on the buyer's signed pages, in the producer's workplace."""

from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from checkout.order.links import order_token
from checkout.order.models import Consignment


def talk_path(consignment: Consignment) -> str:
    """Return the path of a talk for its buyer in the active language; the order should be loaded."""
    return reverse("order-messages:talk", args=[order_token(consignment.order), consignment.pk])


def talk_url(consignment: Consignment) -> str:
    """Return the whole address of a talk for its buyer, in the order's language: for notices."""
    with translation.override(consignment.order.language):
        return urljoin(settings.SITE_URL, talk_path(consignment))


def talk_work_url(consignment: Consignment, *, language: str) -> str:
    """Return the whole address of a talk in its producer's workplace: for notices."""
    with translation.override(language):
        path = reverse(
            "dashboard:own-talk", kwargs={"producer_pk": consignment.producer_id, "pk": consignment.pk}
        )
    return urljoin(settings.SITE_URL, path)
