"""What people ask about a producer's goods: those that wait for an answer first."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import ListView, View

from catalogue.producers.selectors import MAY_FULFIL
from catalogue.questions.errors import AnswerRefused
from catalogue.questions.models import Question, QuestionQuerySet
from catalogue.questions.selectors import answer_time
from catalogue.questions.services import LONGEST_ANSWER, question_answer
from marketplace.audit.services import audited
from marketplace.dashboard.access import ProducerAccess
from marketplace.dashboard.filters import filters_kept
from marketplace.dashboard.questions.saved import SavedWords


class AnswerForm(forms.Form):
    """The answer that everybody reads."""

    text = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Everybody reads it on the page of the goods. No phone numbers, mail addresses or links."
        ),
    )


class OwnQuestions(ProducerAccess):
    """The questions about the producer's goods that weren't hidden."""

    def questions(self) -> QuestionQuerySet:
        return Question.objects.kept().of_producer(self.producer).select_related("product")


class OwnQuestionListView(OwnQuestions, ListView):
    """Those that wait, the oldest first; on the other tab those with an answer, the newest first."""

    template_name = "dashboard/questions/own.html"
    context_object_name = "questions"
    paginate_by = 20

    def get_queryset(self) -> QuestionQuerySet:
        if self.request.GET.get("show") == "answered":
            return self.questions().public().order_by("-answered_at", "-pk")
        return self.questions().to_answer().order_by("asked_at", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            show=self.request.GET.get("show", ""),
            waiting=self.questions().to_answer().count(),
            answer_time=answer_time(self.producer.pk),
            may_answer=self.is_one_of(*MAY_FULFIL),
            query=filters_kept(self.request),
        )


class OwnQuestionAnswerView(OwnQuestions, SavedWords, View):
    """Answers one question; a saved answer can be put into the field first."""

    member_roles = MAY_FULFIL

    def get(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        return self._page(AnswerForm(use_required_attribute=False))

    def post(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        if (words := self.words_with_saved()) is not None:
            return self._page(AnswerForm(initial={"text": words}, use_required_attribute=False))
        form = AnswerForm(request.POST, use_required_attribute=False)
        if not form.is_valid():
            return self._page(form, status=422)
        question = self._question()
        try:
            with audited("question.answered", question, words=question.product.title):
                question_answer(question=question, text=form.cleaned_data["text"], by=request.user)
        except AnswerRefused as refused:
            form.add_error("text", str(refused.message))
            return self._page(form, status=422)
        messages.success(request, _("Your answer stands on the page of the goods. Whoever asked is told."))
        return redirect("dashboard:own-questions", producer_pk=producer_pk)

    def _question(self) -> Question:
        return get_object_or_404(self.questions(), pk=self.kwargs["pk"])

    def _page(self, form: AnswerForm, *, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "question": self._question(),
            "saved_answers": self.producer.saved_answers.all(),
            "producer": self.producer,
            "desk": "producer",
        }
        return render(self.request, "dashboard/questions/answer.html", context, status=status)
