"""How allauth, the only door, finds and keeps people, and how it reaches them."""

import uuid
from typing import Any, Final
from urllib.parse import urljoin

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from marketplace.accounts.models import User
from marketplace.notices.push import SESSION_KEY, device_forget
from marketplace.notices.services import notice_queue

_PASSWORD_NOTICES: Final = frozenset(
    f"account/email/{change}" for change in ("password_changed", "password_set", "password_reset")
)


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by phone or mail; the phone lies on the user; messages go through the outbox."""

    def phone_form_field(self, **kwargs: Any) -> forms.Field:
        """Return a field that takes a Vietnamese phone number as people write it."""
        from marketplace.accounts.forms import PhoneField  # forms import allauth, which imports this adapter

        return PhoneField(**kwargs)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Fill `user` from the sign-up form; an empty phone or mail address is kept as none."""
        data = form.cleaned_data
        user.full_name = data.get("full_name", "")
        user.email = (data.get("email") or "").lower() or None
        user.phone = data.get("phone") or None
        user.preferred_language = (get_language() or "vi")[:2]
        user.set_password(data["password1"]) if data.get("password1") else user.set_unusable_password()
        if commit:
            user.save()
        return user

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        """Return the phone number (E.164) and whether it is verified."""
        return (user.phone, user.phone_verified_at is not None) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        """Keep `phone` (E.164) on `user`."""
        user.phone = phone
        user.phone_verified_at = timezone.now() if verified else None
        user.save(update_fields=["phone", "phone_verified_at"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        """Mark the user's phone as verified."""
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> User | None:
        """Return whose phone this is."""
        return User.objects.filter(phone=phone).first()

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        """Queue the code that proves a phone number, or signs in by it."""
        notice_queue(
            key=f"phone-code:{uuid.uuid4()}",
            template="phone_code",
            language=(get_language() or "vi")[:2],
            context={"code": code},
            phone=phone,
        )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue a message of allauth's, rendered now, sent by the worker. What only tells (`told`: whom) stands in the app, too; what leads into the account never does."""
        message = self.render_mail(
            template_prefix, email, {**context, "email": email, "request": self.request}
        )
        notice_queue(
            key=f"account:{uuid.uuid4()}",
            template="account_message",
            language=(get_language() or "vi")[:2],
            context={"subject": message.subject, "body": message.body, "account_url": _account_url()},
            email=email,
            person=context.get("told"),
        )

    def logout(self, request: HttpRequest) -> None:
        """Sign out, and push nothing more to the device on which it was done."""
        device_forget(person=request.user, pk=request.session.get(SESSION_KEY))
        super().logout(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return where a new password leads: not to the form that one has just filled in."""
        return reverse("customer:home")

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell `user` of a change to the account by mail; of a new password by text message where there is no mail address."""
        address = email or user.email
        super().send_notification_mail(template_prefix, user, {**(context or {}), "told": user}, address)
        if not address and template_prefix in _PASSWORD_NOTICES:
            notice_queue(
                key=f"password-changed:{uuid.uuid4()}",
                template="password_changed",
                language=user.preferred_language,
                context={"account_url": _account_url()},
                phone=user.phone,
                person=user,
            )


def _account_url() -> str:
    return urljoin(settings.SITE_URL, reverse("customer:home"))
