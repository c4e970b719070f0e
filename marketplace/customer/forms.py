"""Forms of a person's own pages."""

from django import forms

from marketplace.accounts.models import User


class ProfileForm(forms.ModelForm):
    """Name and language; phone and mail change through allauth's pages, which prove them."""

    class Meta:
        model = User
        fields = ["full_name", "preferred_language"]
