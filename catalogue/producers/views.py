"""Pages of producers: an index by province, and one page each."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from catalogue.addresses import producer_url
from catalogue.cards import cards_for
from catalogue.certification.models import StandardCertificate
from catalogue.certification.rules import shown_q
from catalogue.models import Product
from catalogue.particulars import seller_particulars
from catalogue.producers.directory import goods_shown_of, producers_shown, provinces_with_producers
from catalogue.producers.joining.models import Merge
from catalogue.producers.models import Partner
from catalogue.questions.selectors import answer_time
from catalogue.structured_data import absolute
from marketplace.clock import day_of
from marketplace.page_cache import public_page

PRODUCERS_A_PAGE = 24
GOODS_A_PAGE = 24


@require_safe
def producer_index(request: HttpRequest) -> HttpResponse:
    """List producers with goods that are shown, all or those of one province."""
    at, adult = timezone.now(), _is_adult(request)
    provinces = provinces_with_producers(at=at, adult=adult)
    known = {province.code for province in provinces}
    province = request.GET.get("province", "")
    if province not in known:
        province = ""
    pages = Paginator(producers_shown(at=at, adult=adult, province=province), PRODUCERS_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    counts = goods_shown_of([producer.pk for producer in page], at=at, adult=adult)
    language = _language()
    context = {
        "provinces": provinces,
        "province": province,
        "page_obj": page,
        "page_range": pages.get_elided_page_range(page.number),
        "query": f"province={province}&" if province else "",
        "producers": [
            (producer, producer_url(code=producer.code, language=language), counts.get(producer.pk, 0))
            for producer in page
        ],
    }
    return public_page(render(request, "producers/index.html", context))


@require_safe
def producer_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show who a producer is, and its goods that may be shown."""
    at, adult = timezone.now(), _is_adult(request)
    producer = get_object_or_404(Partner.objects.select_related("commune__province"), code=code)
    goods = (
        Product.objects.filter(shown_q(day_of(at), adult=adult), producer=producer)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    pages = Paginator(goods, GOODS_A_PAGE)
    if not pages.count and (gone := Merge.objects.filter(source=producer, undone_at=None).first()):
        return redirect(producer_url(code=gone.target.code, language=_language()))
    page = pages.get_page(request.GET.get("page"))
    cards = cards_for(page.object_list, language=_language(), at=at, adult=adult)
    context = {
        "producer": producer,
        "cards": cards,
        "count": pages.count,
        "page_obj": page,
        "page_range": pages.get_elided_page_range(page.number),
        "query": "",
        "particulars": seller_particulars(producer),
        "standards": _standards(producer, at),
        "answer_time": answer_time(producer.pk),
        **_addresses(producer),
    }
    response = render(request, "producers/producer.html", context)
    return public_page(response, boundaries=[card.until for card in cards])


def _standards(producer: Partner, at: datetime) -> list[StandardCertificate]:
    day = day_of(at)
    return list(
        StandardCertificate.objects.filter(
            producer=producer, verified_at__isnull=False, valid_from__lte=day, valid_until__gte=day
        ).order_by("standard", "pk")
    )


def _addresses(producer: Partner) -> dict[str, Any]:
    return {
        "canonical": absolute(producer_url(code=producer.code, language=_language())),
        "alternates": [
            (code, absolute(producer_url(code=producer.code, language=code)))
            for code, _name in settings.LANGUAGES
        ],
    }


def _is_adult(request: HttpRequest) -> bool:
    return bool(request.is_adult)  # type: ignore[attr-defined]


def _language() -> str:
    return (get_language() or settings.LANGUAGE_CODE)[:2]
