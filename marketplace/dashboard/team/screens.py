"""A producer's team in its own workplace: owners invite, change and take out; everybody may leave."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from catalogue.producers.models import Membership
from catalogue.producers.team.models import Invitation
from catalogue.producers.team.services import (
    TeamError,
    invitation_make,
    invitation_url,
    invitation_withdraw,
    member_leave,
    member_role_set,
    open_invitations,
)
from marketplace.accounts.second_factor import with_second_factor
from marketplace.dashboard.access import ProducerAccess, RecentSecondFactor
from marketplace.dashboard.staff_members import ROLES

OWNER = (Membership.Role.OWNER,)


class InviteForm(forms.Form):
    """Whom to ask, and for what. Without a mail address a link comes out, to be passed on."""

    role = forms.ChoiceField(
        label=gettext_lazy("What the person does"),
        choices=ROLES,
        initial=Membership.Role.PACKER,
        widget=forms.RadioSelect,
    )
    email = forms.EmailField(
        label=gettext_lazy("Email address"),
        required=False,
        help_text=gettext_lazy("Left empty, you get a link to send by Zalo or message."),
    )
    note = forms.CharField(
        label=gettext_lazy("For whom"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("So that you know the invitation again: chị Hoa, kho."),
    )


class TeamAccess(ProducerAccess):
    """The team of the workplace at hand."""

    @property
    def is_owner(self) -> bool:
        return self.is_one_of(*OWNER)

    def done(self, words: str) -> HttpResponse:
        """Say what was done and lead back."""
        messages.success(self.request, words)
        return redirect("dashboard:team", producer_pk=self.producer.pk)

    def refused(self, error: TeamError) -> HttpResponse:
        """Say why not and lead back."""
        messages.error(self.request, str(error.message))
        return redirect("dashboard:team", producer_pk=self.producer.pk)


class TeamView(TeamAccess, TemplateView):
    """Who belongs to the team and, for owners, what is open and the form for one more."""

    template_name = "dashboard/team/team.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        members = list(self.producer.memberships.select_related("user").order_by("created_at", "pk"))
        language = (get_language() or "vi")[:2]
        invitations = open_invitations(self.producer) if self.is_owner else []
        kwargs.setdefault("form", InviteForm())
        return super().get_context_data(
            **kwargs,
            members=members,
            own=self.membership,
            is_owner=self.is_owner,
            roles=ROLES,
            safe=with_second_factor([member.user for member in members]),
            invitations=[(one, invitation_url(one, language)) for one in invitations],
        )


class InviteView(RecentSecondFactor, TeamView):
    """Invites somebody."""

    member_roles = OWNER
    http_method_names = ("post",)

    def post(self, request: HttpRequest, producer_pk: int) -> HttpResponse:
        form = InviteForm(request.POST)
        if form.is_valid():
            try:
                invitation = invitation_make(
                    producer=self.producer, by=self.request.user, **form.cleaned_data
                )
            except TeamError as error:
                form.add_error(None, str(error.message))
            else:
                return self.done(
                    _("Sent to %(email)s.") % {"email": invitation.email}
                    if invitation.email
                    else _(
                        "The link stands below: send it to that person alone. It is good once, for 7 days."
                    )
                )
        return self.render_to_response(self.get_context_data(form=form))


class InvitationWithdrawView(TeamAccess, View):
    """Makes an invitation worthless."""

    member_roles = OWNER

    def post(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        invitation = get_object_or_404(Invitation, producer=self.producer, pk=pk)
        invitation_withdraw(invitation=invitation, by=self.request.user)
        return self.done(_("The invitation is withdrawn."))


class OfMember(TeamAccess, View):
    """A step about one member of the team."""

    @cached_property
    def member(self) -> Membership:
        return get_object_or_404(self.producer.memberships.select_related("user"), pk=self.kwargs["pk"])


class MemberRoleView(RecentSecondFactor, OfMember):
    """Changes what a member does."""

    member_roles = OWNER

    def post(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        role = request.POST.get("role", "")
        if role not in Membership.Role.values:
            return self.refused(TeamError(_("Choose what the person does.")))
        try:
            member_role_set(membership=self.member, role=role, by=self.request.user)
        except TeamError as error:
            return self.refused(error)
        return self.done(_("Saved. It counts from the next page on that the person opens."))


class MemberOutView(OfMember):
    """Takes a member out."""

    member_roles = OWNER

    def post(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        person = self.member.user
        try:
            member_leave(membership=self.member, by=self.request.user)
        except TeamError as error:
            return self.refused(error)
        if person == request.user:
            messages.success(
                request, _("You no longer work for %(producer)s.") % {"producer": self.producer.name}
            )
            return redirect("customer:home")
        return self.done(_("%(person)s no longer acts for this producer.") % {"person": person})


class LeaveView(TeamAccess, View):
    """Leaves the team; what the person did stays."""

    def post(self, request: HttpRequest, producer_pk: int) -> HttpResponse:
        try:
            member_leave(membership=self.membership, by=self.request.user)
        except TeamError as error:
            return self.refused(error)
        messages.success(
            request, _("You no longer work for %(producer)s.") % {"producer": self.producer.name}
        )
        return redirect("customer:home")
