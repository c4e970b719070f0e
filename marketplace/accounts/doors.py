"""Other sign-in pages lead to the one door (allauth)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.views.generic import RedirectView

door = RedirectView.as_view(url=reverse_lazy("account_login"), query_string=True)


def editors_door(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
    """Where the editors' desk sends whoever may not open it.

    Somebody who is signed in already would be sent back at once from the one door, and so for ever: they get a plain no.
    """
    user: Any = request.user
    if not user.is_authenticated:
        return door(request, **kwargs)
    if user.has_perm("wagtailadmin.access_admin"):
        return redirect("wagtailadmin_home")
    raise PermissionDenied
