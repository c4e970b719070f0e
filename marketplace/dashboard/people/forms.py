"""The forms in which an administrator says who does what for the programme."""

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import StaffRole, User
from marketplace.accounts.selectors import account_by_contact
from marketplace.places.models import Province

Role = StaffRole.Role
#: What each role may do, as the screens themselves say it (`staff_roles`).
ROLES = [
    (Role.ADMIN, _("Administrator: everything, also who works here")),
    (Role.VERIFIER, _("Verifier: checks certificates and producers")),
    (Role.CATALOGUE, _("Catalogue: goods, producers' particulars, decision lists")),
    (Role.SUPPORT, _("Support: orders, cancellations, questions of buyers")),
    (Role.FINANCE, _("Finance: money back to buyers, money out to producers")),
    (Role.CAMPAIGN, _("Campaigns: seasonal prices, in all provinces")),
    (Role.EDITOR, _("Editor: stories, at the editors' desk")),
]


class ProvincesForm(forms.Form):
    """For which provinces somebody holds a role."""

    provinces = forms.ModelMultipleChoiceField(
        label=_("Provinces"),
        queryset=Province.objects.order_by("name"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices--many"}),
        help_text=_("None chosen: all provinces."),
    )


class RoleForm(ProvincesForm):
    """Somebody with an account, and what they do. `cleaned_data["contact"]` is a `User`."""

    contact = forms.CharField(
        label=_("Phone number or email"),
        max_length=254,
        help_text=_("With which the person signs in here. They open the account themselves."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    role = forms.ChoiceField(label=_("What the person does"), choices=ROLES, widget=forms.RadioSelect)
    field_order = ("contact", "role", "provinces")

    def clean_contact(self) -> User:
        """Return the account."""
        return account_by_contact(self.cleaned_data["contact"])
