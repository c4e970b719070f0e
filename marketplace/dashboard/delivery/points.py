"""Pickup points: where buyers fetch goods, when, and whose."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import ListView, TemplateView

from checkout.shipping.models import PickupPoint
from checkout.shipping.services import pickup_point_write
from marketplace.dashboard.delivery.desks import ProgrammeDesk
from marketplace.dashboard.delivery.forms import PickupPointForm


class PointListView(ProgrammeDesk, ListView):
    """All points, offered or not."""

    template_name = "dashboard/delivery/points.html"
    context_object_name = "points"
    # Counting drops the model's own order.
    queryset = (
        PickupPoint.objects.select_related("commune__province")
        .annotate(takes=Count("producers"))
        .order_by("name", "pk")
    )


class PointView(ProgrammeDesk, TemplateView):
    """A new point, or a change of one."""

    template_name = "dashboard/delivery/point.html"

    @cached_property
    def point(self) -> PickupPoint | None:
        if "pk" not in self.kwargs:
            return None
        return get_object_or_404(
            PickupPoint.objects.select_related("commune__province"), pk=self.kwargs["pk"]
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", PickupPointForm(instance=self.point))
        return super().get_context_data(**kwargs, point=self.point)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = PickupPointForm(request.POST, instance=self.point)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        point = pickup_point_write(
            values=form.values(),
            producers=form.cleaned_data["producers"],
            by=self.request.user,
            point=self.point,
        )
        messages.success(request, _("Saved: %(name)s") % {"name": point.name})
        return redirect("dashboard:pickup-points")
