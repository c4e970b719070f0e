"""Words that may not stand in what people write to each other. For administrators of all provinces."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, ListView, View

from marketplace.audit.services import audited
from marketplace.dashboard.access import NationalAccess
from marketplace.dashboard.filters import filters_kept
from marketplace.folding import names_like
from marketplace.moderation.errors import BlockedWordRefused
from marketplace.moderation.models import BlockedWord
from marketplace.moderation.services import blocked_word_save


class BlockedWordForm(forms.ModelForm):
    """A word, what it does, and whether its marks count."""

    class Meta:
        model = BlockedWord
        fields: ClassVar = ["text", "kind", "language", "marks_count"]
        widgets: ClassVar = {"kind": forms.RadioSelect, "language": forms.RadioSelect}
        help_texts: ClassVar = {
            "text": gettext_lazy(
                "It is found however it is spaced, dotted or stretched: n.g.u, nguuu. Never as a part of another word."
            ),
            "marks_count": gettext_lazy(
                "Tick it where the word without marks means something harmless: “ngu”, but not “ngủ”."
            ),
        }


class BlockedWordListView(NationalAccess, ListView):
    """All of them, by language."""

    template_name = "dashboard/questions/blocked_words.html"
    context_object_name = "blocked_words"
    paginate_by = 50

    def get_queryset(self) -> Any:
        typed = self.request.GET.get("q", "").strip()
        return BlockedWord.objects.filter(names_like(typed, "text"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs, typed=self.request.GET.get("q", ""), query=filters_kept(self.request)
        )


class BlockedWordCreateView(NationalAccess, FormView):
    """A new one; it counts from now on, for what is written."""

    template_name = "dashboard/questions/blocked_word.html"
    form_class = BlockedWordForm

    @cached_property
    def word(self) -> BlockedWord:
        """The one that the form is about."""
        return BlockedWord()

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.word, "use_required_attribute": False}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, word=self.word)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            with audited("blocked_word.written") as event:
                event["subject"] = blocked_word_save(form.instance)
        except BlockedWordRefused as refused:
            form.add_error("text", refused.message)
            return self.form_invalid(form)
        messages.success(self.request, _("Saved. What was written before stays as it is."))
        return redirect("dashboard:blocked-words")

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class BlockedWordUpdateView(BlockedWordCreateView):
    """Changes one."""

    @cached_property
    def word(self) -> BlockedWord:
        return get_object_or_404(BlockedWord, pk=self.kwargs["pk"])


class BlockedWordDeleteView(NationalAccess, View):
    """Lets one be written again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        word = get_object_or_404(BlockedWord, pk=pk)
        with audited("blocked_word.deleted", words=word.text):
            word.delete()
        messages.success(request, _("Deleted."))
        return redirect("dashboard:blocked-words")
