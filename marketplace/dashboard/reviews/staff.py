"""Reviews at the programme's desk: reports are looked at, and what breaks the published rules is hidden on one of their grounds."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, ListView

from catalogue.reviews.models import ProductReview, ReviewPicture
from catalogue.reviews.rules import Ground
from catalogue.reviews.services import review_reports_dismiss, review_restore
from checkout.aftersale.reviews import review_hide
from marketplace.accounts.models import StaffRole
from marketplace.audit.services import audited
from marketplace.dashboard.access import StaffAccess
from marketplace.dashboard.filters import filters_kept

#: Tabs: name in the address, words, which reviews.
_TABS = [
    ("reported", gettext_lazy("Reported"), Q(open_reports__gt=0)),
    ("hidden", gettext_lazy("Hidden"), Q(state=ProductReview.State.HIDDEN)),
]


class HideForm(forms.Form):
    """On which ground a review is hidden."""

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
    """Why a review is left or shown again; stands in its history."""

    note = forms.CharField(label=gettext_lazy("Why?"), max_length=500, required=False)


#: What each step asks for, the service that takes it, what the audit log calls it, and what is said afterwards.
STEPS: Final[dict[str, tuple[type[forms.Form], Callable[..., Any], str, str | Promise]]] = {
    "hide": (HideForm, review_hide, "review.hidden", gettext_lazy("Hidden. The writer is told.")),
    "restore": (NoteForm, review_restore, "review.restored", gettext_lazy("Shown again.")),
    "dismiss": (
        NoteForm,
        review_reports_dismiss,
        "review.kept",
        gettext_lazy("The review stays; the reports are settled."),
    ),
}


class ProgrammeReviews(StaffAccess):
    """The reviews of goods of producers in the person's provinces."""

    staff_roles = (StaffRole.Role.ADMIN, StaffRole.Role.SUPPORT)

    def get_queryset(self) -> QuerySet[ProductReview]:
        ready = ReviewPicture.objects.filter(state=ReviewPicture.State.DONE)
        return (
            ProductReview.objects.filter(self.scope.q("product__producer__commune__province"))
            .select_related("product__producer")
            .prefetch_related(Prefetch("pictures", queryset=ready, to_attr="ready_pictures"))
            .annotate(open_reports=Count("reports", filter=Q(reports__settled_at=None)))
            .order_by(F("open_reports").desc(), "-created_at", "-pk")
        )


class ReviewListView(ProgrammeReviews, ListView):
    """Reported ones first, then the newest."""

    template_name = "dashboard/reviews/reviews.html"
    context_object_name = "reviews"
    paginate_by = 20

    def get_queryset(self) -> QuerySet[ProductReview]:
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
            query=filters_kept(self.request),
        )


class ReviewDetailView(ProgrammeReviews, DetailView):
    """One review with its reports, its history and what can be done."""

    template_name = "dashboard/reviews/review.html"
    context_object_name = "review"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **{
                "hide_form": HideForm(auto_id="hide-%s"),
                "restore_form": NoteForm(auto_id="restore-%s"),
                "dismiss_form": NoteForm(auto_id="dismiss-%s"),
                **kwargs,
            },
            reports=self.object.reports.select_related("reporter"),
            events=self.object.events.select_related("actor"),
        )


class ReviewStepView(ReviewDetailView):
    """Hides a review, shows it again, or leaves it and settles its reports."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        if step not in STEPS:
            raise Http404
        form_class, service, action, words = STEPS[step]
        self.object = get_object_or_404(self.get_queryset(), pk=pk)
        form = form_class(request.POST, auto_id=f"{step}-%s")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(**{f"{step}_form": form}), status=422)
        with audited(
            action,
            self.object,
            words=self.object.product.title,
            changes={"ground": form.cleaned_data.get("ground", "")},
        ):
            done = service(review=self.object, by=request.user, **form.cleaned_data)
        if done:
            messages.success(request, str(words))
        return redirect("dashboard:review", pk=pk)
