"""The page of a good."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from catalogue.addresses import good_url, producer_url
from catalogue.certification.verdicts import VerdictReason
from catalogue.good_page import GoodVerdict, good_page, good_with_verdict
from catalogue.particulars import good_particulars, seller_particulars
from catalogue.structured_data import absolute, product_json_ld
from marketplace.page_cache import public_page


@require_safe
def good_detail(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show a good, or say honestly why it isn't shown."""
    at = timezone.now()
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    adult: bool = request.is_adult  # type: ignore[attr-defined]
    verdict = good_with_verdict(pk, at=at, adult=adult)
    if verdict is None:
        raise Http404
    if verdict.decision.reason == VerdictReason.AGE_NOT_DECLARED:
        return redirect(f"{reverse('age-declare')}?{urlencode({'next': request.get_full_path()})}")
    if not verdict.decision.shown:
        return _not_shown(request, verdict)
    address = good_url(pk=pk, slug=verdict.good.slug, language=language)
    if slug != verdict.good.slug:
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{address}?{query}" if query else address, permanent=True)
    page = good_page(verdict, language=language, at=at, adult=adult, pack_id=_chosen_pack(request))
    response = render(
        request, "catalogue/good.html", _context(verdict, page, address=address, language=language)
    )
    return public_page(response, boundaries=page.boundaries)


def _context(verdict: GoodVerdict, page: Any, *, address: str, language: str) -> dict[str, Any]:
    good = verdict.good
    canonical = absolute(address)
    return {
        "good": good,
        "producer": verdict.producer,
        "producer_url": producer_url(code=verdict.producer.code, language=language),
        "place": good.commune or verdict.producer.commune,
        "certificate": verdict.certificate,
        "page_of_good": page,
        "particulars": good_particulars(good),
        "seller": seller_particulars(verdict.producer),
        "canonical": canonical,
        "alternates": [
            (code, absolute(good_url(pk=good.pk, slug=good.slug, language=code)))
            for code, _name in settings.LANGUAGES
        ],
        "share_picture": absolute(page.gallery[0].src) if page.gallery else "",
        "json_ld": product_json_ld(good, page, verdict.certificate, address=canonical),
    }


def _chosen_pack(request: HttpRequest) -> int | None:
    value = request.GET.get("pack", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 12 else None


def _not_shown(request: HttpRequest, verdict: GoodVerdict) -> HttpResponse:
    """Say what is true and harms nobody: the end of a certificate is public, other reasons stay general."""
    ended = None
    if verdict.decision.reason == VerdictReason.EXPIRED:
        ended = max(
            paper.in_force_until
            for paper in verdict.certificates
            if paper.verified_at and paper.in_force_until
        )
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    context = {
        "good": verdict.good if ended else None,
        "ended": ended,
        "producer_url": producer_url(code=verdict.producer.code, language=language),
    }
    return render(request, "catalogue/good_not_shown.html", context, status=404)
