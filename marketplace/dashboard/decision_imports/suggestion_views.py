"""What imports only suggest: product sets and communes, confirmed one by one or in bulk."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views import View

from catalogue.certification.imports.suggestions import (
    commune_confirm,
    goods_without_set,
    producers_without_commune,
    product_set_confirm,
    suggested_sets_accept,
)
from catalogue.models import Product, ProductSet
from catalogue.producers.models import Partner
from marketplace.dashboard.access import StaffAccess
from marketplace.places.models import Commune

GOODS_A_PAGE = 50
PRODUCERS_A_PAGE = 30


class SuggestionAccess(StaffAccess):
    """Goods and producers within the person's provinces; those without a commune by the province of their import."""

    def goods(self) -> QuerySet[Product]:
        if self.scope.everything:
            return goods_without_set()
        return (
            goods_without_set()
            .filter(
                Q(self.scope.q("producer__commune__province"))
                | Q(self.scope.q("import_rows__decision_import__province"), producer__commune__isnull=True)
            )
            .distinct()
        )

    def producers(self) -> QuerySet[Partner]:
        if self.scope.everything:
            return producers_without_commune()
        return (
            producers_without_commune()
            .filter(self.scope.q("goods__import_rows__decision_import__province"))
            .distinct()
        )


class SuggestionListView(SuggestionAccess, View):
    """The waiting suggestions."""

    def get(self, request: HttpRequest) -> HttpResponse:
        goods = Paginator(self.goods(), GOODS_A_PAGE).get_page(request.GET.get("page"))
        producers = list(self.producers()[:PRODUCERS_A_PAGE])
        context = {
            "desk": "staff",
            "scope": self.scope,
            "goods": goods.object_list,
            "page_obj": goods,
            "product_sets": list(ProductSet.objects.select_related("sector")),
            "producers": _with_candidates(producers),
        }
        return render(request, "dashboard/decision_imports/suggestions.html", context)


class SetAcceptView(SuggestionAccess, View):
    """Accepts the suggested sets of the chosen goods, or gives one of them another set."""

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = [int(value) for value in request.POST.getlist("good") if value.isdigit()]
        goods = self.goods().filter(pk__in=chosen)
        number = request.POST.get("product_set", "")
        if number.isdigit():
            product_set = get_object_or_404(ProductSet, pk=int(number))
            confirmed = [product_set_confirm(good=good, product_set=product_set) for good in goods]
            count = len(confirmed)
        else:
            count = suggested_sets_accept(goods=goods)
        messages.success(request, _("%(count)d product sets were confirmed.") % {"count": count})
        return redirect("dashboard:suggestions")


class CommuneAcceptView(SuggestionAccess, View):
    """Says in which commune a producer is."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        producer = get_object_or_404(self.producers(), pk=pk)
        commune = Commune.objects.filter(
            self.scope.q("province"), code=request.POST.get("commune", "")
        ).first()
        if commune is None:
            messages.error(request, _("Please choose a commune."))
        else:
            commune_confirm(producer=producer, commune=commune)
            messages.success(
                request, _("%(name)s is in %(commune)s.") % {"name": producer.name, "commune": commune}
            )
        return redirect("dashboard:suggestions")


def _with_candidates(producers: list[Partner]) -> list[tuple[Partner, list[Commune]]]:
    """Return each producer with the communes that its address could mean, in one query for all."""
    codes = {code for producer in producers for code in producer.commune_candidates}
    communes = Commune.objects.select_related("province").in_bulk(codes)
    return [
        (producer, [communes[code] for code in producer.commune_candidates if code in communes])
        for producer in producers
    ]
