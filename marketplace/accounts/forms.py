"""Sign-in and sign-up by phone or mail."""

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from marketplace.address.phones import parse_phone


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


def _without_placeholders(form: forms.Form) -> None:
    """Take out allauth's placeholders: they repeat the label and vanish while one types."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)


class LoginForm(allauth_forms.LoginForm):
    """One field for either a phone number (in any usual spelling) or a mail address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.label = _("Phone number or email")
        login.widget = forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"})
        self.fields["password"].label = _("Password")
        _without_placeholders(self)

    def clean_login(self) -> str:
        """Return E.164 where a phone number was typed, else the mail address as typed."""
        typed: str = super().clean_login()
        if "@" in typed:
            return typed
        try:
            return parse_phone(typed)
        except ValidationError:
            raise ValidationError(
                _("Enter a phone number such as 0912 345 678, or a mail address.")
            ) from None


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
