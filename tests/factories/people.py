"""Accounts as sign-up leaves them once their owner has followed the message."""

from allauth.account.models import EmailAddress

from marketplace.accounts.models import User


def account_with_proved_mail(email: str, password: str | None = None, **fields: str) -> User:
    """Return an account whose mail address is confirmed."""
    user = User.objects.create_user(email, password, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user
