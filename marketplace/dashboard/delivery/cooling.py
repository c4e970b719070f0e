"""Which product sets travel cooled: the default for their goods, which a producer may change for a good of its own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from catalogue.models import Product, ProductSet
from catalogue.services import cooled_sets_write
from marketplace.audit.services import audited
from marketplace.dashboard.delivery.desks import ProgrammeDesk


class CooledSetsForm(forms.Form):
    """The product sets whose goods are carried cooled."""

    sets = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Kept cool on the way"),
        queryset=ProductSet.objects.order_by("number"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class CoolingView(ProgrammeDesk, TemplateView):
    """All product sets with what holds for them, and the goods that say otherwise."""

    template_name = "dashboard/delivery/cooling.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", CooledSetsForm(initial={"sets": _cooled()}))
        otherwise = Product.objects.filter(needs_cooling__isnull=False)
        return super().get_context_data(
            **kwargs, otherwise=otherwise.select_related("producer", "product_set").order_by("title")[:200]
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CooledSetsForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        now = sorted(one.number for one in form.cleaned_data["sets"])
        with audited("cooling.changed", changes={"sets": [_cooled(), now]}):
            cooled_sets_write(sets=form.cleaned_data["sets"])
        messages.success(request, _("Saved. It holds for every parcel from now on."))
        return redirect("dashboard:cooling")


def _cooled() -> list[int]:
    """Return the numbers of the sets that travel cooled."""
    cooled = ProductSet.objects.filter(needs_cooling=True)
    return list(cooled.order_by("number").values_list("number", flat=True))
