"""How far below zero a producer's balance may go: cash that it took at the door, of which a part is ours.

Beyond the limit (`PRODUCER_DEBT_LIMIT`, đồng) cash on delivery is no longer offered for its goods, so that the debt grows no further, and the
producer is told, once a month. What it earns online is set against the debt by itself.
"""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from catalogue.producers.contacts import contacts_with
from catalogue.producers.models import Partner
from catalogue.producers.selectors import MAY_SETTLE
from checkout.settlement.selectors import producer_balance, producer_balances
from marketplace.notices.services import notice_queue


def producers_owing_too_much(producer_ids: Iterable[int] | None = None) -> dict[int, int]:
    """Return what those (of `producer_ids`, or all) owe us who owe more than may be, in đồng, by id. One query."""
    return {
        pk: -balance
        for pk, balance in producer_balances(producer_ids).items()
        if -balance > settings.PRODUCER_DEBT_LIMIT
    }


def tell_where_owing_too_much(producer: Partner) -> None:
    """Tell a producer's owner and accountant where it owes more than may be."""
    owed = -producer_balance(producer)
    if owed <= settings.PRODUCER_DEBT_LIMIT:
        return
    for contact in contacts_with(producer, MAY_SETTLE):
        with translation.override(contact.language):
            address = reverse("dashboard:money", kwargs={"producer_pk": producer.pk})
        notice_queue(
            key=f"producer-owes:{producer.pk}:{timezone.now():%Y-%m}:{contact.key}",
            template="producer_owes_too_much",
            language=contact.language,
            context={
                "producer": producer.name,
                "amount": owed,
                "work_url": settings.SITE_URL + address,
            },
            email=contact.email,
            phone=contact.phone,
            person=contact.person,
            producer_id=producer.pk,
        )
