"""Sign-in by a code: whom it lets in, and what it proves."""

import time
from datetime import timedelta
from typing import Final

from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from django.db import transaction
from django.http import HttpRequest

from marketplace.accounts.models import User
from marketplace.accounts.roles import moves_money
from marketplace.accounts.second_factor import has_second_factor

#: So long after a sign-in by code a new password needs no old one: who signs in that way has mostly forgotten it.
CODE_IS_FRESH: Final = timedelta(minutes=15)


def account_for_code(*, phone: str | None = None, email: str | None = None) -> User | None:
    """Return the active account that a code sent to `phone` (E.164) or `email` (lower case) opens.

    A phone that nobody has proved opens no account whose mail address is proved: somebody may have mistyped it there, or claimed it. Nor
    does a text message alone open the account of somebody who moves money: a number can be taken over. With a second factor it may.
    """
    if phone:
        user = User.objects.filter(phone=phone, is_active=True).first()
        if user is None or (not user.phone_verified_at and _has_proved_something(user)):
            return None
        return None if moves_money(user) and not has_second_factor(user) else user
    address = EmailAddress.objects.filter(email=email, verified=True).select_related("user").first()
    user = address.user if address else User.objects.filter(email=email).first()
    return user if user and user.is_active else None


def claims_forget(user: User, *, phone: str | None = None, email: str | None = None) -> bool:
    """Let the first person who proves anything of an account have it alone; return whether something was forgotten.

    Until then anybody could have opened it with somebody else's phone or mail address: their password, and what else they claimed for it,
    must open it no longer.
    """
    if _has_proved_something(user):
        return False
    with transaction.atomic():
        user.set_unusable_password()
        if phone:
            user.email = None
            EmailAddress.objects.filter(user=user).delete()
        else:
            user.phone = None
            EmailAddress.objects.filter(user=user).exclude(email=email).delete()
            EmailAddress.objects.get_or_create(user=user, email=email)
        user.save(update_fields=["password", "phone", "email"])
    return True


def signed_in_by_code_lately(request: HttpRequest, user: User) -> bool:
    """Return whether `user` typed a code in this session within `CODE_IS_FRESH`."""
    since = time.time() - CODE_IS_FRESH.total_seconds()
    records = get_authentication_records(request, user)
    return any(record["method"] == "code" and record["at"] >= since for record in records)


def _has_proved_something(user: User) -> bool:
    return (
        user.phone_verified_at is not None or EmailAddress.objects.filter(user=user, verified=True).exists()
    )
