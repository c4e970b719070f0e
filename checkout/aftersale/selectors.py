"""Reads cases for the pages that show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from catalogue.reviews.models import ProductReview
from checkout.aftersale.cases import OPEN_STATES
from checkout.aftersale.deadlines import closed_days, terms_on, working_days_left
from checkout.aftersale.eligibility import complaint_since, may_review, offers_for, reasons_on
from checkout.aftersale.models import Case, CaseEvent, CasePicture, LineReview
from checkout.order.models import Consignment, Line, Order
from marketplace.clock import today


def cases_with_parts() -> QuerySet[Case]:
    """Return cases with what their pages show, in a constant number of queries."""
    return Case.objects.select_related(
        "reason", "refund", "consignment__order", "consignment__producer__commune__province"
    ).prefetch_related(
        "lines__line",
        "consignment__lines",
        Prefetch("events", queryset=CaseEvent.objects.select_related("actor").prefetch_related("pictures")),
        Prefetch("pictures", queryset=CasePicture.objects.filter(event=None), to_attr="first_pictures"),
    )


@dataclass(frozen=True, slots=True)
class Countdown:
    """How long somebody still has to answer: the last day, and the working days that follow today until then."""

    until: date
    days: int
    is_over: bool

    @property
    def is_urgent(self) -> bool:
        """Whether the last day is the next one, today or past."""
        return self.days <= 1


def countdown_of(case: Case) -> Countdown | None:
    """Return how long the producer or the programme still has; None where nobody is waited for."""
    return countdowns_of([case])[case.pk]


def countdowns_of(cases: Iterable[Case]) -> dict[int, Countdown | None]:
    """Return how long somebody still has in each of `cases`, by id: one query, however many there are; none where nobody is waited for."""
    day, cases = today(), list(cases)
    closed = closed_days(day) if any(case.answer_due_on for case in cases) else []
    return {
        case.pk: Countdown(
            case.answer_due_on,
            working_days_left(case.answer_due_on, on=day, closed=closed),
            is_over=case.answer_due_on < day,
        )
        if case.answer_due_on
        else None
        for case in cases
    }


@dataclass(frozen=True, slots=True)
class ConsignmentAftersale:
    """What stands under a parcel on its order's page: its cases, and whether another may be opened."""

    cases: list[Case]
    may_open: bool
    #: Lines that were reviewed or may be: each with its review, or None.
    reviews: list[tuple[Line, ProductReview | None]]


def order_aftersale(order: Order) -> dict[int, ConsignmentAftersale]:
    """Return what stands under each consignment of an order (by id): one query, as long as nothing came and nothing is overdue, else at most five."""
    day = today()
    consignments = list(order.consignments.all())
    found: dict[int, list[Case]] = {consignment.pk: [] for consignment in consignments}
    cases = Case.objects.filter(consignment__in=consignments).select_related("reason")
    for case in cases.prefetch_related("lines"):
        found[case.consignment_id].append(case)
    reasons = reasons_on(day) if any(complaint_since(one, on=day) for one in consignments) else []
    reviews = _reviews([one for one in consignments if one.state in _CAME])
    return {
        one.pk: ConsignmentAftersale(
            cases=found[one.pk],
            may_open=bool(offers_for(one, reasons, on=day) and _has_free_line(one, found[one.pk])),
            reviews=reviews.get(one.pk, []),
        )
        for one in consignments
    }


def with_open_cases(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Return `orders`, each saying whether a case about it is open (`has_open_case`)."""
    cases = Case.objects.filter(consignment__order=OuterRef("pk"), state__in=OPEN_STATES)
    return orders.annotate(has_open_case=Exists(cases))


#: What a consignment is or was before where the buyer held it, and could review what it brought.
_CAME: Final = (Consignment.State.DELIVERED, Consignment.State.RETURNED)


def _reviews(consignments: list[Consignment]) -> dict[int, list[tuple[Line, ProductReview | None]]]:
    """Return the lines of each consignment (by id; they came) that were reviewed or may be, each with its review."""
    if not consignments:
        return {}
    terms = terms_on(today())
    links = LineReview.objects.filter(line__consignment__in=consignments).select_related("review")
    written = {link.line_id: link.review for link in links}
    return {
        one.pk: [
            (line, written.get(line.pk))
            for line in one.lines.all()
            if line.pk in written or may_review(line, terms=terms)
        ]
        for one in consignments
    }


def _has_free_line(consignment: Consignment, cases: list[Case]) -> bool:
    open_lines = {line.line_id for case in cases if case.state in OPEN_STATES for line in case.lines.all()}
    return any(
        line.pk not in open_lines and line.refunded_quantity < line.quantity
        for line in consignment.lines.all()
    )
