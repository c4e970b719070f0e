"""Forms of offers: one for each thing that an offer can give, so that nobody reads a field that isn't for them."""

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.models import Product, ProductSet
from catalogue.producers.models import Partner, StockRecord
from checkout.campaigns.choice import Kind, read_codes
from checkout.offer.models import Benefit, Condition, ConditionalOffer
from checkout.offer.services import OfferData, OfferLimits
from checkout.voucher.services import LONGEST, MOST_AT_ONCE

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
#: What an offer can give: its word in addresses, its words, what that means.
GIFTS: Final[dict[str, tuple[str | Promise, str | Promise]]] = {
    "percent": (
        gettext_lazy("A percentage off"),
        gettext_lazy("For example a tenth off, at most 50.000 ₫ an order."),
    ),
    "amount": (
        gettext_lazy("An amount off"),
        gettext_lazy("For example 30.000 ₫ off orders from 300.000 ₫."),
    ),
    "bundle": (
        gettext_lazy("Several packs for the price of fewer"),
        gettext_lazy("For example 3 packs for the price of 2: the cheapest of each three is free."),
    ),
    "delivery": (
        gettext_lazy("Free delivery"),
        gettext_lazy("For each parcel, for example up to 30.000 ₫ from 200.000 ₫ of goods."),
    ),
}
_KINDS: Final = {
    "percent": Benefit.PERCENTAGE,
    "amount": Benefit.FIXED,
    "bundle": Benefit.MULTIBUY,
    "delivery": Benefit.SHIPPING_PERCENTAGE,
}


def gift_of(offer: ConditionalOffer) -> str:
    """Return what an offer gives, as its word in addresses."""
    return next(word for word, kind in _KINDS.items() if kind == offer.benefit.type)


def _dong(label: Any, *, required: bool = False, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1_000, required=required, help_text=help_text)


def _count(label: Any, *, help_text: Any = "", **limits: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, required=False, help_text=help_text, **limits)


class OfferLimitsForm(forms.Form):
    """What may change while an offer runs."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=128,
        help_text=gettext_lazy("Buyers see it in their basket and on their order."),
    )
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=128, required=False)
    ends_at = forms.DateTimeField(
        label=gettext_lazy("Ends (Vietnam time)"),
        widget=MOMENT,
        help_text=gettext_lazy("At this moment it ends."),
    )
    most_uses = _count(
        gettext_lazy("Orders that may use it, in all"), help_text=gettext_lazy("Leave empty for no limit.")
    )
    most_uses_a_buyer = _count(
        gettext_lazy("Orders of one buyer"), help_text=gettext_lazy("Counted by account and by phone number.")
    )
    most_uses_a_day = _count(gettext_lazy("Orders a day"))
    budget = _dong(
        gettext_lazy("Budget (đồng)"),
        help_text=gettext_lazy("Once this much has been given, the offer ends."),
    )

    def limits(self) -> OfferLimits:
        """Return what the offer's services take."""
        return OfferLimits(**{name: self.cleaned_data[name] for name in OfferLimitsForm.base_fields})

    @staticmethod
    def limits_of(offer: ConditionalOffer) -> dict[str, Any]:
        """Return what the form shows of an offer."""
        return {
            "name": offer.name_vi,  # type: ignore[attr-defined]
            "name_en": offer.name_en,  # type: ignore[attr-defined]
            "ends_at": offer.end_datetime,
            "most_uses": offer.max_global_applications,
            "most_uses_a_buyer": offer.max_user_applications,
            "most_uses_a_day": offer.max_daily_orders,
            "budget": offer.max_discount and int(offer.max_discount),
        }


