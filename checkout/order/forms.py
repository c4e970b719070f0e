"""The form that finds an order without an account."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from checkout.order.models import Order
from checkout.order.selectors import order_by_number_and_phone
from marketplace.address.phones import parse_phone


class OrderLookupForm(forms.Form):
    """An order's number and the phone number given with it; after `is_valid()`, `order` is there."""

    number = forms.CharField(
        label=_("Order number"),
        help_text=_("It begins with OC, for example OC-7K3M-9QXD."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    phone = forms.CharField(
        label=_("Phone number"),
        help_text=_("The one that you gave with the order."),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    order: Order

    def clean_phone(self) -> str:
        """Return the number as E.164."""
        return parse_phone(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        """Find the order. The answer doesn't tell which of the two was wrong."""
        values = super().clean() or {}
        if "number" in values and "phone" in values:
            order = order_by_number_and_phone(number=values["number"], phone=values["phone"])
            if order is None:
                raise ValidationError(
                    _("We found no order with this number and phone. Please check both."), code="no_order"
                )
            self.order = order
        return values
