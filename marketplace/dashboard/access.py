"""Who may open which screen of the back office. Every view takes one of these mixins; a test walks all of them."""

from functools import cache
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from catalogue.producers.models import Membership, Partner
from catalogue.producers.selectors import memberships_of
from marketplace.accounts.models import StaffRole
from marketplace.accounts.requests import SignedInRequest
from marketplace.accounts.roles import Scope, staff_scope
from marketplace.accounts.second_factor import admin_lacks_second_factor, second_factor_asked
from marketplace.audit.services import audit_record, is_noted

Role = StaffRole.Role


class Guarded(LoginRequiredMixin):
    """What the mixins below have in common: once they have found that the person may, they `enter`."""

    def enter(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Go on to the view. What asks for more than permission stands in its way here."""
        response = super().dispatch(request, *args, **kwargs)
        # A form that did something leads elsewhere. Where neither screen nor service said what, at least that it was sent is noted.
        if request.method == "POST" and 300 <= response.status_code < 400 and not is_noted(request):
            screen = request.resolver_match.view_name if request.resolver_match else request.path
            with transaction.atomic():
                audit_record(action="screen.sent", words=screen, changes=kwargs)
        return response


class RecentSecondFactor:
    """A screen that moves money or power: it asks for a code of the second factor unless one was entered within 15 minutes.

    Stands before the mixin that says who may: `class PayoutView(RecentSecondFactor, NationalAccess, FormView)`. A form that was sent
    waits in the session while the person enters the code, and goes on from there; files don't.
    """

    def enter(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = second_factor_asked(request)
        if asked is not None:
            return asked
        entered: HttpResponseBase = super().enter(request, *args, **kwargs)  # type: ignore[misc]
        return entered


@method_decorator(never_cache, name="dispatch")
class SignedIn(LoginRequiredMixin):
    """A screen for anybody who is signed in."""

    request: SignedInRequest


@method_decorator(never_cache, name="dispatch")
class ProducerAccess(Guarded):
    """A screen of one producer's workplace: its address names the producer, its members alone may open it.

    Another producer's address answers 404, so that nobody learns who sells here behind the shop. `self.producer` is the producer, `self.membership` how the person belongs to it.
    """

    #: Roles of a membership that may open the screen; empty: any member.
    member_roles: tuple[str, ...] = ()
    membership: Membership
    producer: Partner
    request: SignedInRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        memberships = memberships_of(request.user).select_related("producer")
        self.membership = get_object_or_404(memberships, producer=kwargs["producer_pk"])
        self.producer = self.membership.producer
        if self.member_roles and not self.is_one_of(*self.member_roles):
            raise PermissionDenied
        request.membership = self.membership  # type: ignore[attr-defined]  # for the menu
        return self.enter(request, *args, **kwargs)

    def is_one_of(self, *roles: str) -> bool:
        """Return whether the person belongs to the producer in one of `roles`."""
        return self.membership.role in roles

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, producer=self.producer, desk="producer")  # type: ignore[misc]


@method_decorator(never_cache, name="dispatch")
class StaffAccess(Guarded):
    """A screen of the programme: for a staff role, within its provinces. `self.scope` filters every queryset."""

    staff_roles: tuple[str, ...] = (Role.ADMIN,)
    #: Whether an administrator without a second factor is led to set one up before it opens.
    needs_second_factor = True
    scope: Scope
    request: SignedInRequest

    @classmethod
    def scope_of(cls, user: Any) -> Scope:
        """Return the provinces for which `user` may open the screen; none: not at all."""
        return staff_scope(user, *cls.staff_roles)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.scope = self.scope_of(request.user)
        if not self.scope:
            raise PermissionDenied
        if self.needs_second_factor and admin_lacks_second_factor(request.user):
            return render(request, "mfa/needed.html", status=403)
        return self.enter(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, scope=self.scope, desk="staff")  # type: ignore[misc]


class NationalAccess(StaffAccess):
    """A screen for what concerns all provinces alike (delivery tables): for roles without a province named."""

    @classmethod
    def scope_of(cls, user: Any) -> Scope:
        scope = super().scope_of(user)
        return scope if scope.everything else Scope()


def may_open(user: Any, screen: str) -> bool:
    """Return whether `user` may open the programme's screen of this name, for some province at least: whether a page offers it."""
    view = _screens()[screen]
    return issubclass(view, StaffAccess) and bool(view.scope_of(user))


def member_may_open(membership: Membership, screen: str) -> bool:
    """Return whether a member may open the workplace's screen of this name."""
    roles = getattr(_screens()[screen], "member_roles", ())
    return not roles or membership.role in roles


@cache
def _screens() -> dict[str, type]:
    from marketplace.dashboard.urls import urlpatterns  # the screens themselves know this module

    views = {pattern.name: getattr(pattern.callback, "view_class", None) for pattern in urlpatterns}
    return {name: view for name, view in views.items() if name and view}
