"""Lists of cases, by who has the next word."""

from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from checkout.aftersale.cases import OPEN_STATES
from checkout.aftersale.models import Case
from checkout.aftersale.selectors import countdowns_of
from marketplace.dashboard.filters import filters_kept

State = Case.State

#: Tabs: name in the address, words, which cases.
TABS: Final[list[tuple[str, str | Promise, Q]]] = [
    ("answer", _("Waits for the producer"), Q(state=State.OPEN)),
    ("programme", _("With the programme"), Q(state=State.ESCALATED)),
    ("goods", _("Goods are going back"), Q(state=State.AWAITING_GOODS)),
    ("closed", _("Closed"), ~Q(state__in=OPEN_STATES)),
]


class CaseTabs:
    """A list of the person's cases (`cases`) with tabs: those that end soonest first."""

    context_object_name = "cases"
    paginate_by = 20
    #: The tab that stands open first; empty: all.
    first_tab = ""

    def get_queryset(self) -> QuerySet[Case]:
        tab = self.request.GET.get("show", self.first_tab)  # type: ignore[attr-defined]
        found = self.cases().select_related("reason", "consignment__producer", "consignment__order")  # type: ignore[attr-defined]
        for name, _words, which in TABS:
            if name == tab:
                found = found.filter(which)
        return found.prefetch_related("lines__line").order_by(
            F("answer_due_on").asc(nulls_last=True), "-opened_at", "-pk"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counts = self.cases().aggregate(**{name: Count("pk", filter=which) for name, _words, which in TABS})  # type: ignore[attr-defined]
        context: dict[str, Any] = super().get_context_data(  # type: ignore[misc]
            **kwargs,
            tabs=[(name, words, counts[name]) for name, words, _which in TABS],
            show=self.request.GET.get("show", self.first_tab),  # type: ignore[attr-defined]
            query=filters_kept(self.request),  # type: ignore[attr-defined]
        )
        return {**context, "countdowns": countdowns_of(context["cases"])}
