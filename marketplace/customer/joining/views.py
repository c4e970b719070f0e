"""Applying to sell: steps that can be left at any time and gone on with, under the person's own account."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View

from catalogue.producers.joining.contract import contract
from catalogue.producers.joining.errors import JoiningError
from catalogue.producers.joining.models import Application, Paper
from catalogue.producers.joining.papers import (
    paper_add,
    paper_remove,
    paper_words,
    papers_asked,
)
from catalogue.producers.joining.services import (
    STEPS,
    application_of,
    application_start,
    application_submit,
    application_write,
    contract_accept,
    missing_of,
)
from catalogue.producers.joining.views import paper_response
from catalogue.producers.models import Partner
from checkout.settlement.payouts.accounts import holder_fits
from marketplace.audit.services import network_of
from marketplace.customer.joining.forms import (
    BankForm,
    ContractForm,
    EntryForm,
    PaperForm,
    ParticularsForm,
    StepForm,
    WhoForm,
)
from marketplace.customer.views import Personal

FORMS: dict[str, type[StepForm]] = {
    "who": WhoForm,
    "entry": EntryForm,
    "particulars": ParticularsForm,
    "bank": BankForm,
}


class JoiningView(Personal, TemplateView):
    """How far the application is, what was answered, and sending it in."""

    template_name = "customer/joining/overview.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application = application_of(self.request.user)
        missing = missing_of(application) if application and application.is_with_applicant else {}
        return super().get_context_data(
            **kwargs,
            application=application,
            steps=[
                (words, reverse("customer:joining-step", kwargs={"step": step}), missing.get(step, []))
                for step, words in STEPS.items()
            ],
            is_complete=application is not None and not missing,
            events=application.events.exclude(words="") if application else [],
            is_refused=application is not None and application.state == Application.State.REFUSED,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin, or go on where something is missing."""
        application = application_start(user=self.request.user)
        return redirect("customer:joining-step", step=next(iter(missing_of(application)), "who"))


class UnderWay(Personal):
    """A step of an application that the person has under way and that isn't with the programme."""

    @cached_property
    def application(self) -> Application:
        found = application_of(self.request.user)
        if found is None or not found.is_with_applicant:
            raise Http404
        return found

    def next_step(self, step: str) -> HttpResponse:
        """Lead on to the step after this one, at the end to the overview."""
        names = list(STEPS)
        after = names.index(step) + 1
        if after == len(names):
            return redirect("customer:joining")
        return redirect("customer:joining-step", step=names[after])


class StepView(UnderWay, FormView):
    """One step. What is right is kept whatever else is wrong; “Save and leave” asks for nothing more."""

    form_class = StepForm
    template_name = "customer/joining/step.html"

    @property
    def step(self) -> str:
        return str(self.kwargs["step"])

    def get_form_class(self) -> Any:
        known: dict[str, Any] = {**FORMS, "papers": PaperForm, "contract": ContractForm}
        if self.step not in known:
            raise Http404
        return known[self.step]

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        if self.step == "contract":
            return {**kwargs, "initial": {"digest": contract(self.language).digest}}
        return {**kwargs, "application": self.application}

    @property
    def language(self) -> str:
        return (get_language() or "vi")[:2]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        names = list(STEPS)
        return super().get_context_data(
            **kwargs,
            application=self.application,
            step=self.step,
            words=STEPS[self.step],
            steps=[
                (words, reverse("customer:joining-step", kwargs={"step": name}))
                for name, words in STEPS.items()
            ],
            current=names.index(self.step) + 1,
            count=len(names),
            **self.of_step(),
        )

    def of_step(self) -> dict[str, Any]:
        """Return what this step shows beside its form."""
        application = self.application
        if self.step == "papers":
            given = list(application.papers.all())
            return {
                "papers": [
                    (row, [paper for paper in given if paper.kind == row.key])
                    for row in papers_asked(application)
                ]
            }
        if self.step == "contract":
            return {"contract": contract(self.language)}
        if self.step == "bank" and application.account_holder:
            named = Partner(name=application.name, representative=application.representative)
            return {"holder_differs": not holder_fits(application.account_holder, named)}
        return {}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        is_right = form.is_valid()
        try:
            self.write(form, is_right)
        except JoiningError as error:
            form.add_error(None, str(error.message))
            return self.form_invalid(form)
        if "leave" in request.POST and self.step in FORMS:
            messages.success(request, _("Saved as far as it was right. Go on whenever you like."))
            return redirect("customer:joining")
        if not is_right:
            return self.form_invalid(form)
        if self.step == "papers":
            messages.success(request, _("The paper is saved."))
            return redirect("customer:joining-step", step="papers")
        return self.next_step(self.step)

    def write(self, form: Any, is_right: bool) -> None:
        """Keep what the step says."""
        if self.step in FORMS:
            application_write(application=self.application, **form.kept())
        elif is_right and self.step == "papers":
            paper_add(
                application=self.application,
                kind=form.cleaned_data["kind"],
                upload=form.cleaned_data["file"],
            )
        elif is_right:
            shown = contract(self.language)
            if form.cleaned_data["digest"] != shown.digest:
                raise JoiningError(_("The contract has changed meanwhile: please read it again."))
            contract_accept(application=self.application, shown=shown, network=network_of(self.request))


class SubmitView(UnderWay, View):
    """Sends the application in."""

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            application_submit(application=self.application)
        except JoiningError as error:
            messages.error(request, str(error.message))
        else:
            messages.success(request, _("Sent in. We compare it with the papers and write to you."))
        return redirect("customer:joining")


class OwnPaperView(Personal, View):
    """A paper that the person has sent."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        return paper_response(get_object_or_404(Paper, pk=pk, application__applicant=self.request.user))


class PaperRemoveView(UnderWay, View):
    """Takes a paper away again."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        paper = get_object_or_404(self.application.papers, pk=pk)
        paper_remove(paper=paper)
        messages.success(request, _("%(paper)s is removed.") % {"paper": paper_words(paper.kind)})
        return redirect("customer:joining-step", step="papers")
