"""Whose account it is: found by what a person signs in with, where they have proved that it is theirs."""

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.address.phones import parse_phone


def account_by_contact(typed: str) -> User:
    """Return the active account with this phone number or mail address, proved by a code or a link.

    An account that only claims an address could be anybody's. Raises ValidationError with what to do about it.
    """
    typed = typed.strip()
    if "@" in typed:
        user = User.objects.filter(email=typed.lower(), is_active=True).first()
        is_proved = EmailAddress.objects.filter(user=user, email__iexact=typed, verified=True).exists()
    else:
        user = User.objects.filter(phone=parse_phone(typed), is_active=True).first()
        is_proved = user is not None and user.phone_verified_at is not None
    if user is None:
        raise ValidationError(
            _("Nobody has signed up with this yet. Ask the person to open an account first."),
            code="account_unknown",
        )
    if not is_proved:
        raise ValidationError(
            _(
                "This account hasn't confirmed it yet. Ask the person to follow the message that we sent when they signed up."
            ),
            code="account_not_proved",
        )
    return user
