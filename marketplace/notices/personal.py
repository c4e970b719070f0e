"""The notices that stand in the app: written with the message, read by the person, forgotten after half a year."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from marketplace.notices.choices import digest_hour_of, next_digest, way_for
from marketplace.notices.models import PersonalNotice, Way
from marketplace.notices.places import PLACES

#: For how long a notice stands in the app.
KEPT_FOR: Final = timedelta(days=180)


def personal_notice_write(
    *,
    key: str,
    template: str,
    language: str,
    context: Mapping[str, Any],
    person: Any,
    producer_id: int | None,
) -> str:
    """Let a notice stand in the app of `person`, within the caller's transaction, and return the way it goes beside that."""
    place = PLACES[template]
    way = way_for(person, place)
    notice = PersonalNotice(
        key=key,
        person=person,
        producer_id=producer_id,
        audience=place.audience,
        template=template,
        language=language,
        title=_title(template, language, context),
        url=_path(str(context[place.leads_to])),
        digest_at=next_digest(digest_hour_of(person)) if way == Way.DIGEST else None,
    )
    PersonalNotice.objects.bulk_create([notice], ignore_conflicts=True)
    return way


def personal_notices_read(*, person: Any, pk: int | None = None) -> None:
    """Note that `person` has read one notice, or all of them."""
    theirs = PersonalNotice.objects.seen_by(person).unread()
    (theirs if pk is None else theirs.filter(pk=pk)).update(read_at=timezone.now())


def unread_count(person: Any) -> int:
    """Return how many notices `person` hasn't read: one query."""
    return PersonalNotice.objects.seen_by(person).unread().count()


def personal_notices_forget_old() -> int:
    """Delete what has stood for half a year; return how many."""
    count, _rows = PersonalNotice.objects.filter(
        created_at__lt=timezone.now() - KEPT_FOR, digest_at__isnull=True
    ).delete()
    return count


def _title(template: str, language: str, context: Mapping[str, Any]) -> str:
    words = {**context, "site_name": settings.OSCAR_SHOP_NAME}
    with translation.override(language):
        return " ".join(render_to_string(f"notices/{template}.subject.txt", words).split())[:255]


def _path(address: str) -> str:
    """Return the path of an address of this site, whatever host it names."""
    parts = urlsplit(address)
    return parts._replace(scheme="", netloc="").geturl() or "/"
