"""Reminders before a certificate ends: to the owners and sellers of its producer, once each, with the days on which to file."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Final, cast
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import translation

from catalogue.certification.ending import certificates_ending, filing_window
from catalogue.certification.models import Certificate, CertificateReminder
from catalogue.producers.contacts import members_with
from catalogue.producers.models import Membership, Partner
from catalogue.producers.selectors import MAY_EDIT_GOODS
from catalogue.texts import text_in
from marketplace.clock import today
from marketplace.notices.services import notice_queue

#: How many days before the end its producer is reminded.
STEPS: Final = (240, 180, 150, 120, 60, 30, 7)
#: Certificates of one sweep.
MOST_AT_ONCE: Final = 200


def certificates_remind_due() -> int:
    """Remind of every certificate that has come to its next step; return how many.

    A step that nobody saw in time (the worker rested, the paper was verified late, the producer joined late) is made up for while it is
    the newest; those before it are not. Safe on any number of workers.
    """
    day = today()
    return sum(_remind(paper, day) for paper in list(_due(day)[:MOST_AT_ONCE]))


def _due(day: date) -> QuerySet[Certificate]:
    reminded = CertificateReminder.objects.filter(
        certificate=OuterRef("pk"), until=OuterRef("in_force_until")
    )
    steps = Q()
    for step, next_step in pairwise((*STEPS, -1)):
        reached = Q(
            in_force_until__lte=day + timedelta(days=step), in_force_until__gt=day + timedelta(days=next_step)
        )
        steps |= reached & ~Q(Exists(reminded.filter(days=step)))
    members = Membership.objects.filter(
        producer=OuterRef("product__producer"), role__in=MAY_EDIT_GOODS, user__is_active=True
    )
    return (
        certificates_ending(day, within_days=max(STEPS))
        .filter(steps, Exists(members))
        .select_related("product__producer")
    )


@transaction.atomic
def _remind(paper: Certificate, day: date) -> bool:
    """Write down that the step was reached, and tell; False where another worker did."""
    until = cast(date, paper.in_force_until)  # a verified certificate has its days
    left = (until - day).days
    step = min(step for step in STEPS if step >= left)
    _reminder, is_new = CertificateReminder.objects.get_or_create(certificate=paper, until=until, days=step)
    if is_new:
        _tell(paper, day, left=left, step=step)
    return is_new


def _tell(paper: Certificate, day: date, *, left: int, step: int) -> None:
    good = paper.product
    producer = cast(Partner, good.producer)  # it has members
    window = filing_window(paper, on=day)
    for contact in members_with(producer, MAY_EDIT_GOODS):
        with translation.override(contact.language):
            page = reverse("dashboard:own-good", kwargs={"producer_pk": producer.pk, "pk": good.pk})
        notice_queue(
            key=f"certificate-ends:{paper.pk}:{paper.in_force_until}:{step}:{contact.key}",
            template="producer_certificate_ends",
            language=contact.language,
            context={
                "good": text_in(
                    {"title_vi": good.title_vi, "title_en": good.title_en}, "title", contact.language
                ),
                "producer": producer.name,
                "days": left,
                "until": paper.in_force_until,
                "filing": window.filing,
                "opens_on": window.opens_on,
                "closes_on": window.closes_on,
                "work_url": urljoin(settings.SITE_URL, page),
            },
            email=contact.email,
            phone=contact.phone,
            person=contact.person,
            producer_id=producer.pk,
        )
