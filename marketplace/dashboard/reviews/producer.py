"""What buyers say of a producer's goods, and its one answer to each."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import ListView, View

from catalogue.producers.selectors import MAY_FULFIL
from catalogue.reviews.errors import ReplyRefused
from catalogue.reviews.models import ProductReview, ReviewPicture
from catalogue.reviews.services import LONGEST_TEXT
from checkout.aftersale.reviews import review_reply
from marketplace.audit.services import audited
from marketplace.dashboard.access import ProducerAccess
from marketplace.dashboard.filters import filters_kept


class ReplyForm(forms.Form):
    """The answer that everybody reads."""

    text = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Everybody reads it, and there is one: thank, explain, offer to make it good."
        ),
    )


class OwnReviews(ProducerAccess):
    """The reviews of the producer's goods that the shop shows."""

    def reviews(self) -> QuerySet[ProductReview]:
        ready = ReviewPicture.objects.filter(state=ReviewPicture.State.DONE)
        return (
            ProductReview.objects.filter(product__producer=self.producer, state=ProductReview.State.SHOWN)
            .select_related("product")
            .prefetch_related(Prefetch("pictures", queryset=ready, to_attr="ready_pictures"))
        )


class OwnReviewListView(OwnReviews, ListView):
    """Newest first; those without an answer by themselves."""

    template_name = "dashboard/reviews/own.html"
    context_object_name = "reviews"
    paginate_by = 20

    def get_queryset(self) -> QuerySet[ProductReview]:
        found = self.reviews()
        return found.filter(reply="") if self.request.GET.get("show") == "unanswered" else found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            show=self.request.GET.get("show", ""),
            unanswered=self.reviews().filter(Q(reply="")).count(),
            may_reply=self.is_one_of(*MAY_FULFIL),
            query=filters_kept(self.request),
        )


class OwnReviewReplyView(OwnReviews, View):
    """Answers one review, once."""

    member_roles = MAY_FULFIL

    def get(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        return self._page(ReplyForm())

    def post(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        form = ReplyForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            review = self._review()
            with audited("review.answered", review, words=review.product.title):
                review_reply(review=review, text=form.cleaned_data["text"])
        except ReplyRefused as refused:
            messages.error(request, str(refused.message))
        else:
            messages.success(request, _("Your answer stands below the review. The buyer is told."))
        return redirect("dashboard:own-reviews", producer_pk=producer_pk)

    def _review(self) -> ProductReview:
        return get_object_or_404(self.reviews(), pk=self.kwargs["pk"])

    def _page(self, form: ReplyForm, *, status: int = 200) -> HttpResponse:
        context = {"form": form, "review": self._review(), "producer": self.producer, "desk": "producer"}
        return render(self.request, "dashboard/reviews/reply.html", context, status=status)
