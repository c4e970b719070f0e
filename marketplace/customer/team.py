"""An invitation into a producer's team, looked at and accepted by whoever has its address."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from catalogue.producers.models import Membership
from catalogue.producers.team.models import Invitation
from catalogue.producers.team.services import TeamError, invitation_accept, invitation_by_token
from marketplace.customer.views import Personal
from marketplace.dashboard.staff_members import ROLES


class InvitationView(Personal, TemplateView):
    """Says who invites, for what; one tap joins. An address that is no good any more says so."""

    template_name = "customer/invitation.html"

    @cached_property
    def invitation(self) -> Invitation | None:
        return invitation_by_token(self.kwargs["token"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        invitation = self.invitation
        return super().get_context_data(
            **kwargs,
            invitation=invitation,
            role_words=dict(ROLES)[Membership.Role(invitation.role)] if invitation else "",
        )

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        if self.invitation is None:
            raise Http404
        try:
            membership = invitation_accept(invitation=self.invitation, user=self.request.user)
        except TeamError as error:
            messages.error(request, str(error.message))
            return redirect("customer:home")
        messages.success(
            request, _("You work for %(producer)s now.") % {"producer": membership.producer.name}
        )
        return redirect("dashboard:today", producer_pk=membership.producer_id)
