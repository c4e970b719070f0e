"""All reviews of a good, the published rules, and reporting one."""

from typing import Any

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.generic import FormView

from catalogue.addresses import good_url
from catalogue.good_page import good_with_verdict
from catalogue.reviews.models import ProductReview
from catalogue.reviews.ratings import rating_of
from catalogue.reviews.rules import EXPLANATIONS, Ground
from catalogue.reviews.selectors import reviews_shown
from catalogue.reviews.services import review_report
from marketplace.page_cache import public_page

_A_PAGE = 20


@require_safe
def reviews_of_good(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show all reviews of a good that is shown; whoever asks under an old name is led to the present one."""
    adult: bool = request.is_adult  # type: ignore[attr-defined]
    verdict = good_with_verdict(pk, at=timezone.now(), adult=adult)
    if verdict is None or not verdict.decision.shown:
        raise Http404
    good = verdict.good
    if slug != good.slug:
        return redirect("reviews:of-good", slug=good.slug, pk=pk, permanent=True)
    page = Paginator(reviews_shown(pk), _A_PAGE).get_page(request.GET.get("page"))
    context = {
        "good": good,
        "producer": verdict.producer,
        "good_url": good_url(pk=pk, slug=good.slug, language=(get_language() or "vi")[:2]),
        "rating": rating_of(good.rating, good.review_count),
        "page_obj": page,
    }
    return public_page(render(request, "reviews/of_good.html", context))


@require_safe
def review_rules(request: HttpRequest) -> HttpResponse:
    """Show by which rules reviews are written, shown and hidden."""
    grounds = [(ground.label, EXPLANATIONS[ground]) for ground in Ground]
    return public_page(render(request, "reviews/rules.html", {"grounds": grounds}))


class ReportForm(forms.Form):
    """Which rule a review breaks."""

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
class ReviewReportView(LoginRequiredMixin, FormView):
    """Tells the programme that a review breaks the rules: for anybody who is signed in."""

    form_class = ReportForm
    template_name = "reviews/report.html"

    @cached_property
    def review(self) -> ProductReview:
        found: ProductReview = get_object_or_404(
            ProductReview.objects.select_related("product"),
            pk=self.kwargs["pk"],
            state=ProductReview.State.SHOWN,
        )
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, review=self.review, back=self.back)

    @property
    def back(self) -> str:
        """The page on which the review stands."""
        return self.review.product.get_absolute_url()

    def form_valid(self, form: ReportForm) -> HttpResponse:
        review_report(review=self.review, reporter=self.request.user, **form.cleaned_data)
        return render(self.request, "reviews/reported.html", {"back": self.back})
