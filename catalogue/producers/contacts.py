"""Whom to tell of what a producer has to do."""

from catalogue.producers.models import Partner
from catalogue.producers.selectors import MAY_FULFIL


def producer_contacts(producer: Partner) -> list[tuple[str, str | None, str | None, str]]:
    """Return whom to tell of a producer's orders and of what people ask it: key, mail address, phone and language of each member who fulfils them.

    Where there is none, the producer's own contact. Memberships should be prefetched.
    """
    members = [one for one in producer.memberships.all() if one.role in MAY_FULFIL and one.user.is_active]
    contacts = [
        (str(one.user_id), one.user.email, one.user.phone, one.user.preferred_language) for one in members
    ]
    return contacts or [("producer", producer.email, producer.phone, "vi")]
