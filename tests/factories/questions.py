"""Questions about goods, asked and answered by the same services as real ones."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from catalogue.models import Product
from catalogue.questions.models import Question
from catalogue.questions.services import question_answer, question_ask
from marketplace.accounts.models import User
from tests.factories.catalogue import sold_pack


def asker(email: str = "hoi@example.vn") -> User:
    """Return the person who asks, with a name."""
    return User.objects.filter(email=email).first() or User.objects.create_user(
        email, full_name="Trần Thị Hoa"
    )


def asked(
    good: Product | None = None, text: str = "Trà này pha nước lạnh được không?", **how: Any
) -> Question:
    """Return a question about a good, one that is made where none is given."""
    return question_ask(
        **{
            "good": good or sold_pack().parent,
            "asker": how.pop("asker", None) or asker(),
            "text": text,
            "language": "vi",
            **how,
        }
    )


def answered(
    good: Product | None = None, *, hours: float = 3, answer: str = "Được, ngâm lâu hơn.", **how: Any
) -> Question:
    """Return a question that was asked so many hours before its answer, which was given just now."""
    question = question_answer(question=asked(good, **how), text=answer)
    Question.objects.filter(pk=question.pk).update(asked_at=timezone.now() - timedelta(hours=hours))
    question.refresh_from_db()
    return question
