"""Questions at the programme's desk: reports are looked at, and what breaks the published rules is hidden on one of their grounds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Count, F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, ListView

from catalogue.questions.models import Question
from catalogue.questions.rules import Ground
from catalogue.questions.services import (
    answer_hide,
    answer_restore,
    question_hide,
    question_reports_dismiss,
    question_restore,
)
from marketplace.accounts.models import StaffRole
from marketplace.audit.services import audited
from marketplace.dashboard.access import StaffAccess, may_open
from marketplace.dashboard.filters import filters_kept

#: Tabs: name in the address, words, which questions.
_TABS = [
    ("reported", gettext_lazy("Reported"), Q(open_reports__gt=0)),
    (
        "hidden",
        gettext_lazy("Hidden"),
        Q(state=Question.State.HIDDEN) | ~Q(answer_hidden_ground=""),
    ),
    ("unanswered", gettext_lazy("Without an answer"), Q(state=Question.State.SHOWN, answered_at=None)),
]


class HideForm(forms.Form):
    """On which ground something is hidden."""

    ground = forms.ChoiceField(
        label=gettext_lazy("Which rule does it break?"), choices=Ground.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=gettext_lazy("A word to the writer"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NoteForm(forms.Form):
    """Why something is left or shown again; stands in the history."""

    note = forms.CharField(label=gettext_lazy("Why?"), max_length=500, required=False)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to decide: the form that it asks for, the service that does it, what the audit log calls it, what is said afterwards."""

    form: type[forms.Form]
    service: Callable[..., Any]
    action: str
    words: str | Promise


_HIDDEN: Final = gettext_lazy("Hidden. The writer is told.")
_SHOWN: Final = gettext_lazy("Shown again.")
STEPS: Final[dict[str, Step]] = {
    "hide": Step(HideForm, question_hide, "question.hidden", _HIDDEN),
    "restore": Step(NoteForm, question_restore, "question.restored", _SHOWN),
    "hide-answer": Step(HideForm, answer_hide, "answer.hidden", _HIDDEN),
    "restore-answer": Step(NoteForm, answer_restore, "answer.restored", _SHOWN),
    "dismiss": Step(
        NoteForm,
        question_reports_dismiss,
        "question.kept",
        gettext_lazy("It stays as it is; the reports are settled."),
    ),
}


class ProgrammeQuestions(StaffAccess):
    """The questions about goods of producers in the person's provinces."""

    staff_roles = (StaffRole.Role.ADMIN, StaffRole.Role.SUPPORT)

    def get_queryset(self) -> QuerySet[Question]:
        return (
            Question.objects.filter(self.scope.q("product__producer__commune__province"))
            .select_related("product__producer")
            .annotate(open_reports=Count("reports", filter=Q(reports__settled_at=None)))
            .order_by(F("open_reports").desc(), "-asked_at", "-pk")
        )


class QuestionListView(ProgrammeQuestions, ListView):
    """Reported ones first, then the newest."""

    template_name = "dashboard/questions/questions.html"
    context_object_name = "questions"
    paginate_by = 20

    def get_queryset(self) -> QuerySet[Question]:
        found = super().get_queryset()
        for name, _words, which in _TABS:
            if name == self.request.GET.get("show"):
                found = found.filter(which)
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        everything = super().get_queryset()
        return super().get_context_data(
            **kwargs,
            tabs=[(name, words, everything.filter(which).count()) for name, words, which in _TABS],
            show=self.request.GET.get("show", ""),
            may_block_words=may_open(self.request.user, "blocked-words"),
            query=filters_kept(self.request),
        )


class QuestionDetailView(ProgrammeQuestions, DetailView):
    """One question with its reports, its history and what can be done."""

    template_name = "dashboard/questions/question.html"
    context_object_name = "question"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        forms_of_steps = {
            f"{name.replace('-', '_')}_form": step.form(auto_id=f"{name}-%s") for name, step in STEPS.items()
        }
        return super().get_context_data(
            **{**forms_of_steps, **kwargs},
            reports=self.object.reports.select_related("reporter"),
            events=self.object.events.select_related("actor"),
        )


class QuestionStepView(QuestionDetailView):
    """Hides a question or its answer, shows it again, or leaves it and settles its reports."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        known = STEPS.get(step)
        if known is None:
            raise Http404
        self.object = get_object_or_404(self.get_queryset(), pk=pk)
        form = known.form(request.POST, auto_id=f"{step}-%s")
        if not form.is_valid():
            context = self.get_context_data(**{f"{step.replace('-', '_')}_form": form})
            return self.render_to_response(context, status=422)
        with audited(
            known.action,
            self.object,
            words=self.object.product.title,
            changes={"ground": form.cleaned_data.get("ground", "")},
        ):
            done = known.service(question=self.object, by=request.user, **form.cleaned_data)
        if done:
            messages.success(request, str(known.words))
        return redirect("dashboard:question", pk=pk)
