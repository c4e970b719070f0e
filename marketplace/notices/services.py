"""The outbox: a notice is written with the change it tells of, and sent afterwards."""

import json
import logging
from collections.abc import Collection, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import timezone

from marketplace.duties import claim_due, next_try, nudge_on_commit
from marketplace.notices.adapters import adapter_for, sms_is_offered
from marketplace.notices.kinds import NOTICES
from marketplace.notices.models import Notice, Way
from marketplace.notices.personal import personal_notice_write
from marketplace.notices.places import PLACES
from marketplace.notices.push import devices_of
from marketplace.notices.rendering import notice_render

logger = logging.getLogger(__name__)


def notice_queue(
    *,
    key: str,
    template: str,
    language: str,
    context: Mapping[str, Any],
    email: str | None = "",
    phone: str | None = "",
    person: Any = None,
    producer_id: int | None = None,
) -> int:
    """Queue a notice to one person by mail, by text message, or by both: whatever the person has and the notice has words for.

    To `person`, who has an account, it stands in the app too, and goes further only as that person chose (`notices.choices`);
    `producer_id` is the producer for which the person is told, and whose member must be whoever reads it.

    The rows belong to the caller's transaction. `key` makes the notice one of a kind: queueing it again changes nothing.
    `phone` is E.164. A person with neither gets none, which is not an error. Returns how many messages were asked for.

    Raises ValueError on a notice that `kinds.NOTICES` doesn't know or on a context that lacks what it asks for.
    """
    if template not in NOTICES:
        raise ValueError(f"no such notice: {template} (see marketplace/notices/kinds.py)")
    if missing := NOTICES[template] - context.keys():
        raise ValueError(f"notice {template} lacks {', '.join(sorted(missing))}")
    recipients = {
        Notice.Channel.MAIL: email if _has_words(f"notices/{template}.txt") else "",
        Notice.Channel.SMS: phone if sms_is_offered() and _has_words(f"notices/{template}.sms.txt") else "",
    }
    plain_context = json.loads(json.dumps(dict(context), cls=DjangoJSONEncoder))
    told = person is not None and template in PLACES
    if told:
        way = personal_notice_write(
            key=key,
            template=template,
            language=language,
            context=plain_context,
            person=person,
            producer_id=producer_id,
        )
        if way != Way.AT_ONCE:
            return 0
    notices = [
        Notice(
            key=f"{key}:{channel}",
            channel=channel,
            recipient=recipient,
            template=template,
            language=language,
            context=plain_context,
            next_try_at=timezone.now(),
        )
        for channel, recipient in recipients.items()
        if recipient
    ]
    pushes = _pushes(key, template, language, person) if told else []
    if notices or pushes:
        with transaction.atomic(savepoint=False):
            Notice.objects.bulk_create([*notices, *pushes], ignore_conflicts=True)
            nudge_on_commit(notices_send_due)
            if pushes:
                nudge_on_commit(pushes_send_due)
    return len(notices) + len(pushes)


def _pushes(key: str, template: str, language: str, person: Any) -> list[Notice]:
    return [
        Notice(
            key=f"{key}:push:{device.pk}",
            channel=Notice.Channel.PUSH,
            recipient=str(device.pk),
            template=template,
            language=language,
            context={"notice": key},
            next_try_at=timezone.now(),
        )
        for device in devices_of(person)
    ]


def notices_forget(recipients: Collection[str]) -> None:
    """Forget to whom messages went: `recipients` are the mail addresses and phones of somebody who is leaving.

    What still waits is not sent any more; of the others the row stays, without the person.
    """
    theirs = Notice.objects.filter(recipient__in=[recipient for recipient in recipients if recipient])
    theirs.filter(state=Notice.State.PENDING).delete()
    theirs.update(recipient="", context={})


def notices_send_due() -> int:
    """Send every mail and text message that is due and return how many went out.

    Safe on any number of workers. A worker that dies between sending and noting it sends that one notice a second time,
    under the same Message-ID.
    """
    return sum(
        _notice_send(notice) for notice in claim_due(Notice.objects.exclude(channel=Notice.Channel.PUSH))
    )


def pushes_send_due() -> int:
    """Send every push that is due and return how many went out: apart, so that a push service that hangs holds up no mail."""
    return sum(
        _notice_send(notice) for notice in claim_due(Notice.objects.filter(channel=Notice.Channel.PUSH))
    )


def _notice_send(notice: Notice) -> bool:
    try:
        message = notice_render(notice)
        if message is not None:
            adapter_for(notice.channel).send(message)
    except Exception as error:  # whatever a mail server or gateway thinks of; the row keeps it
        _notice_delay(notice, error)
        return False
    notice.state, notice.sent_at, notice.error = Notice.State.SENT, timezone.now(), ""
    # What was said isn't kept: codes, links that sign in, what somebody bought.
    notice.context = {}
    notice.save(update_fields=["state", "sent_at", "error", "context"])
    return True


def _notice_delay(notice: Notice, error: Exception) -> None:
    """Put the notice off, or give it up. Its error is named by kind only: messages of mail servers hold addresses."""
    notice.error = type(error).__name__
    moment = next_try(notice.attempts)
    if moment is None:
        notice.state = Notice.State.FAILED
    else:
        notice.next_try_at = moment
    notice.save(update_fields=["state", "next_try_at", "error"])
    logger.warning(
        "notice %s (%s by %s) not sent at attempt %s: %s",
        notice.pk,
        notice.template,
        notice.channel,
        notice.attempts,
        notice.error,
    )


def _has_words(name: str) -> bool:
    try:
        get_template(name)
    except TemplateDoesNotExist:
        return False
    return True
