"""Making one producer of two entries: found, looked at beforehand, done with a reason, undone."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView

from catalogue.producers.errors import ProducerError
from catalogue.producers.joining.models import Merge
from catalogue.producers.models import Partner
from marketplace.audit.services import audited
from marketplace.dashboard.forms import ReasonForm
from marketplace.dashboard.merging.services import merge_preview, merge_undo, producers_merge
from marketplace.dashboard.staff_producers import DECIDE, Overseen
from marketplace.folding import names_like

#: So many entries are offered for what was typed.
MOST_FOUND = 20


class MergeView(Overseen, FormView):
    """Which entry this one is, and what would go along."""

    staff_roles = DECIDE
    form_class = ReasonForm
    template_name = "dashboard/merging/merge.html"

    @cached_property
    def source(self) -> Partner:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    @cached_property
    def target(self) -> Partner | None:
        asked = self.request.POST.get("into") or self.request.GET.get("into", "")
        return self.get_queryset().filter(pk=asked).first() if asked.isdigit() else None

    def found(self) -> QuerySet[Partner]:
        """Return the entries that what was typed may mean; before, those named alike."""
        typed = self.request.GET.get("q", "").strip() or self.source.name
        return (
            self.get_queryset()
            .filter(names_like(typed, "name"))
            .exclude(pk=self.source.pk)
            .order_by("name", "pk")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        target = self.target
        return super().get_context_data(
            **kwargs,
            seller=self.source,
            target=target,
            preview=merge_preview(source=self.source, target=target) if target else None,
            found=[] if target else self.found()[:MOST_FOUND],
        )

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        target = self.target
        if target is None:
            form.add_error(None, _("Choose the entry that stays."))
            return self.form_invalid(form)
        reason = form.cleaned_data["reason"]
        try:
            with audited("producer.merged", self.source, words=self.source.name, reason=reason) as event:
                merge = producers_merge(
                    source=self.source, target=target, by=self.request.user, reason=reason
                )
                event["changes"] = {
                    "into": target.pk,
                    **{name: len(keys) for name, keys in merge.moved.items()},
                }
        except ProducerError as error:
            form.add_error("reason" if error.concerns else None, str(error.message))
            return self.form_invalid(form)
        messages.success(self.request, _("Both are one entry now. It can be undone on this page."))
        return redirect("dashboard:producer", pk=target.pk)


class MergeUndoView(Overseen, FormView):
    """Gives back what went along."""

    staff_roles = DECIDE
    form_class = ReasonForm
    template_name = "dashboard/staff/reason.html"

    @cached_property
    def merge(self) -> Merge:
        mine = self.get_queryset().values("pk")
        return get_object_or_404(
            Merge.objects.filter(Q(source__in=mine) & Q(target__in=mine)).select_related("source", "target"),
            pk=self.kwargs["pk"],
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        names = {"source": self.merge.source.name, "target": self.merge.target.name}
        return super().get_context_data(
            **kwargs,
            question=_("Part %(source)s from %(target)s again?") % names,
            consequence=_(
                "Goods, standards and people that went along go back. What was sold meanwhile stays where it was sold."
            ),
            action=_("Undo the merging"),
            back=reverse("dashboard:producer", kwargs={"pk": self.merge.target_id}),
        )

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        try:
            with audited(
                "producer.merge_undone", self.merge.source, words=self.merge.source.name, reason=reason
            ):
                merge_undo(merge=self.merge, by=self.request.user)
        except ProducerError as error:
            form.add_error(None, str(error.message))
            return self.form_invalid(form)
        messages.success(self.request, _("They are two entries again."))
        return redirect("dashboard:producer", pk=self.merge.source_id)
