"""What producers are told of their offers."""

from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from catalogue.producers.contacts import contacts_with
from catalogue.producers.selectors import MAY_EDIT_GOODS
from checkout.offer.models import ConditionalOffer
from marketplace.notices.services import notice_queue


def tell_offer_stopped(offer: ConditionalOffer) -> None:
    """Tell the members who keep a producer's offers, or the producer's own contact, that one was stopped, and why."""
    producer = offer.producer
    if producer is None:
        return
    for contact in contacts_with(producer, MAY_EDIT_GOODS):
        with translation.override(contact.language):
            path = reverse("dashboard:producer-offer", kwargs={"producer_pk": producer.pk, "pk": offer.pk})
        notice_queue(
            key=f"offer-stopped:{offer.pk}:{contact.key}",
            template="producer_offer_stopped",
            language=contact.language,
            context={
                "offer": offer.name,
                "reason": offer.stop_reason,
                "work_url": urljoin(settings.SITE_URL, path),
            },
            email=contact.email,
            phone=contact.phone,
            person=contact.person,
            producer_id=producer.pk,
        )
