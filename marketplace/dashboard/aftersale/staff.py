"""Returns and complaints at the programme's desk: those of the person's provinces; it decides where producers don't, or where it is asked."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.views.generic import ListView

from checkout.aftersale.models import Case, Side
from marketplace.accounts.models import StaffRole
from marketplace.dashboard.access import StaffAccess, may_open
from marketplace.dashboard.aftersale.case_page import CasePage, CasePicturePage, CaseStepPage, CodeBeforeMoney
from marketplace.dashboard.aftersale.lists import CaseTabs


class ProgrammeCases(StaffAccess):
    """The cases of producers in the person's provinces."""

    side = Side.PROGRAMME
    staff_roles = (StaffRole.Role.ADMIN, StaffRole.Role.SUPPORT)

    def cases(self) -> QuerySet[Case]:
        return Case.objects.filter(self.scope.q("consignment__producer__commune__province"))

    def address(self, name: str, **kwargs: Any) -> str:
        if name == "list":
            return reverse("dashboard:cases")
        pk = {"pk": self.kwargs["pk"]} if name != "picture" else {}  # type: ignore[attr-defined]
        screen = {"case": "case", "step": "case-step", "picture": "case-picture"}[name]
        return reverse(f"dashboard:{screen}", kwargs={**pk, **kwargs})


class CaseListView(ProgrammeCases, CaseTabs, ListView):
    """Those with the programme first."""

    template_name = "dashboard/aftersale/cases.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, may_write_rules=may_open(self.request.user, "case-rules"))


class CaseDetailView(ProgrammeCases, CasePage):
    """One case with its decision."""


class CaseStepView(CodeBeforeMoney, ProgrammeCases, CaseStepPage):
    """Decides."""


class CasePictureView(ProgrammeCases, CasePicturePage):
    """A picture of one of the cases."""
