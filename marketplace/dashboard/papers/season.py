"""The season of a good, set by the programme where the producer has not: listings offer what is in season now."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView

from catalogue.services import good_update
from marketplace.audit.services import audited, changes_between
from marketplace.dashboard.goods_forms import SeasonForm
from marketplace.dashboard.papers.access import KEEP, OneGood


class GoodSeasonView(OneGood, FormView):
    """Sets the months in which a good of the person's provinces is to be had."""

    staff_roles = KEEP
    template_name = "dashboard/papers/season.html"
    form_class = SeasonForm

    def get_initial(self) -> dict[str, Any]:
        return {"season_first": self.good.season_first, "season_last": self.good.season_last}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, good=self.good)

    def form_valid(self, form: SeasonForm) -> HttpResponse:
        changes = changes_between(self.get_initial(), form.cleaned_data)
        with audited("good.season", self.good, words=self.good.title, changes=changes):
            good_update(good=self.good, details=form.cleaned_data)
        messages.success(self.request, _("Saved: %(name)s") % {"name": self.good.title})
        return redirect("dashboard:good", pk=self.good.pk)
