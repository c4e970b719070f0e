"""How a good travels: whether it is fresh, for how long, and whether it must be kept cool."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.generic import View

from catalogue.producers.selectors import MAY_EDIT_GOODS
from catalogue.services import good_update
from marketplace.audit.services import audited, changes_between
from marketplace.dashboard.goods_forms import travel_form
from marketplace.dashboard.producer_goods import GoodsAccess


class TravelUpdateView(GoodsAccess, View):
    """Sets how a good travels."""

    member_roles = MAY_EDIT_GOODS

    def post(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        form = travel_form(self.good, request.POST)
        if not form.is_valid():
            context = {"producer": self.producer, "good": self.good, "form": form, "desk": "producer"}
            return render(request, "dashboard/delivery/travel.html", context, status=422)
        changes = changes_between(
            {name: getattr(self.good, name) for name in form.cleaned_data}, form.cleaned_data
        )
        with audited("good.travel", self.good, words=self.good.title, changes=changes):
            good_update(good=self.good, details=form.cleaned_data)
        messages.success(request, _("Saved: %(name)s") % {"name": self.good.title})
        return redirect("dashboard:own-good", producer_pk=self.producer.pk, pk=self.good.pk)
