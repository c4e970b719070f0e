"""Addresses of a case: on the buyer's signed pages, in the producer's workplace, at the programme's desk."""

from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from checkout.aftersale.models import Case
from checkout.order.links import order_token


def case_path(case: Case) -> str:
    """Return the path of a case's page for its buyer in the active language; the order should be loaded."""
    return reverse("aftersale:case", args=[order_token(case.consignment.order), case.pk])


def case_url(case: Case) -> str:
    """Return the whole address of a case's page for its buyer, in the order's language: for notices."""
    with translation.override(case.consignment.order.language):
        return urljoin(settings.SITE_URL, case_path(case))


def case_work_url(case: Case, *, language: str) -> str:
    """Return the whole address of a case in its producer's workplace."""
    with translation.override(language):
        path = reverse(
            "dashboard:own-case", kwargs={"producer_pk": case.consignment.producer_id, "pk": case.pk}
        )
    return urljoin(settings.SITE_URL, path)


def case_desk_url(case: Case, *, language: str) -> str:
    """Return the whole address of a case at the programme's desk."""
    with translation.override(language):
        return urljoin(settings.SITE_URL, reverse("dashboard:case", kwargs={"pk": case.pk}))
