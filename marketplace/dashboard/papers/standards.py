"""Further papers of goods and producers (VietGAP, GlobalGAP, 4C, UTZ, Halal, organic): recorded, verified, ended."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import DetailView, FormView, View

from catalogue.certification.errors import CertificationError
from catalogue.certification.models import StandardCertificate
from catalogue.certification.second_person import needs_somebody_else, recorders, why_somebody_else
from catalogue.certification.standards import standard_end, standard_record, standard_verify
from catalogue.producers.models import Partner
from marketplace.audit.services import audited
from marketplace.clock import today
from marketplace.dashboard.access import may_open
from marketplace.dashboard.papers.access import DECIDE, OneGood, PaperAccess
from marketplace.dashboard.papers.change import add_refusal
from marketplace.dashboard.papers.forms import StandardEndForm, StandardForm
from marketplace.dashboard.papers.history import history_lines


class _NewStandardView(FormView):
    """Records a standard's paper; it is shown once verified."""

    form_class = StandardForm
    template_name = "dashboard/papers/standard_new.html"

    def owner(self) -> dict[str, Any]:
        """Return whose standard it is, as `standard_record` takes it."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen = bool(self.request.FILES)
        return super().get_context_data(
            **kwargs, **self.owner(), file_lost=chosen, back=self.get_success_url()
        )

    def form_valid(self, form: StandardForm) -> HttpResponse:
        typed = {**form.cleaned_data, "evidence": form.cleaned_data["evidence"] or ""}
        try:
            with audited("standard.recorded") as event:
                made = standard_record(**self.owner(), by=self.request.user, **typed)  # type: ignore[misc, arg-type]
                event["subject"] = made
        except CertificationError as error:
            add_refusal(form, error)
            return self.form_invalid(form)
        messages.success(self.request, _("The paper is recorded. It is shown once it is verified."))
        return redirect("dashboard:standard", pk=made.pk)


class GoodStandardView(OneGood, _NewStandardView):
    """A standard of one good."""

    staff_roles = DECIDE

    def owner(self) -> dict[str, Any]:
        return {"good": self.good}

    def get_success_url(self) -> str:
        return reverse("dashboard:good", kwargs={"pk": self.good.pk})


class ProducerStandardView(PaperAccess, _NewStandardView):
    """A standard of a whole producer: it stands on all its goods."""

    staff_roles = DECIDE

    @cached_property
    def seller(self) -> Partner:
        return get_object_or_404(self.producers(), pk=self.kwargs["pk"])

    def owner(self) -> dict[str, Any]:
        return {"producer": self.seller}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # `producer` in a page's context is the one whose workplace it is.
        return {**super().get_context_data(**kwargs), "producer": None, "seller": self.seller}

    def get_success_url(self) -> str:
        return reverse("dashboard:producer", kwargs={"pk": self.seller.pk})


class StandardDetailView(PaperAccess, DetailView):
    """One paper, its history, and what may be done."""

    template_name = "dashboard/papers/standard.html"
    context_object_name = "standard"

    def get_queryset(self) -> QuerySet[StandardCertificate]:
        return self.standards()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            today=today(),
            may_change=may_open(self.request.user, "standard-verify"),
            history=history_lines(self.object.events.select_related("actor")),
            recorded_by=recorders(self.object),
            why_not=why_somebody_else(self.object)
            if self.object.verified_at is None and needs_somebody_else(self.object, self.request.user)
            else "",
        )


class StandardVerifyView(PaperAccess, View):
    """Says that somebody has seen the paper."""

    staff_roles = DECIDE

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        standard = get_object_or_404(self.standards(), pk=pk)
        try:
            with audited("standard.verified", standard):
                standard_verify(standard=standard, by=self.request.user)
        except CertificationError as error:
            messages.error(request, str(error.message))
        else:
            messages.success(request, _("Verified: the standard is shown on its days."))
        return redirect("dashboard:standard", pk=pk)


class StandardEndView(PaperAccess, FormView):
    """Ends a standard before its time."""

    staff_roles = DECIDE
    form_class = StandardEndForm
    template_name = "dashboard/papers/standard_end.html"

    @cached_property
    def standard(self) -> StandardCertificate:
        return get_object_or_404(self.standards(), pk=self.kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        return {"last_day": today()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, standard=self.standard)

    def form_valid(self, form: StandardEndForm) -> HttpResponse:
        try:
            reason = form.cleaned_data.get("reason") or ""
            with audited("standard.ended", self.standard, reason=reason):
                standard_end(standard=self.standard, by=self.request.user, **form.cleaned_data)
        except CertificationError as error:
            add_refusal(form, error)
            return self.form_invalid(form)
        messages.success(self.request, _("The standard is shown until its last day."))
        return redirect("dashboard:standard", pk=self.standard.pk)
