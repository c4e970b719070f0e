"""Who may open which screen of the back office. Every view takes one of these mixins; a test walks all of them."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from catalogue.producers.models import Partner
from catalogue.producers.selectors import producers_of
from marketplace.accounts.models import StaffRole
from marketplace.accounts.requests import SignedInRequest
from marketplace.accounts.roles import Scope, staff_scope


@method_decorator(never_cache, name="dispatch")
class SignedIn(LoginRequiredMixin):
    """A screen for anybody who is signed in."""

    request: SignedInRequest


@method_decorator(never_cache, name="dispatch")
class ProducerAccess(LoginRequiredMixin):
    """A screen of one producer's workplace: its address names the producer, its members alone may open it.

    Another producer's address answers 404, so that nobody learns who sells here behind the shop. `self.producer` is the producer.
    """

    #: Roles of a membership that may open the screen; empty: any member.
    member_roles: tuple[str, ...] = ()
    producer: Partner
    request: SignedInRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.producer = get_object_or_404(producers_of(request.user), pk=kwargs["producer_pk"])
        if (
            self.member_roles
            and not producers_of(request.user, *self.member_roles).filter(pk=self.producer.pk).exists()
        ):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, producer=self.producer, desk="producer")  # type: ignore[misc]


@method_decorator(never_cache, name="dispatch")
class StaffAccess(LoginRequiredMixin):
    """A screen of the programme: for a staff role, within its provinces. `self.scope` filters every queryset."""

    staff_roles: tuple[str, ...] = (StaffRole.Role.ADMIN,)
    scope: Scope
    request: SignedInRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.scope = staff_scope(request.user, *self.staff_roles)
        if not self.scope:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, scope=self.scope, desk="staff")  # type: ignore[misc]


class NationalAccess(StaffAccess):
    """A screen for what concerns all provinces alike (delivery tables): for roles without a province named."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not staff_scope(request.user, *self.staff_roles).everything:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)
