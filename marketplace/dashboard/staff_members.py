"""Who may act for a producer: an admin gives the workplace to people who have an account, and takes it back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, View

from catalogue.producers.models import Membership, Partner
from catalogue.producers.selectors import producers_overseen_by
from catalogue.producers.services import member_add, member_remove
from marketplace.accounts.models import StaffRole, User
from marketplace.accounts.selectors import account_by_contact
from marketplace.audit.services import audited
from marketplace.dashboard.access import StaffAccess

#: What each role may do in the workplace, as `catalogue.producers.selectors` says it.
ROLES = [
    (Membership.Role.OWNER, gettext_lazy("Owner: goods, orders, money")),
    (Membership.Role.SELLER, gettext_lazy("Seller: goods and orders")),
    (Membership.Role.PACKER, gettext_lazy("Packer: orders")),
    (Membership.Role.ACCOUNTANT, gettext_lazy("Accountant: looks, changes nothing")),
]


class MemberForm(forms.Form):
    """Somebody with an account, and what they do for the producer. `cleaned_data["contact"]` is a `User`."""

    contact = forms.CharField(
        label=gettext_lazy("Phone number or email"),
        max_length=254,
        help_text=gettext_lazy("With which the person signs in here. They open the account themselves."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("What the person does"),
        choices=ROLES,
        initial=Membership.Role.OWNER,
        widget=forms.RadioSelect,
    )

    def clean_contact(self) -> User:
        """Return the account."""
        return account_by_contact(self.cleaned_data["contact"])


class OverseenMembers(StaffAccess):
    """Members of producers within the provinces of an admin: verifiers check papers, they give nobody access."""

    staff_roles = (StaffRole.Role.ADMIN,)

    @property
    def person(self) -> User:
        """Who is signed in; `StaffAccess` lets nobody else through."""
        return self.request.user


class MembersView(OverseenMembers, FormView):
    """The people who act for a producer, and the form for one more."""

    form_class = MemberForm
    template_name = "dashboard/staff/members.html"

    @cached_property
    def seller(self) -> Partner:
        return get_object_or_404(producers_overseen_by(self.person, *self.staff_roles), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        members = self.seller.memberships.select_related("user").order_by("created_at")
        return super().get_context_data(**kwargs, seller=self.seller, members=members)

    def form_valid(self, form: MemberForm) -> HttpResponse:
        person, role = form.cleaned_data["contact"], form.cleaned_data["role"]
        changes = {"person": person.pk, "role": [None, role]}
        with audited("member.added", self.seller, words=self.seller.name, changes=changes):
            membership = member_add(producer=self.seller, user=person, role=role, by=self.person)
        messages.success(
            self.request,
            _("%(person)s can open the workplace now, from the page of the account.")
            % {"person": membership.user},
        )
        return redirect("dashboard:members", pk=self.seller.pk)


class MemberRemoveView(OverseenMembers, View):
    """Takes the workplace from a person; the account stays."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        membership = get_object_or_404(
            Membership.objects.filter(producer__in=producers_overseen_by(self.person, *self.staff_roles)),
            pk=pk,
        )
        changes = {"person": membership.user_id, "role": [membership.role, None]}
        with audited("member.removed", membership.producer, words=membership.producer.name, changes=changes):
            member_remove(membership=membership, by=self.person)
        messages.success(
            request, _("%(person)s no longer acts for this producer.") % {"person": membership.user}
        )
        return redirect("dashboard:members", pk=membership.producer_id)
