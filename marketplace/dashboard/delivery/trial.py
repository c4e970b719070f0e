"""What would it cost: every step of a delivery's charge in words, before a buyer asks."""

from typing import Any

from django.views.generic import TemplateView

from catalogue.pricing.selectors import price_at
from checkout.shipping.errors import CannotDeliver
from checkout.shipping.explaining import steps_of
from checkout.shipping.quotes import quote_consignment
from checkout.shipping.weights import Item
from marketplace.dashboard.delivery.desks import Desk, OwnDesk, ProgrammeDesk
from marketplace.dashboard.delivery.forms import TrialForm


class Trial(Desk, TemplateView):
    """A form that only asks, and its answer."""

    template_name = "dashboard/delivery/trial.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET
        initial = {"producer": self.owner.pk} if self.owner else {}
        data = asked if "producer" in asked else None
        form = TrialForm(data, producers=self.producers(), initial=initial)
        answer = answer_to(form) if data is not None and form.is_valid() else {}
        return super().get_context_data(**kwargs, form=form, **answer)


def answer_to(form: TrialForm) -> dict[str, Any]:
    """Return the quote with its steps for a valid form, or the problem that stands in its way."""
    asked = form.cleaned_data
    producer, pack, quantity, place = (
        asked["producer"],
        asked["pack"],
        asked["quantity"],
        asked["commune"].commune,
    )
    item = (
        Item.of(pack, quantity)
        if pack
        else Item(quantity, asked["weight"], asked["length"], asked["width"], asked["height"])
    )
    worth = asked["worth"]
    if worth is None:
        price = price_at(pack.pk) if pack else None
        worth = price.now * quantity if price else 0
    try:
        quote = quote_consignment(
            producer=producer,
            items=[item],
            goods_total=worth,
            province=place.province,
            commune=place,
            on=asked["on"],
            paid_on_delivery=asked["is_cash"],
        )
    except CannotDeliver as error:
        return {"problem": error.words}
    return {"quote": quote, "steps": steps_of(quote), "place": place, "worth": worth}


class TrialView(ProgrammeDesk, Trial):
    """For any producer."""


class OwnTrialView(OwnDesk, Trial):
    """For the producer itself."""
