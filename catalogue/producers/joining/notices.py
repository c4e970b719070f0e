"""What applicants are told, and owners of an entry that somebody else claims. The rows belong to the caller's transaction."""

from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from catalogue.producers.contacts import workplace_url
from catalogue.producers.joining.models import Application
from catalogue.producers.models import Membership
from marketplace.notices.services import notice_queue


def tell_applicant(application: Application, news: str, text: str = "") -> None:
    """Tell the applicant: `news` is "received", "asked", "approved", "refused" or "reopened", `text` what was written to them.

    After the event was written: each event is told once.
    """
    person = application.applicant
    with translation.override(person.preferred_language):
        address = reverse("customer:joining")
    notice_queue(
        key=f"joining:{application.pk}:{application.events.count()}",
        template="application_news",
        language=person.preferred_language,
        email=person.email,
        phone=person.phone,
        person=person,
        context={
            "news": news,
            "text": text,
            "producer": application.name,
            "work_url": urljoin(settings.SITE_URL, address),
        },
    )


def tell_owners_of_claim(application: Application, owner: Membership) -> None:
    """Tell an owner that somebody else says that the entry is theirs: who doesn't agree has time to say so."""
    notice_queue(
        key=f"joining-claim:{application.pk}:{owner.user_id}",
        template="producer_claimed",
        language=owner.user.preferred_language,
        email=owner.user.email,
        phone=owner.user.phone,
        person=owner.user,
        producer_id=owner.producer_id,
        context={
            "producer": owner.producer.name,
            "work_url": workplace_url(owner.producer, language=owner.user.preferred_language),
        },
    )
