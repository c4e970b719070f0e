"""Writing a review from the page of an order, under its signed address."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from catalogue.errors import PictureRefused
from checkout.aftersale.errors import ReviewNotPossible
from checkout.aftersale.forms import ReviewForm
from checkout.aftersale.models import LineReview
from checkout.aftersale.reviews import review_write
from checkout.aftersale.selectors import order_aftersale
from checkout.aftersale.views import OfOrder
from checkout.order.links import order_path
from checkout.order.models import Line


@method_decorator(never_cache, name="dispatch")
class ReviewWriteView(OfOrder):
    """The form for one order line; says so where it was sent already or isn't possible."""

    def get(self, request: HttpRequest, token: str, line: int) -> HttpResponse:
        return self._page(ReviewForm(use_required_attribute=False))

    def post(self, request: HttpRequest, token: str, line: int) -> HttpResponse:
        form = ReviewForm(request.POST, request.FILES, use_required_attribute=False)
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            review_write(line_id=self.line().pk, **form.cleaned_data)
        except (ReviewNotPossible, PictureRefused) as refused:
            form.add_error("pictures" if isinstance(refused, PictureRefused) else None, str(refused.message))
            return self._page(form, status=422)
        messages.success(request, _("Thank you. Your review is in the shop; pictures follow in a moment."))
        return redirect(order_path(self.order))

    def line(self) -> Line:
        for consignment in self.order.consignments.all():
            for line in consignment.lines.all():
                if line.pk == self.kwargs["line"]:
                    return line
        raise Http404

    def _page(self, form: ReviewForm, *, status: int = 200) -> HttpResponse:
        line = self.line()
        offered = {row.pk for one in order_aftersale(self.order).values() for row, _review in one.reviews}
        context = {
            "order": self.order,
            "line": line,
            "form": form,
            "review": getattr(
                LineReview.objects.filter(line=line).select_related("review").first(), "review", None
            ),
            "is_possible": line.pk in offered,
            "file_lost": status != 200 and bool(self.request.FILES),
            "back": order_path(self.order),
        }
        return render(self.request, "aftersale/review.html", context, status=status)
