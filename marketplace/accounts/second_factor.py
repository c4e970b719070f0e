"""The second factor of people who move money: who has one, whether it was entered lately, and the way to enter it.

allauth keeps the factors, asks for them, counts wrong codes, and notes in the session when one was entered.
"""

import time
from datetime import timedelta
from typing import Any, Final

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from marketplace.accounts.models import User

#: So long a code that was entered counts for what moves money.
CODE_COUNTS: Final = timedelta(minutes=15)


def has_second_factor(user: Any) -> bool:
    """Return whether `user` has set up a second step at sign-in; recovery codes alone are none."""
    return bool(is_mfa_enabled(user, types=[Authenticator.Type.TOTP]))


def with_second_factor(users: list[User]) -> set[int]:
    """Return the keys of those of `users` who have a second factor; one query."""
    found = Authenticator.objects.filter(user__in=users, type=Authenticator.Type.TOTP)
    return set(found.values_list("user_id", flat=True))


def second_factor_is_recent(request: HttpRequest) -> bool:
    """Return whether the person entered a code of the second factor in this session within `CODE_COUNTS`, at sign-in or since."""
    since = time.time() - CODE_COUNTS.total_seconds()
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" and record["at"] >= since for record in records)


def second_factor_lacks(user: Any) -> bool:
    """Return whether `user` has yet to set up what this installation asks for where money moves."""
    return settings.MONEY_NEEDS_SECOND_FACTOR and not has_second_factor(user)


def second_factor_asked(request: HttpRequest) -> HttpResponseBase | None:
    """Return the page that asks for the second factor, None where it was entered lately or this installation asks for none.

    Who has none is led to set one up. A form that was sent is kept and goes on once the code is right.
    """
    if not settings.MONEY_NEEDS_SECOND_FACTOR or second_factor_is_recent(request):
        return None
    if not has_second_factor(request.user):
        return render(request, "mfa/needed.html", status=403)
    return suspend_request(request, reverse("mfa_reauthenticate"))
