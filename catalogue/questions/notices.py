"""Who is told what of questions. Each notice belongs to the transaction of the change it tells of."""

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from catalogue.addresses import good_url
from catalogue.models import Product
from catalogue.producers.contacts import producer_contacts
from catalogue.questions.models import Question
from catalogue.questions.rules import Ground
from catalogue.texts import text_in
from marketplace.notices.services import notice_queue


def tell_asked(question: Question) -> None:
    """Tell the producer that somebody asks."""
    _tell_producer(question, "producer_question_new", key="asked", text=question.text)


def tell_answered(question: Question) -> None:
    """Tell whoever asked that there is an answer, and what it says."""
    good = question.product
    _tell_asker(
        question,
        "question_answered",
        key=f"answered:{question.answered_at:%Y%m%d%H%M%S}",
        producer=good.producer.name if good.producer else "",
        text=question.answer,
    )


def tell_hidden(question: Question, note: str) -> None:
    """Tell whoever asked that the question isn't shown any more, and on which ground."""
    _tell_asker(
        question,
        "question_hidden",
        key=f"hidden:{question.events.count()}",
        ground=question.hidden_ground,
        note=note,
    )


def tell_answer_hidden(question: Question, note: str) -> None:
    """Tell the producer that its answer isn't shown any more, on which ground, and where to write another one."""
    _tell_producer(
        question,
        "producer_answer_hidden",
        key=f"answer-hidden:{question.events.count()}",
        ground=question.answer_hidden_ground,
        note=note,
    )


def _tell_producer(question: Question, template: str, *, key: str, **context: Any) -> None:
    good = question.product
    if good.producer is None:
        return
    for contact in producer_contacts(good.producer):
        with translation.override(contact.language):
            path = reverse(
                "dashboard:own-question-answer",
                kwargs={"producer_pk": good.producer_id, "pk": question.pk},
            )
        notice_queue(
            key=f"question:{question.pk}:{key}:{contact.key}",
            template=template,
            language=contact.language,
            context={
                **_in_words(context, good, contact.language),
                "work_url": urljoin(settings.SITE_URL, path),
            },
            email=contact.email,
            phone=contact.phone,
            person=contact.person,
            producer_id=good.producer_id,
        )


def _tell_asker(question: Question, template: str, *, key: str, **context: Any) -> None:
    person, good = question.asker, question.product
    if person is None:
        return
    language = person.preferred_language
    with translation.override(language):
        rules = reverse("questions:rules")
    notice_queue(
        key=f"question:{question.pk}:{key}",
        template=template,
        language=language,
        context={
            **_in_words(context, good, language),
            "good_url": urljoin(settings.SITE_URL, good_url(pk=good.pk, slug=good.slug, language=language)),
            "rules_url": urljoin(settings.SITE_URL, rules),
        },
        email=person.email,
        phone=person.phone,
        person=person,
    )


def _in_words(context: dict[str, Any], good: Product, language: str) -> dict[str, Any]:
    """Return what every notice says: the good's name, and a ground in the reader's language."""
    name = text_in({"title_vi": good.title_vi, "title_en": good.title_en}, "title", language)
    with translation.override(language):
        ground = {"ground": str(Ground(context["ground"]).label)} if "ground" in context else {}
    return {**context, **ground, "good": name}
