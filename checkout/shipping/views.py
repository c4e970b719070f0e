"""What delivery costs and when it comes, before anything is in a basket."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalogue.models import Product
from catalogue.pricing.selectors import price_at
from checkout.shipping.errors import NoTariff
from checkout.shipping.quotes import quote_consignment
from checkout.shipping.remembered import remember_province, remembered_province
from checkout.shipping.weights import Item
from marketplace.clock import today
from marketplace.places.models import Province


@never_cache
@require_safe
def estimate(request: HttpRequest) -> HttpResponse:
    """Estimate the delivery of one pack (`pack`) to a province (`province`, else the remembered one).

    A fragment for htmx on the product's page; a page of its own without a script.
    """
    pack = _pack(request.GET.get("pack", ""))
    good = pack.parent
    code = request.GET.get("province", "").replace("\x00", "")[:2]
    chosen = Province.objects.filter(code=code).first()
    province = chosen or remembered_province(request)
    quote = None
    price = price_at(pack.pk)
    if province and price and good and good.producer:
        try:
            quote = quote_consignment(
                producer=good.producer,
                items=[Item.of(pack, 1)],
                goods_total=price.now,
                province=province,
                on=today(),
            )
        except NoTariff:
            quote = None
    is_fragment = bool(request.headers.get("HX-Request"))
    response = render(
        request,
        "delivery/_estimate.html" if is_fragment else "delivery/estimate.html",
        {
            "pack": pack,
            "good": good,
            "producer": good.producer if good else None,
            "province": province,
            "provinces": Province.objects.all(),
            "quote": quote,
        },
    )
    if chosen:
        remember_province(request, response, chosen)
    return response


def _pack(text: str) -> Product:
    pack: Product | None = None
    if text.isdigit() and len(text) < 12:
        packs = Product.objects.select_related("parent__producer__commune__province")
        pack = packs.filter(pk=int(text), structure=Product.CHILD).first()
    if pack is None:
        raise Http404
    return pack
