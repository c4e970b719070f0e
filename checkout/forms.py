"""The one form of the checkout: who and where, how each consignment comes, how it is paid, and what the buyer agrees to."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from checkout.basket.contents import Contents, Parcel
from checkout.bill import DELIVERY, PICKUP
from checkout.payment.methods import PaymentMethod
from checkout.payment.offers import MethodOffer
from checkout.shipping.models import PickupPoint
from marketplace.address.forms import AddressForm
from marketplace.address.phones import parse_phone
from marketplace.tax_numbers import tax_number_read

_WITH_HINT = '<span>{}<br><span class="field__help">{}</span></span>'
ADDRESS_FIELDS = ("province", "commune", "street", "note")
#: To whom an invoice is made out: all of them or none.
INVOICE_FIELDS = ("company", "tax_number", "company_address", "invoice_email")


class CheckoutForm(AddressForm):
    """Everything on one page. Whatever is wrong, what was typed stays; the address is asked for only where something is delivered."""

    email = forms.EmailField(
        label=_("Email"),
        help_text=_("For the confirmation. Without it we send text messages."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    company = forms.CharField(
        label=_("Company"),
        max_length=255,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    tax_number = forms.CharField(
        label=_("Tax number"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    company_address = forms.CharField(label=_("Registered address"), max_length=255, required=False)
    invoice_email = forms.EmailField(
        label=_("Mail address for the invoice"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    payment_method = forms.ChoiceField(
        label=_("How would you like to pay?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose how to pay."),
            "invalid_choice": _("This way to pay is not offered for these goods."),
        },
    )
    age_confirmed = forms.BooleanField(
        label=_("I am 18 or older. The age of whoever takes the parcel is checked at the door."),
        error_messages={"required": _("Alcohol is only for people aged 18 or older: please confirm it.")},
    )
    consent = forms.BooleanField(
        label=_("My name, phone number and address may be given to these producers and their carriers."),
        help_text=_("Only for this order."),
        error_messages={"required": _("Without your consent the producers cannot send the goods.")},
    )

    def __init__(
        self,
        *args: Any,
        contents: Contents,
        offers: list[MethodOffer],
        points: Mapping[int, list[PickupPoint]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)
        self.contents = contents
        self.methods = {offer.method.code: offer.method for offer in offers if not offer.why_not}
        #: The ways to pay that can't be chosen here, each with its reason.
        self.not_offered = [offer for offer in offers if offer.why_not]
        self.fields["payment_method"].choices = [  # type: ignore[attr-defined]
            (method.code, format_html(_WITH_HINT, method.label, method.hint))
            for method in self.methods.values()
        ]
        if not contents.has_alcohol:
            del self.fields["age_confirmed"]
        self.points = points
        for parcel in contents.parcels:
            fetched = self._fetched(parcel)
            if fetched:
                self.fields[_way(parcel)] = forms.ChoiceField(
                    label=parcel.producer.name,
                    choices=[(DELIVERY, _("Deliver to me")), *fetched],
                    widget=forms.RadioSelect,
                    initial=DELIVERY,
                    required=False,
                )
        if not self.needs_address:
            for name in ADDRESS_FIELDS:
                self.fields[name].required = False

    @property
    def pickups(self) -> frozenset[int]:
        """The producers where the buyer fetches the goods, as chosen so far."""
        return frozenset(
            parcel.producer.pk
            for parcel in self.contents.parcels
            if parcel.producer.pickup_offered and self._now(_way(parcel)) == PICKUP
        )

    @property
    def pickup_points(self) -> dict[int, int]:
        """The points where the buyer fetches goods, by producer, as chosen so far."""
        ways = {parcel.producer.pk: str(self._now(_way(parcel)) or "") for parcel in self.contents.parcels}
        return {
            producer: point.pk
            for producer, points in self.points.items()
            for point in points
            if ways.get(producer) == _at(point)
        }

    @property
    def needs_address(self) -> bool:
        """Whether anything is delivered."""
        fetched = self.pickups | self.pickup_points.keys()
        return any(parcel.producer.pk not in fetched for parcel in self.contents.parcels)

    @property
    def chosen_method(self) -> PaymentMethod | None:
        """The way to pay, as chosen so far."""
        return self.methods.get(str(self._now("payment_method") or ""))

    @property
    def province_code(self) -> str:
        """The province, as chosen so far."""
        value = self._now("province")
        return str(getattr(value, "pk", value) or "")

    @property
    def known_phone(self) -> str:
        """The phone as typed so far, in E.164; empty where it is none yet."""
        try:
            return parse_phone(str(self._now("phone") or ""))
        except ValidationError:
            return ""

    def forget_errors(self) -> None:
        """Show what was typed without a word on what is missing."""
        self._errors = ErrorDict()
        self.cleaned_data = {}

    def way_fields(self) -> list[forms.BoundField]:
        """The choices between delivery and pickup."""
        return [self[_way(parcel)] for parcel in self.contents.parcels if _way(parcel) in self.fields]

    @property
    def wants_invoice(self) -> bool:
        """Whether anything was said about an invoice so far."""
        return any(str(self._now(name) or "").strip() for name in INVOICE_FIELDS)

    def clean_tax_number(self) -> str:
        """Return the tax number as it is written."""
        typed = str(self.cleaned_data["tax_number"]).strip()
        return tax_number_read(typed) if typed else ""

    def clean(self) -> dict[str, Any] | None:
        """Ask for the whole of an invoice's particulars where there is a part of them."""
        cleaned = super().clean()
        if self.wants_invoice:
            for name in INVOICE_FIELDS:
                if not self.cleaned_data.get(name) and name not in self.errors:
                    self.add_error(name, _("An invoice needs this. Leave all four empty if you want none."))
        return cleaned

    def invoice(self) -> dict[str, str] | None:
        """Return to whom the invoices of a valid form are made out, as `InvoiceParticulars` keeps it; None where nobody asked."""
        if not self.wants_invoice:
            return None
        said = self.cleaned_data
        return {
            "company": said["company"],
            "tax_number": said["tax_number"],
            "address": said["company_address"],
            "email": said["invoice_email"],
        }

    def clean_commune(self) -> Any:
        """Ask for a commune only where something is delivered."""
        return super().clean_commune() if self.needs_address else None

    def address(self) -> dict[str, Any] | None:
        """Return the address of a valid form, or None where everything is fetched."""
        return self.address_values() if self.needs_address else None

    def _fetched(self, parcel: Parcel) -> list[tuple[str, Any]]:
        """Return where a parcel can be fetched, each as value and words."""
        at_the_door = (
            [(PICKUP, _("I will pick it up from the producer"))] if parcel.producer.pickup_offered else []
        )
        return at_the_door + [
            (_at(point), format_html(_WITH_HINT, point.name, f"{point.address} · {point.hours}"))
            for point in self.points.get(parcel.producer.pk, ())
        ]

    def _now(self, name: str) -> Any:
        """Return a field's value before anything is checked: what the browser sent, else what the form begins with."""
        return self[name].value() if name in self.fields else None


def _at(point: PickupPoint) -> str:
    return f"point-{point.pk}"


def _way(parcel: Parcel) -> str:
    return f"way_{parcel.producer.pk}"
