"""What delivery costs and when it comes, before anything is in a basket."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from catalogue.certification.facts import facts_for
from catalogue.certification.rules import sale_decision
from catalogue.certification.verdicts import VerdictReason
from catalogue.models import Product
from catalogue.pricing.selectors import price_at
from checkout.shipping.errors import CannotDeliver
from checkout.shipping.pickup_points import points_of
from checkout.shipping.quotes import quote_consignment
from checkout.shipping.remembered import COOKIE, remember_province
from checkout.shipping.weights import Item
from marketplace.clock import day_of
from marketplace.places.models import Province


@never_cache
@require_safe
def estimate(request: HttpRequest) -> HttpResponse:
    """Estimate the delivery of one pack (`pack`) to a province (`province`, else the remembered one).

    A fragment for htmx on the product's page; a page of its own without a script. It names the goods, so that the one rule decides here
    as on their own page.
    """
    at = timezone.now()
    pack = _pack(request.GET.get("pack", ""))
    facts = facts_for([pack.pk], at=at)[pack.pk]
    decision = sale_decision(facts=facts, on=day_of(at), at=at, adult=request.is_adult)  # type: ignore[attr-defined]
    if decision.reason == VerdictReason.AGE_NOT_DECLARED:
        return _ask_for_the_age(request)
    if not decision.shown:
        raise Http404
    good = pack.parent
    provinces = {province.code: province for province in Province.objects.all()}
    chosen = provinces.get(request.GET.get("province", ""))
    province = chosen or provinces.get(request.COOKIES.get(COOKIE, ""))
    quote, problem = None, ""
    price = price_at(pack.pk, at)
    if province and price and good and good.producer:
        try:
            quote = quote_consignment(
                producer=good.producer,
                items=[Item.of(pack, 1)],
                goods_total=price.now,
                province=province,
                on=day_of(at),
            )
        except CannotDeliver as error:
            problem = error.words
    is_fragment = bool(request.headers.get("HX-Request"))
    response = render(
        request,
        "delivery/_estimate.html" if is_fragment else "delivery/estimate.html",
        {
            "pack": pack,
            "good": good,
            "producer": good.producer if good else None,
            "province": province,
            "provinces": provinces.values(),
            "quote": quote,
            "problem": problem,
            "points": points_of([good.producer_id]).get(good.producer_id, []) if good else [],
        },
    )
    if chosen:
        remember_province(request, response, chosen)
    return response


def _ask_for_the_age(request: HttpRequest) -> HttpResponse:
    address = f"{reverse('age-declare')}?{urlencode({'next': request.get_full_path()})}"
    return HttpResponseClientRedirect(address) if request.headers.get("HX-Request") else redirect(address)


def _pack(text: str) -> Product:
    pack: Product | None = None
    if text.isdigit() and len(text) < 12:
        packs = Product.objects.select_related("parent__producer__commune__province", "parent__product_set")
        pack = packs.filter(pk=int(text), structure=Product.CHILD).first()
    if pack is None:
        raise Http404
    return pack
