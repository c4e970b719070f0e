"""The two pages of sign-in by code, where allauth's own would leave a person without a word."""

from typing import Any

from allauth.account import views
from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView

from marketplace.accounts.codes import account_for_code, claims_forget


class RequestLoginCodeView(views.RequestLoginCodeView):
    """Asks where the code should go; again as well, or for another number, while one is on its way."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        # allauth would lead back to the code that one waits for in vain. A new one takes its place (allauth's own way to send it
        # again fails for a phone without an account, which tells that there is none).
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        stage = LoginStageController.enter(self.request, LoginByCodeStage.key)
        return super().get_context_data(code_is_awaited=stage is not None, **kwargs)


class ConfirmLoginCodeView(views.ConfirmLoginCodeView):
    """Takes the code, and says why where it takes none."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        if not getattr(self, "_process", None) and not request.user.is_authenticated:
            messages.error(request, _("This code is no longer valid. Ask for a new one."))
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # The session counts wrong codes, but not those that come at the same moment; this counts before it compares.
        contact = self._process.state.get("phone") or self._process.state.get("email")
        if not ratelimit.consume(request, action="confirm_login_code", key=contact):
            return self._ask_for_a_new_code(_("That code was wrong too often. Ask for a new one."))
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        """Sign in, unless the phone or the mail address has changed hands since the code was sent."""
        user = self._process.user
        contact = {name: self._process.state.get(name) for name in ("phone", "email")}
        if account_for_code(**contact) != user:
            return self._ask_for_a_new_code(_("This code is no longer valid. Ask for a new one."))
        if claims_forget(user, **contact):
            messages.warning(
                self.request,
                _(
                    "Nobody had confirmed this account before. To keep it yours alone, we removed its old password and what else was unconfirmed: set a new password."
                ),
            )
        response: HttpResponse = super().form_valid(form)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        if self._process.record_invalid_attempt():
            return FormView.form_invalid(self, form)
        return self._ask_for_a_new_code(_("That code was wrong too often. Ask for a new one."))

    def _ask_for_a_new_code(self, why: str) -> HttpResponse:
        clear_login(self.request)
        messages.error(self.request, why)
        return redirect("account_request_login_code")
