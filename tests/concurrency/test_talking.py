"""Taps at the same moment, on PostgreSQL: asked once, answered once, said once, told once."""

import pytest

from catalogue.questions.errors import AnswerRefused
from catalogue.questions.models import Question, QuestionReport
from catalogue.questions.services import question_answer, question_hide, question_report
from checkout.messages.models import Message, MessageReport
from checkout.messages.services import message_report
from marketplace.notices.models import Notice
from tests.concurrency.together import at_once
from tests.factories.catalogue import sold_pack
from tests.factories.messages import said
from tests.factories.orders import placed_order
from tests.factories.questions import answered, asked, asker

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_ten_taps_ask_once_and_ten_answers_are_one() -> None:
    good, person = sold_pack().parent, asker()

    at_once(*[lambda: asked(good, asker=person)] * 10)
    question = Question.objects.get()
    ends = at_once(*[lambda: question_answer(question=question, text="Được ạ.")] * 10)

    assert [isinstance(end, AnswerRefused) for end in ends].count(False) == 1
    assert Notice.objects.filter(template="question_answered").count() == 1


def test_a_question_hidden_and_reported_ten_times_at_once_is_hidden_once() -> None:
    question, person = answered(), asker("doc@example.vn")

    at_once(*[lambda: question_report(question=question, ground="insult", reporter=person)] * 10)
    at_once(*[lambda: question_hide(question=question, ground="insult")] * 10)

    assert QuestionReport.objects.count() == 1
    assert question.events.count() == 1


def test_ten_taps_say_it_once_and_ten_messages_are_told_of_once() -> None:
    order = placed_order(sold_pack())

    at_once(*[lambda: said(order, "Một lần")] * 10)
    said_once = Message.objects.count()
    at_once(*[lambda number=number: said(order, f"Tin {number}") for number in range(10)])
    at_once(*[lambda: message_report(message=Message.objects.all()[0], ground="insult")] * 10)

    assert said_once == 1
    assert Message.objects.count() == 11
    assert Notice.objects.filter(template="producer_message_new").count() == 1
    assert MessageReport.objects.count() == 1