class OfferForm(OfferLimitsForm):
    """A new offer, or one that hasn't begun. `gives` says what it gives, `producer` whose it is (None: the marketplace's)."""

    percent = forms.IntegerField(label=gettext_lazy("Percentage off"), min_value=1, max_value=100)
    amount = _dong(gettext_lazy("Amount off (đồng)"), required=True)
    bundle = forms.IntegerField(label=gettext_lazy("Packs in a bundle"), min_value=2, max_value=99)
    paid = forms.IntegerField(label=gettext_lazy("Packs that are paid"), min_value=1, max_value=98)
    off_delivery = forms.IntegerField(
        label=gettext_lazy("Percentage off the delivery charge"),
        min_value=1,
        max_value=100,
        initial=100,
        help_text=gettext_lazy("100: free delivery. The charge for cash on delivery stays."),
    )
    largest_amount = _dong(gettext_lazy("At most, an order (đồng)"))
    from_amount = _dong(gettext_lazy("From goods worth (đồng)"), help_text=gettext_lazy("Empty: any amount."))
    starts_at = forms.DateTimeField(label=gettext_lazy("Starts (Vietnam time)"), widget=MOMENT)
    goes_with_others = forms.BooleanField(
        label=gettext_lazy("May go together with another discount on the same goods"),
        help_text=gettext_lazy(
            "An automatic offer and a code, where both allow it. Otherwise buyers get whichever saves more."
        ),
        required=False,
    )
    opened_by = forms.ChoiceField(
        label=gettext_lazy("How do buyers get it?"),
        widget=forms.RadioSelect,
        initial="itself",
        choices=[
            ("itself", gettext_lazy("Automatically, without a code")),
            ("code", gettext_lazy("By one code that everybody may know")),
            ("codes", gettext_lazy("By many codes, each for one order")),
        ],
    )
    code = forms.CharField(
        label=gettext_lazy("The code"),
        max_length=LONGEST,
        required=False,
        help_text=gettext_lazy("For example TET2027. Capitals and small letters are the same."),
    )
    codes = _count(
        gettext_lazy("How many codes"),
        max_value=MOST_AT_ONCE,
        help_text=gettext_lazy("They are made for you; download them as a table."),
    )
    sets = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Product sets"),
        queryset=ProductSet.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("None and no goods: all goods."),
    )
    goods = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Only these goods"),
        queryset=Product.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("None: all your goods."),
    )
    good_codes = forms.CharField(
        label=gettext_lazy("Goods by hand"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=gettext_lazy("One OCOP code, certificate code or pack's code a line."),
    )
    of_producer = forms.CharField(
        label=gettext_lazy("Only goods of one producer"),
        max_length=255,
        required=False,
        help_text=gettext_lazy("Name or tax number; empty: everybody's goods."),
    )
    concentrated_decision = forms.CharField(
        label=gettext_lazy("Decision on a concentrated programme"), max_length=120, required=False
    )

    #: In which order the fields stand; those that an offer of this kind doesn't have are left out.
    field_order = (
        "name", "name_en", "percent", "amount", "bundle", "paid", "off_delivery", "largest_amount", "from_amount",
        "opened_by", "code", "codes", "starts_at", "ends_at", "of_producer", "sets", "goods", "good_codes",
        "most_uses", "most_uses_a_buyer", "most_uses_a_day", "budget", "goes_with_others", "concentrated_decision",
    )  # fmt: skip
    _OF_GIFT: Final = {
        "percent": {"percent", "largest_amount", "from_amount"},
        "amount": {"amount", "from_amount"},
        "bundle": {"bundle", "paid", "largest_amount"},
        "delivery": {"off_delivery", "largest_amount", "from_amount"},
    }

    def __init__(
        self, *args: Any, gives: str, producer: Partner | None, is_new: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)
        self.producer = producer
        left_out = set().union(*self._OF_GIFT.values()) - self._OF_GIFT[gives]
        left_out |= (
            {"goods"} if producer is None else {"sets", "good_codes", "of_producer", "concentrated_decision"}
        )
        if not is_new:
            left_out |= {"opened_by", "code", "codes"}
        for name in left_out:
            del self.fields[name]
        if producer is None:
            self.fields["sets"].queryset = ProductSet.objects.order_by("number")  # type: ignore[attr-defined]
        else:
            self.fields["goods"].queryset = Product.objects.filter(  # type: ignore[attr-defined]
                producer=producer, structure=Product.PARENT
            ).order_by("title_vi", "pk")
        if gives == "delivery":
            self.fields["largest_amount"].label = _("At most, a parcel (đồng)")
            self.fields["from_amount"].label = _("From goods in one parcel worth (đồng)")
        if is_new:
            now = timezone.localtime().replace(minute=0, second=0, microsecond=0)
            self.fields["starts_at"].initial = now + timedelta(hours=1)
            self.fields["ends_at"].initial = now + timedelta(days=30, hours=1)

    def clean_of_producer(self) -> Partner | None:
        """Return the producer that was named."""
        typed = self.cleaned_data["of_producer"].strip()
        if not typed:
            return None
        keys, wrong = read_codes(Kind.PRODUCERS, typed)
        if wrong or len(keys) != 1:
            raise ValidationError(wrong[0].why if wrong else _("Name one producer."))
        return Partner.objects.get(pk=keys[0])

    def clean_good_codes(self) -> list[Product]:
        """Return the goods that were named."""
        keys, wrong = read_codes(Kind.GOODS, self.cleaned_data["good_codes"])
        if wrong:
            raise ValidationError([f"{line.text}: {line.why}" for line in wrong])
        return list(Product.objects.filter(pk__in=keys))

    def clean(self) -> dict[str, Any]:
        """Ask for the code, or how many, where the offer is opened by codes."""
        cleaned = super().clean() or self.cleaned_data
        opened_by = cleaned.get("opened_by")
        if opened_by == "code" and not cleaned.get("code"):
            self.add_error("code", _("Please write the code."))
        if opened_by == "codes" and not cleaned.get("codes") and "codes" not in self.errors:
            self.add_error("codes", _("Please say how many codes."))
        return cleaned

    def data_of(self) -> OfferData:
        """Return what the offer's services take."""
        typed = dict(self.cleaned_data)
        opened_by = typed.pop("opened_by", "")
        goods = list(typed.pop("goods", [])) + typed.pop("good_codes", [])
        if opened_by != "code":
            typed.pop("code", None)
        if opened_by != "codes":
            typed.pop("codes", None)
        return OfferData(**typed, goods=goods)

    @staticmethod
    def data_of_offer(offer: ConditionalOffer) -> dict[str, Any]:
        """Return what the form shows of an offer."""
        benefit, condition, value = offer.benefit, offer.condition, int(offer.benefit.value)
        count = int(condition.value)
        goods = list(offer.range.included_products.all())
        return {
            **OfferLimitsForm.limits_of(offer),
            "percent": value,
            "amount": value,
            "off_delivery": value,
            "bundle": count,
            "paid": count - value,
            "largest_amount": benefit.largest_amount,
            "from_amount": count if condition.type == Condition.VALUE and count else None,
            "starts_at": offer.start_datetime,
            "goes_with_others": not offer.exclusive,
            "concentrated_decision": offer.concentrated_decision,
            "sets": offer.range.sets.all(),
            "goods": goods,
            "good_codes": "\n".join(_code_of(good) for good in goods),
            "of_producer": offer.range.producer.name if offer.range.producer else "",
        }


def _code_of(good: Product) -> str:
    """Return a code by which the form finds a good again."""
    packs = StockRecord.objects.filter(product__parent=good).values_list("partner_sku", flat=True)
    return good.ocop_code or packs.first() or ""


class CodesForm(forms.Form):
    """More codes for an offer by codes."""

    count = forms.IntegerField(label=gettext_lazy("How many codes"), min_value=1, max_value=MOST_AT_ONCE)
