"""Says what may not stand in a text that somebody writes to others here, in words that tell how to mend it."""

from django.utils.translation import gettext as _

from marketplace.moderation.contacts import Channel, contacts_in
from marketplace.moderation.matching import stands_in, written_like
from marketplace.moderation.models import BlockedWord


def text_faults(text: str, *, contacts_allowed: bool) -> list[str]:
    """Return what is wrong with `text`, a sentence each, none where it may stand: insults, and where they aren't allowed, ways to reach somebody.

    One query.
    """
    written = {marks: written_like(text, marks_count=marks) for marks in (False, True)}
    blocked = [
        word
        for word in BlockedWord.objects.all()
        if stands_in(word.key.split(), written[word.marks_count])
        and not (contacts_allowed and word.kind == BlockedWord.Kind.CONTACT)
    ]
    insults = [_insult(word) for word in blocked if word.kind == BlockedWord.Kind.INSULT]
    if contacts_allowed:
        return insults
    elsewhere = [_contact("", word.text) for word in blocked if word.kind == BlockedWord.Kind.CONTACT]
    return [*insults, *(_contact(found.channel, found.text) for found in contacts_in(text)), *elsewhere]


def _insult(word: BlockedWord) -> str:
    return _("Please say it without “%(found)s”: everybody is met with respect here.") % {"found": word.text}


def _contact(channel: str, found: str) -> str:
    sentences = {
        Channel.PHONE: _(
            "Please take out the phone number “%(found)s”: everybody reads this. Whoever orders sees how to reach the other."
        ),
        Channel.MAIL: _(
            "Please take out the mail address “%(found)s”: everybody reads this. Whoever orders sees how to reach the other."
        ),
        Channel.LINK: _(
            "Please take out the link “%(found)s”: everybody reads this. Say in words what stands there."
        ),
    }
    elsewhere = _(
        "Please take out “%(found)s”: everybody reads this, and it stays here, where both sides are protected."
    )
    return sentences.get(channel, elsewhere) % {"found": found[:60]}  # type: ignore[call-overload]
