"""What the two sides of a talk do, and the programme where a message is reported; each is one transaction."""

import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, Final

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.errors import PictureRefused
from catalogue.pictures.attached import pictures_attach, pictures_clean_due, pictures_judge
from checkout.aftersale.models import Side
from checkout.aftersale.services import MOST_PICTURES_AT_ONCE
from checkout.messages.errors import MessageRefused
from checkout.messages.models import Message, MessagePicture, MessageReport
from checkout.messages.notices import tell_hidden, tell_message
from checkout.messages.rules import Ground
from checkout.messages.talk import talk_of
from checkout.order.models import Consignment
from marketplace.duties import nudge_on_commit
from marketplace.moderation.judging import text_faults

logger = logging.getLogger(__name__)

#: Letters of a message; pictures of one talk, whoever sends them.
LONGEST_TEXT: Final = 2_000
MOST_PICTURES: Final = 30
#: The same words of the same side again within this time are a double tap.
_DOUBLE_TAP: Final = timedelta(minutes=1)


def message_send(
    *,
    consignment_id: int,
    side: str,
    text: str,
    author: Any = None,
    pictures: Sequence[UploadedFile] = (),
) -> Message:
    """Say something about a consignment, with pictures. The other side is told, unless something unread lies there already.

    Ways to reach each other may stand in it: both sides know them from the order. Raises MessageRefused where the talk is over, goes on in
    a case, or the words insult; PictureRefused with what is wrong with a file.
    """
    pictures_judge(pictures, most=MOST_PICTURES_AT_ONCE)
    words = text.strip()[:LONGEST_TEXT]
    if not words:
        raise MessageRefused(_("Please write something."))
    if faults := text_faults(words, contacts_allowed=True):
        raise MessageRefused(" ".join(faults))
    with transaction.atomic():
        consignment = _consignment_locked(consignment_id)
        _refuse_where_closed(consignment)
        said = Message.objects.filter(consignment=consignment, side=side)
        if same := said.filter(text=words, at__gte=timezone.now() - _DOUBLE_TAP).first():
            return same
        is_told = said.filter(read_at__isnull=True).exists()
        message = Message.objects.create(consignment=consignment, side=side, author=author, text=words)
        _pictures_add(message, pictures)
        if not is_told:
            tell_message(message)
    return message


def messages_read(messages: Iterable[Message], *, by_side: str) -> None:
    """Note that `by_side` has opened those of `messages` that the other side wrote."""
    unread = [one.pk for one in messages if one.side != by_side and one.read_at is None]
    if unread:
        Message.objects.filter(pk__in=unread, read_at__isnull=True).update(read_at=timezone.now())


@transaction.atomic
def message_report(*, message: Message, ground: str, note: str = "", reporter: Any = None) -> MessageReport:
    """Ask the programme to look at a message of the other side, and with it at the talk; a second time changes nothing."""
    report, _is_new = MessageReport.objects.get_or_create(
        message=message, defaults={"ground": Ground(ground), "note": note.strip()[:500], "reporter": reporter}
    )
    return report


@transaction.atomic
def message_hide(*, report: MessageReport, ground: str, note: str = "", by: Any = None) -> bool:
    """Take a reported message away, and its pictures; its writer is told. Return whether the report was still open."""
    if not _settle(report, note=note, by=by):
        return False
    message = Message.objects.select_related("consignment__order__user", "consignment__producer").get(
        pk=report.message_id
    )
    message.hidden_ground = Ground(ground)
    message.save(update_fields=["hidden_ground"])
    tell_hidden(message, note)
    logger.info("message %s was taken away: %s", message.pk, ground)
    return True


@transaction.atomic
def message_report_dismiss(*, report: MessageReport, note: str = "", by: Any = None) -> bool:
    """Leave a reported message as it is; the programme can't read the talk any more. Return whether the report was still open."""
    return _settle(report, note=note, by=by)


@transaction.atomic
def messages_forget(orders: Any) -> None:
    """Take away what the buyer of `orders` wrote and showed; call it before the account goes."""
    theirs = Message.objects.filter(consignment__order__in=orders, side=Side.BUYER)
    pictures = MessagePicture.objects.filter(message__in=theirs)
    files = [name for pair in pictures.values_list("file", "upload") for name in pair if name]
    pictures.delete()
    theirs.update(text="")
    for name in files:
        transaction.on_commit(partial(default_storage.delete, name), robust=True)


def message_pictures_clean_due() -> int:
    """Make pictures of messages ready; return how many became so."""
    return pictures_clean_due(MessagePicture.objects.all())


def _consignment_locked(consignment_id: int) -> Consignment:
    """Return a consignment that one message after the other is written about."""
    locked = Consignment.objects.select_for_update(of=("self",), no_key=True)
    locked.values_list("pk").get(pk=consignment_id)
    found: Consignment = (
        Consignment.objects.select_related("order__user", "producer")
        .prefetch_related("events", "producer__memberships__user")
        .get(pk=consignment_id)
    )
    return found


def _refuse_where_closed(consignment: Consignment) -> None:
    talk = talk_of(consignment)
    if talk.case is not None:
        raise MessageRefused(
            _(
                "A return or complaint about this parcel is open: please write there, where the days are counted."
            )
        )
    if talk.is_over or consignment.order.confirmed_at is None:
        raise MessageRefused(_("This talk is closed."))


def _pictures_add(message: Message, uploads: Sequence[UploadedFile]) -> None:
    if not uploads:
        return
    there = MessagePicture.objects.filter(message__consignment=message.consignment_id).count()
    if there + len(uploads) > MOST_PICTURES:
        raise PictureRefused(_("A talk takes at most %(most)d pictures.") % {"most": MOST_PICTURES})
    pictures_attach([MessagePicture(message=message) for _upload in uploads], uploads)
    nudge_on_commit(message_pictures_clean_due)


def _settle(report: MessageReport, *, note: str, by: Any) -> bool:
    settled = MessageReport.objects.filter(pk=report.pk, settled_at=None).update(
        settled_at=timezone.now(), settled_by=by, answer=note.strip()[:500]
    )
    return bool(settled)
