"""Writes the blocked words."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from marketplace.moderation.errors import BlockedWordRefused
from marketplace.moderation.models import BlockedWord


def blocked_word_save(word: BlockedWord) -> BlockedWord:
    """Save a word, new or changed, with what it is compared by. Raises BlockedWordRefused where it has no letters or is there already."""
    word.key = word.compared_by
    if not word.key:
        raise BlockedWordRefused(_("A word needs letters."))
    try:
        with transaction.atomic():
            word.save()
    except IntegrityError as error:
        raise BlockedWordRefused(_("This word is blocked already.")) from error
    return word
