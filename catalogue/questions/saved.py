"""Saved answers: words that a producer writes often."""

from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalogue.producers.models import Partner
from catalogue.questions.errors import SavedAnswerRefused
from catalogue.questions.models import SavedAnswer
from marketplace.moderation.judging import text_faults

MOST_SAVED: Final = 30


def saved_answer_save(saved: SavedAnswer) -> SavedAnswer:
    """Save an answer for the next time, new or changed.

    Raises SavedAnswerRefused where the producer has as many as there may be or one of that name, or where it insults. How to be reached
    may stand in it: for talks about orders.
    """
    if faults := text_faults(f"{saved.title}\n{saved.text}", contacts_allowed=True):
        raise SavedAnswerRefused(" ".join(faults))
    with transaction.atomic():
        Partner.objects.select_for_update(of=("self",), no_key=True).values_list("pk").get(
            pk=saved.producer_id
        )
        others = SavedAnswer.objects.filter(producer=saved.producer_id).exclude(pk=saved.pk)
        if saved.pk is None and others.count() >= MOST_SAVED:
            raise SavedAnswerRefused(
                _("There are %(most)d saved answers: delete one first.") % {"most": MOST_SAVED}
            )
        try:
            with transaction.atomic():
                saved.save()
        except IntegrityError as error:
            raise SavedAnswerRefused(_("There is a saved answer of this name already.")) from error
    return saved
