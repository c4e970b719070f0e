"""All questions about a good, asking one, the published rules, and reporting one."""

from typing import Any

from allauth.core import ratelimit
from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.generic import FormView

from catalogue.addresses import good_url
from catalogue.good_page import GoodVerdict, good_with_verdict
from catalogue.producers.selectors import producers_of
from catalogue.questions.errors import QuestionRefused
from catalogue.questions.models import Question
from catalogue.questions.rules import EXPLANATIONS, Ground
from catalogue.questions.selectors import answer_time, is_asked, questions_public
from catalogue.questions.services import LONGEST_QUESTION, question_ask, question_report
from marketplace.page_cache import public_page

_A_PAGE = 20


@require_safe
def questions_of_good(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show all answered questions about a good that is shown; whoever asks under an old name is led to the present one."""
    verdict = _shown(request, pk)
    good = verdict.good
    if slug != good.slug:
        return redirect("questions:of-good", slug=good.slug, pk=pk, permanent=True)
    context = {
        **_about(verdict),
        "answer_time": answer_time(verdict.producer.pk),
        "may_ask": is_asked(verdict.producer),
        "page_obj": Paginator(questions_public(pk), _A_PAGE).get_page(request.GET.get("page")),
    }
    return public_page(render(request, "questions/of_good.html", context))


@require_safe
def question_rules(request: HttpRequest) -> HttpResponse:
    """Show by which rules questions are asked, answered and hidden."""
    grounds = [(ground.label, EXPLANATIONS[ground]) for ground in Ground]
    return public_page(render(request, "questions/rules.html", {"grounds": grounds}))


class AskForm(forms.Form):
    """What somebody wants to know."""

    text = forms.CharField(
        label=gettext_lazy("Your question"),
        max_length=LONGEST_QUESTION,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Everybody can read it once it is answered, with your given name. No phone numbers, addresses or links."
        ),
    )


@method_decorator(never_cache, name="dispatch")
class QuestionAskView(LoginRequiredMixin, FormView):
    """Asks the producer of a good something: for anybody who is signed in, some questions an hour."""

    form_class = AskForm
    template_name = "questions/ask.html"

    @cached_property
    def verdict(self) -> GoodVerdict:
        verdict = _shown(self.request, self.kwargs["pk"])
        if not is_asked(verdict.producer):
            raise Http404
        return verdict

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "use_required_attribute": False}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{**_about(self.verdict), **kwargs})

    def form_valid(self, form: AskForm) -> HttpResponse:
        person, verdict = self.request.user, self.verdict
        if not ratelimit.consume(self.request, action="ask_question", key=str(person.pk)):
            form.add_error(None, gettext_lazy("You have asked a lot just now. Please try again in an hour."))
            return self.form_invalid(form, status=429)
        try:
            question_ask(
                good=verdict.good, asker=person, text=form.cleaned_data["text"], language=_language()
            )
        except QuestionRefused as refused:
            form.add_error("text", str(refused.message))
            return self.form_invalid(form)
        return render(self.request, "questions/asked.html", _about(verdict))

    def form_invalid(self, form: AskForm, *, status: int = 422) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=status)


class ReportForm(forms.Form):
    """Which rule a question or its answer breaks."""

    ground = forms.ChoiceField(
        label=gettext_lazy("Which rule does it break?"), choices=Ground.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=gettext_lazy("What should we know?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@method_decorator(never_cache, name="dispatch")
class QuestionReportView(FormView):
    """Tells the programme that a question or its answer breaks the rules: for anybody, a few times an hour.

    What isn't public yet only the producer's people can report.
    """

    form_class = ReportForm
    template_name = "questions/report.html"
    question: Question
    is_own: bool

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        kept = Question.objects.kept().select_related("product__producer")
        self.question = get_object_or_404(kept, pk=kwargs["pk"])
        self.is_own = producers_of(request.user).filter(pk=self.question.product.producer_id).exists()
        if self.question.waits_for_answer and not self.is_own:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"question": self.question, "back": self.back, **kwargs})

    @property
    def back(self) -> str:
        """Where the person comes from: the producer's list, or the page on which the question stands."""
        if self.is_own:
            return reverse(
                "dashboard:own-questions", kwargs={"producer_pk": self.question.product.producer_id}
            )
        return self.question.product.get_absolute_url()

    def form_valid(self, form: ReportForm) -> HttpResponse:
        person = self.request.user if self.request.user.is_authenticated else None
        if not ratelimit.consume(self.request, action="report_talk"):
            form.add_error(
                None, gettext_lazy("You have reported a lot just now. Please try again in an hour.")
            )
            return self.render_to_response(self.get_context_data(form=form), status=429)
        question_report(question=self.question, reporter=person, **form.cleaned_data)
        return render(self.request, "questions/reported.html", self.get_context_data())

    def form_invalid(self, form: ReportForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


def _shown(request: HttpRequest, pk: int) -> GoodVerdict:
    """Return a good that the shop shows to this visitor. Raises Http404."""
    adult: bool = request.is_adult  # type: ignore[attr-defined]
    verdict = good_with_verdict(pk, at=timezone.now(), adult=adult)
    if verdict is None or not verdict.decision.shown:
        raise Http404
    return verdict


def _about(verdict: GoodVerdict) -> dict[str, Any]:
    good = verdict.good
    return {
        "good": good,
        "producer": verdict.producer,
        "good_url": good_url(pk=good.pk, slug=good.slug, language=_language()),
    }


def _language() -> str:
    return (get_language() or "vi")[:2]
