"""A request whose visitor is signed in, for views that let nobody else in."""

from django.http import HttpRequest

from marketplace.accounts.models import User


class SignedInRequest(HttpRequest):
    """What a view behind `LoginRequiredMixin` sees; a type, never made."""

    user: User
