"""Applications at the programme's desk: papers beside particulars, a checklist by kind of producer, and an answer that reaches the applicant."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, ListView, View

from catalogue.producers.errors import ProducerError
from catalogue.producers.identity import number_is_personal
from catalogue.producers.joining.decisions import application_ask, application_refuse, application_reopen
from catalogue.producers.joining.entries import other_claims, owners_of
from catalogue.producers.joining.models import Application, Paper
from catalogue.producers.joining.papers import papers_asked
from catalogue.producers.joining.views import paper_response
from checkout.settlement.banks import banks
from checkout.settlement.payouts.errors import PayoutError
from marketplace.address.phones import format_phone
from marketplace.audit.services import audited, look_record
from marketplace.dashboard.access import RecentSecondFactor, StaffAccess
from marketplace.dashboard.filters import filters_kept
from marketplace.dashboard.joining.approval import joining_approve
from marketplace.dashboard.joining.forms import AnswerForm, ApproveForm
from marketplace.dashboard.staff_producers import DECIDE
from marketplace.folding import names_like

State = Application.State
#: What the list can be narrowed to; the first one stands open.
TABS: Final[list[tuple[str, str | Promise]]] = [
    (State.SUBMITTED, gettext_lazy("To look at")),
    (State.ASKED, gettext_lazy("Waits for the applicant")),
    (State.APPROVED, gettext_lazy("Approved")),
    (State.REFUSED, gettext_lazy("Refused")),
]


@dataclass(frozen=True, slots=True)
class Step:
    """An answer: its form, the service, what the log calls it, what is said, and in which states it can be given."""

    form: type[AnswerForm]
    service: Callable[..., Any]
    action: str
    said: str | Promise
    states: frozenset[str]


STEPS: Final[dict[str, Step]] = {
    "ask": Step(
        AnswerForm,
        application_ask,
        "application.asked",
        gettext_lazy("Asked. The applicant is told."),
        frozenset({State.SUBMITTED}),
    ),
    "refuse": Step(
        AnswerForm,
        application_refuse,
        "application.refused",
        gettext_lazy("Refused. The applicant is told."),
        frozenset({State.SUBMITTED, State.ASKED}),
    ),
    "reopen": Step(
        AnswerForm,
        application_reopen,
        "application.reopened",
        gettext_lazy("Opened again. The applicant is told."),
        frozenset({State.REFUSED}),
    ),
}
APPROVE: Final = Step(
    ApproveForm,
    joining_approve,
    "application.approved",
    gettext_lazy("Approved: the producer can sell, and the applicant is told."),
    frozenset({State.SUBMITTED}),
)


class Applications(StaffAccess):
    """What was sent in from the person's provinces; drafts are the applicants' own."""

    staff_roles = DECIDE

    def get_queryset(self) -> QuerySet[Application]:
        return (
            Application.objects.filter(self.scope.q("commune__province"))
            .exclude(submitted_at=None)
            .select_related("applicant", "commune__province", "producer")
        )


class ApplicationListView(Applications, ListView):
    """Those that wait for us first, the longest waiting on top."""

    template_name = "dashboard/joining/applications.html"
    context_object_name = "applications"
    paginate_by = 30

    @property
    def show(self) -> str:
        asked = self.request.GET.get("show", State.SUBMITTED)
        return asked if asked in dict(TABS) else State.SUBMITTED

    def get_queryset(self) -> QuerySet[Application]:
        found = super().get_queryset().filter(state=self.show)
        found = found.filter(names_like(self.request.GET.get("q", ""), "name"))
        return found.annotate(paper_count=Count("papers")).order_by("submitted_at", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counts = dict(super().get_queryset().order_by().values_list("state").annotate(Count("pk")))
        return super().get_context_data(
            **kwargs,
            tabs=[(name, words, counts.get(name, 0)) for name, words in TABS],
            show=self.show,
            query=filters_kept(self.request),
        )


class ApplicationView(Applications, DetailView):
    """One application: what was said beside the papers, who else claims the entry, the history, and the answers."""

    template_name = "dashboard/joining/application.html"
    context_object_name = "application"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application: Application = self.object
        if number_is_personal(application.kind, application.tax_number):
            look_record(application, words=application.name, fields=["tax_number"])
        given = list(application.papers.all())
        forms = {
            f"{name}_form": step.form(application=application, auto_id=f"{name}-%s")
            for name, step in {**STEPS, "approve": APPROVE}.items()
        }
        offered = {
            name for name, step in {**STEPS, "approve": APPROVE}.items() if application.state in step.states
        }
        if application.applicant_id == self.request.user.pk:
            offered = set()
        return super().get_context_data(
            **{**forms, **kwargs},
            offered=offered,
            facts=self.facts(application),
            papers=[
                (row, [paper for paper in given if paper.kind == row.key])
                for row in papers_asked(application)
            ],
            other_claims=other_claims(application),
            owners=owners_of(application) if application.producer_id else [],
            events=application.events.select_related("actor"),
        )

    def facts(self, application: Application) -> list[tuple[str, str]]:
        """Return what is to be compared with the papers."""
        place = application.commune.full_name if application.commune else ""
        bank = banks().get(application.bank_bin)
        licence = (
            f"{application.alcohol_licence_number}, {application.alcohol_licence_from:%d/%m/%Y} – {application.alcohol_licence_until:%d/%m/%Y}"
            if application.alcohol_licence_from and application.alcohol_licence_until
            else ""
        )
        return [
            (_("Name"), application.name),
            (_("What it is"), str(application.get_kind_display())),
            (_("Registration number"), application.registration_number),
            (_("Tax number"), application.tax_number),
            (_("Representative"), application.representative),
            (_("Phone"), format_phone(application.phone) if application.phone else ""),
            (_("Email"), application.email),
            (_("Address"), ", ".join(part for part in (application.street, place) if part)),
            (_("Alcohol licence"), licence),
            (
                _("Bank account"),
                f"{bank.short_name if bank else application.bank_bin} {application.masked_account}",
            ),
            (_("Account holder"), application.account_holder),
            (
                _("Contract"),
                f"{application.contract_version} ({application.contract_language}), {timezone.localtime(application.contract_accepted_at):%H:%M %d/%m/%Y}, {application.contract_network}, SHA-256 {application.contract_digest[:16]}…"
                if application.contract_accepted_at
                else "",
            ),
        ]


class ApplicationAnswer(ApplicationView):
    """Gives an answer; one that can't be given comes back with what was typed."""

    http_method_names = ("post",)

    def answer(self, request: HttpRequest, name: str, step: Step) -> HttpResponse:
        """Give the answer `name`."""
        self.object = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        form = step.form(request.POST, application=self.object, auto_id=f"{name}-%s")
        if form.is_valid():
            try:
                with audited(
                    step.action,
                    self.object,
                    words=self.object.name,
                    reason=form.cleaned_data["words"],
                    changes={"checked": form.cleaned_data["checked"]} if "checked" in form.fields else {},
                ):
                    step.service(application=self.object, by=request.user, **form.cleaned_data)
            except (ProducerError, PayoutError) as error:
                concerns = getattr(error, "concerns", "")
                form.add_error(concerns if concerns in form.fields else None, str(error))
            else:
                messages.success(request, str(step.said))
                return redirect("dashboard:application", pk=self.object.pk)
        return self.render_to_response(self.get_context_data(**{f"{name}_form": form}), status=422)


class ApplicationStepView(ApplicationAnswer):
    """Asks for more, refuses, opens again."""

    def post(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        if step not in STEPS:
            raise Http404
        return self.answer(request, step, STEPS[step])


class ApplicationApproveView(RecentSecondFactor, ApplicationAnswer):
    """Lets the producer sell. Says to whom its money goes, and so asks for the second factor."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.answer(request, "approve", APPROVE)


class ApplicationPaperView(Applications, View):
    """A paper of an application; that it was looked at is noted."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        paper = get_object_or_404(
            Paper.objects.select_related("application"), pk=pk, application__in=self.get_queryset()
        )
        application = paper.application
        with audited("paper.seen", application, words=application.name, changes={"paper": paper.kind}):
            return paper_response(paper)
