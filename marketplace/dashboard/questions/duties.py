"""Questions on the first screens: those that wait for an answer, those that were reported."""

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue.producers.models import Partner
from catalogue.questions.models import Question, QuestionReport
from marketplace.accounts.roles import Scope
from marketplace.dashboard.duty import Duty

#: After so many days a buyer has gone elsewhere.
_LATE_DAYS = 1


def question_duties(producer: Partner) -> list[Duty]:
    """Return the questions that buyers wait to have answered; one query."""
    waiting = Question.objects.to_answer().of_producer(producer).order_by()
    found = waiting.aggregate(count=Count("pk"), oldest=Min("asked_at"))
    count = found["count"]
    if not count:
        return []
    days = (timezone.now() - found["oldest"]).days
    text = (
        ngettext(
            "The oldest has waited for %(number)d day.", "The oldest has waited for %(number)d days.", days
        )
        % {"number": days}
        if days
        else _("The buyer waits for your word.")
    )
    url = reverse("dashboard:own-questions", kwargs={"producer_pk": producer.pk})
    title = ngettext("question from a buyer", "questions from buyers", count)
    return [Duty(count, title, text, url, _("Reply"), urgent=days >= _LATE_DAYS)]


def reported_question_duties(scope: Scope) -> list[Duty]:
    """Return how many questions somebody holds to break the rules, in the provinces of `scope`."""
    reports = QuestionReport.objects.filter(
        scope.q("question__product__producer__commune__province"), settled_at=None
    )
    count = reports.order_by().values("question").distinct().count()
    url = reverse("dashboard:questions") + "?show=reported"
    text = _("Hidden only on a ground of the published rules.")
    return [Duty(count, _("reported questions"), text, url, _("Look"))] if count else []
