"""Sign-in and sign-up by phone or mail, by password or by code."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.core import context, ratelimit
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.codes import account_for_code, signed_in_by_code_lately
from marketplace.address.phones import parse_phone
from marketplace.notices.adapters import sms_is_offered


class PhoneField(forms.CharField):
    """A Vietnamese phone number as people write it; its clean value is E.164."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Phone number"))
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return parse_phone(text) if text else ""


class PhoneOrEmailField(forms.CharField):
    """What a person signs in with; its clean value is E.164 or a mail address in lower case."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Phone number or email"))
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"})
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            if "@" not in text:
                return parse_phone(text)
            validate_email(text)
        except ValidationError:
            raise ValidationError(
                _("Enter a phone number such as 0912 345 678, or a mail address.")
            ) from None
        return text.lower()


def _without_placeholders(form: forms.Form) -> None:
    """Take out allauth's placeholders: they repeat the label and vanish while one types."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class LoginForm(allauth_forms.LoginForm):
    """One field for either a phone number (in any usual spelling) or a mail address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = PhoneOrEmailField()
        self.fields["password"].label = _("Password")
        _without_placeholders(self)


class RequestLoginCodeForm(forms.Form):
    """Where a sign-in code should go. Says the same whether there is an account or not.

    Takes the place of allauth's, which has two fields of which one must stay empty; its view reads `_user`, `phone` and `email`.
    """

    login = PhoneOrEmailField()
    _user = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if login := cleaned.get("login"):
            kind = "email" if "@" in login else "phone"
            if kind == "phone" and not sms_is_offered():
                raise ValidationError(
                    _("We can't send text messages at the moment. Enter your mail address.")
                )
            if not ratelimit.consume(context.request, action="request_login_code", key=login):
                raise ValidationError(
                    _(
                        "Please wait a minute before you ask for another code. After several codes the wait is longer, up to a day."
                    ),
                    code="too_many_codes",
                )
            cleaned[kind] = login
            self._user = account_for_code(**{kind: login})
        return cleaned


class _CodeForm(forms.Form):
    """Brings up the keys for digits, and the code itself out of the text message where the phone can do that."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code of 6 digits")
        self.fields["code"].widget = forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autocapitalize": "none"}
        )


class ConfirmLoginCodeForm(_CodeForm, allauth_forms.ConfirmLoginCodeForm):
    """The code of a sign-in."""


class VerifyPhoneForm(_CodeForm, allauth_forms.VerifyPhoneForm):
    """The code that proves a phone number."""


class SignupForm(allauth_forms.SignupForm):
    """A name, a phone number or a mail address (at least one), a password."""

    full_name = forms.CharField(
        label=_("Full name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ["full_name", "phone", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Email address")
        self.fields["phone"].help_text = _(
            "A phone number or an email address is enough: you sign in with it."
        )
        _without_placeholders(self)

    def clean(self) -> dict[str, Any] | None:
        """Refuse a person who could not be reached at all."""
        cleaned: dict[str, Any] | None = super().clean()
        if not self.errors and not self.cleaned_data.get("phone") and not self.cleaned_data.get("email"):
            self.add_error("phone", _("Give a phone number or a mail address: you sign in with it."))
        return cleaned


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    """Asks for the old password, unless a code has just proved who it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if signed_in_by_code_lately(context.request, self.user):
            del self.fields["oldpassword"]
        _without_placeholders(self)
