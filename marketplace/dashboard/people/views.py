"""Who works for the programme: their roles and provinces, and whether they have a second step at sign-in."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from marketplace.accounts.errors import AccountsError
from marketplace.accounts.models import StaffRole
from marketplace.accounts.second_factor import with_second_factor
from marketplace.accounts.services import NATIONAL, staff_role_give, staff_role_take
from marketplace.dashboard.access import NationalAccess, RecentSecondFactor
from marketplace.dashboard.forms import ReasonForm
from marketplace.dashboard.people.forms import ProvincesForm, RoleForm


class PeopleView(NationalAccess, TemplateView):
    """Everybody who holds a role, by name."""

    template_name = "dashboard/people/index.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        roles = (
            StaffRole.objects.select_related("user")
            .prefetch_related("provinces")
            .order_by("user__full_name", "user", "role")
        )
        people = [(person, list(held)) for person, held in groupby(roles, key=lambda role: role.user)]
        return super().get_context_data(
            **kwargs, people=people, safe=with_second_factor([person for person, _held in people])
        )


class RoleGiveView(RecentSecondFactor, NationalAccess, FormView):
    """Gives a role to somebody who has an account."""

    form_class = RoleForm
    template_name = "dashboard/people/role.html"

    def form_valid(self, form: RoleForm) -> HttpResponse:
        try:
            held = staff_role_give(
                user=form.cleaned_data["contact"],
                role=form.cleaned_data["role"],
                provinces=form.cleaned_data["provinces"],
                by=self.request.user,
            )
        except AccountsError as error:
            form.add_error("provinces", str(error.message))
            return self.form_invalid(form)
        messages.success(self.request, _("%(person)s has the role now, and is told.") % {"person": held.user})
        return redirect("dashboard:people")


class OneRole(RecentSecondFactor, NationalAccess):
    """A screen of one role that somebody holds."""

    @cached_property
    def held(self) -> StaffRole:
        return get_object_or_404(StaffRole.objects.select_related("user"), pk=self.kwargs["pk"])  # type: ignore[attr-defined]


class RoleChangeView(OneRole, FormView):
    """Changes the provinces of a role."""

    form_class = ProvincesForm
    template_name = "dashboard/people/role.html"

    def get_initial(self) -> dict[str, Any]:
        return {"provinces": self.held.provinces.all()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, held=self.held, is_national=self.held.role in NATIONAL)

    def form_valid(self, form: ProvincesForm) -> HttpResponse:
        try:
            staff_role_give(
                user=self.held.user,
                role=self.held.role,
                provinces=form.cleaned_data["provinces"],
                by=self.request.user,
            )
        except AccountsError as error:
            form.add_error("provinces", str(error.message))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved. %(person)s is told.") % {"person": self.held.user})
        return redirect("dashboard:people")


class RoleTakeView(OneRole, FormView):
    """Takes a role away, once somebody has said why."""

    form_class = ReasonForm
    template_name = "dashboard/staff/reason.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"person": self.held.user, "role": self.held.get_role_display()}
        return super().get_context_data(
            **kwargs,
            question=_("Take the role “%(role)s” from %(person)s?") % words,
            consequence=_("The person no longer opens its screens, from now on. The account stays."),
            action=_("Take the role away"),
            back=reverse("dashboard:people"),
        )

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        try:
            staff_role_take(held=self.held, by=self.request.user, reason=form.cleaned_data["reason"])
        except AccountsError as error:
            form.add_error(None, str(error.message))
            return self.form_invalid(form)
        messages.success(
            self.request, _("%(person)s no longer has this role, and is told.") % {"person": self.held.user}
        )
        return redirect("dashboard:people")
