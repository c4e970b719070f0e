"""What producers are told of their offers."""

from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from catalogue.producers.selectors import MAY_EDIT_GOODS
from checkout.offer.models import ConditionalOffer
from marketplace.notices.services import notice_queue


def tell_offer_stopped(offer: ConditionalOffer) -> None:
    """Tell the members who keep a producer's offers, or the producer's own contact, that one was stopped, and why."""
    producer = offer.producer
    if producer is None:
        return
    members = producer.memberships.filter(role__in=MAY_EDIT_GOODS, user__is_active=True).select_related(
        "user"
    )
    contacts = [
        (str(one.user_id), one.user.email, one.user.phone, one.user.preferred_language) for one in members
    ]
    for who, email, phone, language in contacts or [("producer", producer.email, producer.phone, "vi")]:
        with translation.override(language):
            path = reverse("dashboard:producer-offer", kwargs={"producer_pk": producer.pk, "pk": offer.pk})
        notice_queue(
            key=f"offer-stopped:{offer.pk}:{who}",
            template="producer_offer_stopped",
            language=language,
            context={
                "offer": offer.name,
                "reason": offer.stop_reason,
                "work_url": urljoin(settings.SITE_URL, path),
            },
            email=email,
            phone=phone,
        )
