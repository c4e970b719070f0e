"""Returns and complaints in a producer's workplace: its own alone, with the days that are left to answer."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.views.generic import ListView

from catalogue.producers.selectors import MAY_FULFIL
from checkout.aftersale.models import Case, Side
from marketplace.dashboard.access import ProducerAccess
from marketplace.dashboard.aftersale.case_page import CasePage, CasePicturePage, CaseStepPage, CodeBeforeMoney
from marketplace.dashboard.aftersale.lists import CaseTabs


class OwnCases(ProducerAccess):
    """The cases of the producer's consignments."""

    side = Side.PRODUCER

    def cases(self) -> QuerySet[Case]:
        return Case.objects.filter(consignment__producer=self.producer)

    def address(self, name: str, **kwargs: Any) -> str:
        where = {"producer_pk": self.producer.pk}
        if name == "list":
            return reverse("dashboard:own-cases", kwargs=where)
        pk = {"pk": self.kwargs["pk"]} if name != "picture" else {}  # type: ignore[attr-defined]
        screen = {"case": "own-case", "step": "own-case-step", "picture": "own-case-picture"}[name]
        return reverse(f"dashboard:{screen}", kwargs={**where, **pk, **kwargs})

    def may_act(self) -> bool:
        return self.is_one_of(*MAY_FULFIL)


class OwnCaseListView(OwnCases, CaseTabs, ListView):
    """One list, those that wait for an answer first."""

    template_name = "dashboard/aftersale/cases.html"


class OwnCaseView(OwnCases, CasePage):
    """One case with its answer."""


class OwnCaseStepView(CodeBeforeMoney, OwnCases, CaseStepPage):
    """Answers, pays back, refuses, confirms goods."""

    member_roles: ClassVar[tuple[str, ...]] = MAY_FULFIL


class OwnCasePictureView(OwnCases, CasePicturePage):
    """A picture of one of the producer's cases."""
