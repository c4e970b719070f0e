"""A producer's saved answers: written, changed and deleted here, put into the field where somebody answers."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, ListView, View

from catalogue.producers.models import Partner
from catalogue.producers.selectors import MAY_FULFIL
from catalogue.questions.errors import SavedAnswerRefused
from catalogue.questions.models import SavedAnswer
from catalogue.questions.saved import saved_answer_save
from catalogue.questions.services import LONGEST_ANSWER
from marketplace.audit.services import audited
from marketplace.dashboard.access import ProducerAccess


class SavedWords:
    """A form with a field `text` into which saved answers of `producer` can be put, without a script, before it is sent."""

    request: HttpRequest
    producer: Partner

    def words_with_saved(self) -> str | None:
        """Return what was typed and the saved answer that the person chose below it; None where the form was sent to be kept."""
        chosen = self.request.POST.get("insert", "")
        if not chosen:
            return None
        typed = self.request.POST.get("text", "").strip()
        known = self.producer.saved_answers.filter(pk=int(chosen)) if chosen.isdecimal() else []
        return "\n\n".join(words for words in (typed, *(saved.text for saved in known)) if words)


class SavedAnswerForm(forms.ModelForm):
    """A saved answer and its name."""

    class Meta:
        model = SavedAnswer
        fields: ClassVar = ["title", "text"]
        widgets: ClassVar = {"text": forms.Textarea(attrs={"rows": 5, "maxlength": LONGEST_ANSWER})}
        help_texts: ClassVar = {
            "title": gettext_lazy("What you find it by, for example: How to keep it."),
            "text": gettext_lazy(
                "It is put into the field where you answer; you can change it there before you send it."
            ),
        }

    def clean_text(self) -> str:
        """Keep it as short as an answer."""
        return str(self.cleaned_data["text"])[:LONGEST_ANSWER]


class OwnSavedAnswers(ProducerAccess):
    """The producer's saved answers."""

    member_roles = MAY_FULFIL

    def get_queryset(self) -> QuerySet[SavedAnswer]:
        return SavedAnswer.objects.filter(producer=self.producer)


class SavedAnswerListView(OwnSavedAnswers, ListView):
    """All of them."""

    template_name = "dashboard/questions/saved.html"
    context_object_name = "saved_answers"


class SavedAnswerCreateView(OwnSavedAnswers, FormView):
    """A new one."""

    template_name = "dashboard/questions/saved_answer.html"
    form_class = SavedAnswerForm

    @cached_property
    def saved(self) -> SavedAnswer:
        """The one that the form is about."""
        return SavedAnswer(producer=self.producer)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.saved, "use_required_attribute": False}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, saved=self.saved)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            with audited("saved_answer.written") as event:
                event["subject"] = saved_answer_save(form.instance)
        except SavedAnswerRefused as refused:
            form.add_error(None, str(refused.message))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        return redirect("dashboard:own-saved-answers", producer_pk=self.producer.pk)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SavedAnswerUpdateView(SavedAnswerCreateView):
    """Changes one."""

    @cached_property
    def saved(self) -> SavedAnswer:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])


class SavedAnswerDeleteView(OwnSavedAnswers, View):
    """Deletes one."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        saved = get_object_or_404(self.get_queryset(), pk=pk)
        with audited("saved_answer.deleted", words=saved.title):
            saved.delete()
        messages.success(request, _("Deleted."))
        return redirect("dashboard:own-saved-answers", producer_pk=producer_pk)
