"""Cases on the first screens: what waits for an answer, and how soon it must come."""

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from catalogue.producers.models import Partner
from catalogue.reviews.models import ReviewReport
from checkout.aftersale.deadlines import working_days_left
from checkout.aftersale.models import Case
from marketplace.accounts.roles import Scope
from marketplace.clock import today
from marketplace.dashboard.duty import Duty

State = Case.State


def case_duties(producer: Partner) -> list[Duty]:
    """Return what `producer` has to answer and to confirm; one query for each."""
    cases = Case.objects.filter(consignment__producer=producer)
    url = reverse("dashboard:own-cases", kwargs={"producer_pk": producer.pk})
    return [
        *_due(
            cases.filter(state=State.OPEN),
            _("returns or complaints to answer"),
            f"{url}?show=answer",
            _("Reply"),
        ),
        *_due(
            cases.filter(state=State.AWAITING_GOODS, goods_sent_at__isnull=False),
            _("goods that come back: confirm them"),
            f"{url}?show=goods",
            _("Confirm"),
        ),
    ]


def programme_case_duties(scope: Scope) -> list[Duty]:
    """Return how many cases the programme has to decide in the provinces of `scope`."""
    cases = Case.objects.filter(scope.q("consignment__producer__commune__province"), state=State.ESCALATED)
    url = reverse("dashboard:cases") + "?show=programme"
    return [
        *_due(cases, _("returns or complaints to decide"), url, _("Decide")),
        *_reported_reviews(scope),
    ]


def _reported_reviews(scope: Scope) -> list[Duty]:
    reviews = ReviewReport.objects.filter(
        scope.q("review__product__producer__commune__province"), settled_at=None
    )
    count = reviews.order_by().values("review").distinct().count()
    url = reverse("dashboard:reviews") + "?show=reported"
    text = _("Hidden only on a ground of the published rules.")
    return [Duty(count, _("reported reviews"), text, url, _("Look"))] if count else []


def _due(cases: QuerySet[Case], title: str, url: str, action: str) -> list[Duty]:
    found = cases.order_by().aggregate(count=Count("pk"), until=Min("answer_due_on"))
    if not found["count"]:
        return []
    days = working_days_left(found["until"], on=today())
    text = _("The first until %(day)s.") % {"day": f"{found['until']:%d/%m/%Y}"}
    return [Duty(found["count"], title, text, url, action, urgent=days <= 1)]
