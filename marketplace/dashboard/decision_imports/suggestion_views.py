"""What imports only suggest: product sets and communes, confirmed one by one or in bulk."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views import View

from catalogue.certification.imports.parsing import read_strength
from catalogue.certification.imports.suggestions import (
    commune_confirm,
    goods_without_set,
    producers_without_commune,
    sole_communes_accept,
    suggested_sets_accept,
)
from catalogue.models import ALCOHOL_SETS, Product, ProductSet
from catalogue.producers.models import Partner
from catalogue.services import set_confirm
from marketplace.accounts.roles import Scope
from marketplace.audit.services import audit_record, audited
from marketplace.dashboard.access import StaffAccess
from marketplace.dashboard.forms import ProducerPlaceForm
from marketplace.dashboard.papers.access import KEEP
from marketplace.places.models import Commune

GOODS_A_PAGE = 50
PRODUCERS_A_PAGE = 30


class SuggestionAccess(StaffAccess):
    """Goods and producers within the person's provinces; those without a commune by the province of their import."""

    staff_roles = KEEP

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
        return _page(self, request)


class SetAcceptView(SuggestionAccess, View):
    """Accepts the suggested sets of the chosen goods, or gives one of them another set."""

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = [int(value) for value in request.POST.getlist("good") if value.isdigit()]
        goods = list(self.goods().filter(pk__in=chosen))
        number, strength = (
            request.POST.get("product_set", ""),
            read_strength(request.POST.get("strength", "")),
        )
        product_set = get_object_or_404(ProductSet, pk=int(number)) if number.isdigit() else None
        drinks = [good for good in goods if _set_of(good, product_set) in ALCOHOL_SETS]
        if drinks and strength is None:
            return _page(
                self, request, chosen=chosen, product_set=product_set, strength_missing=drinks, status=422
            )
        with transaction.atomic():
            if product_set:
                for good in goods:
                    set_confirm(good=good, product_set=product_set, alcohol_strength=strength)
                count = len(goods)
            else:
                count = suggested_sets_accept(goods=goods, alcohol_strength=strength)
            if count:
                changes = {
                    "goods": [good.pk for good in goods],
                    "set": product_set.number if product_set else "suggested",
                }
                audit_record(action="good.set", changes=changes)
        messages.success(request, _("%(count)d product sets were confirmed.") % {"count": count})
        return redirect("dashboard:suggestions")


def _set_of(good: Product, product_set: ProductSet | None) -> int | None:
    """Return the number of the set that a good would get."""
    return product_set.number if product_set else good.suggested_set_id


class CommuneAcceptView(SuggestionAccess, View):
    """Says in which commune a producer is."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        producer = get_object_or_404(self.producers(), pk=pk)
        code = request.POST.get("candidate", "")
        commune = Commune.objects.filter(self.scope.q("province"), code=code).first() if code else None
        if commune is None:
            form = place_form(producer, self.scope, data=request.POST)
            if not form.is_valid():
                return _page(self, request, typed={producer.pk: form}, status=422)
            commune = form.cleaned_data["commune"]
        with audited(
            "producer.commune", producer, words=producer.name, changes={"commune": [None, commune.code]}
        ):
            commune_confirm(producer=producer, commune=commune)
        messages.success(
            request, _("%(name)s is in %(commune)s.") % {"name": producer.name, "commune": commune}
        )
        return redirect("dashboard:suggestions")


class SoleCommunesAcceptView(SuggestionAccess, View):
    """Confirms the communes of the chosen producers whose address leaves one alone."""

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = [int(value) for value in request.POST.getlist("producer") if value.isdigit()]
        with transaction.atomic():
            count = sole_communes_accept(
                producers=self.producers().filter(pk__in=chosen), among=self.scope.q("province")
            )
            if count:
                audit_record(action="producer.commune", changes={"producers": chosen})
        messages.success(request, _("%(count)d communes were confirmed.") % {"count": count})
        return redirect("dashboard:suggestions")


def place_form(producer: Partner, scope: Scope, data: QueryDict | None = None) -> ProducerPlaceForm:
    """Return the form in which a producer's commune is typed; several stand on one page."""
    return ProducerPlaceForm(data, scope=scope, auto_id=f"place-{producer.pk}-%s")


def _page(
    view: SuggestionAccess,
    request: HttpRequest,
    *,
    typed: dict[int, ProducerPlaceForm] | None = None,
    chosen: list[int] | None = None,
    product_set: ProductSet | None = None,
    strength_missing: list[Product] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show what waits; `typed` holds a form that came back, by its producer; the rest is what was chosen among the sets."""
    goods = Paginator(view.goods(), GOODS_A_PAGE).get_page(request.GET.get("page"))
    producers = Paginator(view.producers(), PRODUCERS_A_PAGE).get_page(request.GET.get("producers"))
    context = {
        "desk": "staff",
        "scope": view.scope,
        "goods": goods.object_list,
        "page_obj": goods,
        "product_sets": list(ProductSet.objects.select_related("sector")),
        "producers": _with_candidates(list(producers.object_list), view.scope, typed or {}),
        "producers_page": producers,
        # Paging through the one leaves the other where it is.
        "goods_query": f"page={goods.number}&" if goods.number > 1 else "",
        "producers_query": f"producers={producers.number}&" if producers.number > 1 else "",
        "any_sole": any(len(producer.commune_candidates) == 1 for producer in producers.object_list),
        "chosen": chosen,
        "chosen_set": product_set,
        "strength": request.POST.get("strength", ""),
        "strength_missing": strength_missing,
    }
    return render(request, "dashboard/decision_imports/suggestions.html", context, status=status)


def _with_candidates(
    producers: list[Partner], scope: Scope, typed: dict[int, ProducerPlaceForm]
) -> list[tuple[Partner, list[Commune], ProducerPlaceForm]]:
    """Return each producer with the communes that its address could mean, in one query for all, and the form to type another."""
    codes = {code for producer in producers for code in producer.commune_candidates}
    communes = Commune.objects.select_related("province").in_bulk(codes)
    return [
        (
            producer,
            [communes[code] for code in producer.commune_candidates if code in communes],
            typed.get(producer.pk) or place_form(producer, scope),
        )
        for producer in producers
    ]
