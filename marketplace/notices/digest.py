"""The digest: what a person wants once a day, in one mail at the hour that the person chose."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from marketplace.clock import day_of
from marketplace.notices.choices import DEFAULT_HOUR, next_digest
from marketplace.notices.models import DigestHour, PersonalNotice
from marketplace.notices.services import notice_queue

#: How many people get theirs in one sweep, and how many notices stand in one mail; the rest are a number.
MOST_PEOPLE: Final = 200
MOST_NOTICES: Final = 50


def digests_make_due() -> int:
    """Queue the digest of everybody for whom it is time; return how many.

    Safe on any number of workers: a person's row is locked, and mail, mark and day are written together or not at all.
    """
    now = timezone.now()
    due = PersonalNotice.objects.filter(digest_at__lte=now).order_by().values_list("person", flat=True)
    return sum(_digest_make(person_pk, now) for person_pk in list(due.distinct()[:MOST_PEOPLE]))


@transaction.atomic
def _digest_make(person_pk: int, now: datetime) -> bool:
    DigestHour.objects.get_or_create(person_id=person_pk, defaults={"hour": DEFAULT_HOUR})
    kept = DigestHour.objects.select_for_update(of=("self",)).select_related("person").get(person=person_pk)
    due = PersonalNotice.objects.filter(person=person_pk, digest_at__lte=now)
    today = day_of(now)
    if kept.made_on == today:  # the hour was changed since, or a notice came in while the mail was made
        due.update(digest_at=next_digest(kept.hour, after=now))
        return False
    taken = list(due.values_list("pk", flat=True))
    notices = list(PersonalNotice.objects.seen_by(kept.person).unread().filter(pk__in=taken))
    PersonalNotice.objects.filter(pk__in=taken).update(digest_at=None)
    if not notices or not kept.person.email or not kept.person.is_active:
        return False
    _digest_queue(kept.person, notices, key=f"digest:{person_pk}:{today}")
    kept.made_on = today
    kept.save(update_fields=["made_on"])
    return True


def _digest_queue(person: Any, notices: list[PersonalNotice], *, key: str) -> None:
    language = person.preferred_language
    with translation.override(language):
        context = {
            "notices": [
                {"title": notice.title, "url": _address("customer:notice", pk=notice.pk)}
                for notice in notices[:MOST_NOTICES]
            ],
            "count": len(notices),
            "more": len(notices[MOST_NOTICES:]),
            "list_url": _address("customer:notices"),
            "choices_url": _address("customer:notice-choices"),
        }
    notice_queue(key=key, template="digest", language=language, context=context, email=person.email)


def _address(name: str, **kwargs: int) -> str:
    return urljoin(settings.SITE_URL, reverse(name, kwargs=kwargs))
