"""Asks, answers, reports and hides questions; each is one transaction."""

import logging
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.models import Product
from catalogue.questions.errors import AnswerRefused, QuestionRefused
from catalogue.questions.models import Question, QuestionEvent, QuestionReport
from catalogue.questions.notices import tell_answer_hidden, tell_answered, tell_asked, tell_hidden
from catalogue.questions.rules import Ground
from marketplace.accounts.names import shown_name
from marketplace.moderation.judging import text_faults
from marketplace.page_cache import raise_generation

logger = logging.getLogger(__name__)

#: Letters of a question, and of an answer.
LONGEST_QUESTION: Final = 500
LONGEST_ANSWER: Final = 2_000
#: Reports of visitors without a name that are kept of one question: more say no more.
_MOST_UNNAMED: Final = 5
State, Action = Question.State, QuestionEvent.Action


def question_ask(*, good: Product, asker: Any, text: str, language: str) -> Question:
    """Ask the producer of a good something; it is told. The same words of the same person about the same good are one question.

    Raises QuestionRefused where it is empty or holds what may not stand in public.
    """
    words = text.strip()
    if not words:
        raise QuestionRefused(_("Please write your question."))
    if faults := text_faults(words, contacts_allowed=False):
        raise QuestionRefused(" ".join(faults))
    with transaction.atomic():
        _good_locked(good.pk)
        same = Question.objects.filter(product=good, asker=asker, text=words[:LONGEST_QUESTION]).first()
        if same is not None:
            return same
        question = Question.objects.create(
            product=good,
            asker=asker,
            asker_name=shown_name(asker.full_name),
            text=words[:LONGEST_QUESTION],
            language=language,
        )
        tell_asked(question)
    return question


@transaction.atomic
def question_answer(*, question: Question, text: str, by: Any = None) -> Question:
    """Publish the producer's answer, and the question with it; whoever asked is told. Where one was hidden, another takes its place.

    Raises AnswerRefused where it is empty, there is one already, the question is hidden, or it holds what may not stand in public.
    """
    words = text.strip()[:LONGEST_ANSWER]
    if not words:
        raise AnswerRefused(_("Please write something."))
    if faults := text_faults(words, contacts_allowed=False):
        raise AnswerRefused(" ".join(faults))
    locked = _locked(question)
    if not locked.waits_for_answer:
        raise AnswerRefused(_("This question has its answer already, or isn't shown any more."))
    if locked.answer:
        _note(locked, Action.ANSWERED_ANEW, text=locked.answer, by=by)
    locked.answer, locked.answer_hidden_ground = words, ""
    locked.answered_at, locked.answered_by = timezone.now(), by
    locked.save(update_fields=["answer", "answer_hidden_ground", "answered_at", "answered_by"])
    tell_answered(locked)
    raise_generation()
    return locked


@transaction.atomic
def question_report(
    *, question: Question, ground: str, note: str = "", reporter: Any = None
) -> QuestionReport | None:
    """Note that somebody holds a question or its answer to break the rules; the same person's second report changes nothing.

    Of visitors without a name a few are kept while the programme hasn't looked; None where there are as many.
    """
    values = {"ground": Ground(ground), "note": note.strip()[:500]}
    if reporter is not None:
        report, _is_new = QuestionReport.objects.get_or_create(
            question=question, reporter=reporter, defaults=values
        )
        return report
    if question.reports.filter(reporter=None, settled_at=None).count() >= _MOST_UNNAMED:
        return None
    return QuestionReport.objects.create(question=question, **values)


@transaction.atomic
def question_hide(*, question: Question, ground: str, note: str = "", by: Any = None) -> bool:
    """Take a question off the shop, with its answer, on a ground of the rules; whoever asked is told. Return whether it was shown until now."""
    locked = _locked(question)
    _reports_settle(locked)
    if locked.state == State.HIDDEN:
        return False
    locked.state, locked.hidden_ground = State.HIDDEN, Ground(ground)
    locked.save(update_fields=["state", "hidden_ground"])
    _note(locked, Action.HIDDEN, ground=ground, note=note, by=by)
    tell_hidden(locked, note)
    raise_generation()
    return True


@transaction.atomic
def question_restore(*, question: Question, note: str = "", by: Any = None) -> bool:
    """Show a hidden question again; return whether it was hidden."""
    locked = _locked(question)
    if locked.state == State.SHOWN:
        return False
    locked.state, locked.hidden_ground = State.SHOWN, ""
    locked.save(update_fields=["state", "hidden_ground"])
    _note(locked, Action.SHOWN, note=note, by=by)
    raise_generation()
    return True


@transaction.atomic
def answer_hide(*, question: Question, ground: str, note: str = "", by: Any = None) -> bool:
    """Take an answer off the shop on a ground of the rules; the producer is told and may write another one. Return whether it was shown."""
    locked = _locked(question)
    _reports_settle(locked)
    if not locked.answer or locked.answer_hidden_ground:
        return False
    locked.answer_hidden_ground = Ground(ground)
    locked.save(update_fields=["answer_hidden_ground"])
    _note(locked, Action.ANSWER_HIDDEN, ground=ground, note=note, by=by)
    tell_answer_hidden(locked, note)
    raise_generation()
    return True


@transaction.atomic
def answer_restore(*, question: Question, note: str = "", by: Any = None) -> bool:
    """Show a hidden answer again; return whether it was hidden."""
    locked = _locked(question)
    if not locked.answer_hidden_ground:
        return False
    locked.answer_hidden_ground = ""
    locked.save(update_fields=["answer_hidden_ground"])
    _note(locked, Action.ANSWER_SHOWN, note=note, by=by)
    raise_generation()
    return True


@transaction.atomic
def question_reports_dismiss(*, question: Question, note: str = "", by: Any = None) -> int:
    """Leave a question as it is and its reports as looked at; return how many they were."""
    settled = _reports_settle(question)
    if settled:
        _note(question, Action.KEPT, note=note, by=by)
    return settled


@transaction.atomic
def questions_forget(*, asker: Any) -> None:
    """Take a person's name off what they asked; call it before the account goes."""
    if Question.objects.filter(asker=asker).update(asker_name=""):
        raise_generation()


def _locked(question: Question) -> Question:
    """Return a question locked, with what its notices need."""
    Question.objects.select_for_update(of=("self",)).values_list("pk").get(pk=question.pk)
    return (
        Question.objects.select_related("product__producer", "asker")
        .prefetch_related("product__producer__memberships__user")
        .get(pk=question.pk)
    )


def _good_locked(good_id: int) -> None:
    """Let one question about a good be asked after the other, so that a double tap asks once."""
    Product.objects.select_for_update(of=("self",), no_key=True).filter(pk=good_id).values_list("pk").get()


def _reports_settle(question: Question) -> int:
    return question.reports.filter(settled_at=None).update(settled_at=timezone.now())


def _note(
    question: Question, action: str, *, by: Any, ground: str = "", note: str = "", text: str = ""
) -> None:
    QuestionEvent.objects.create(
        question=question, action=action, ground=ground, note=note.strip()[:500], text=text, actor=by
    )
    logger.info("question %s of good %s: %s %s", question.pk, question.product_id, action, ground)
