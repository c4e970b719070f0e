"""Public pages of certificates: one page each, and a form that finds them."""

from dataclasses import dataclass
from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from catalogue.addresses import good_url, producer_url
from catalogue.certification.checking import MOST_RESULTS, certificates_found
from catalogue.certification.facts import facts_for_goods
from catalogue.certification.models import FEWEST_CERTIFIED_STARS, Certificate
from catalogue.certification.rate import may_check
from catalogue.certification.rules import sale_decision
from catalogue.certification.standards import standards_of
from catalogue.certification.terms import StandingSince, standing_on
from catalogue.models import Product
from marketplace.clock import day_of, today
from marketplace.page_cache import public_page

QR_PIXELS_A_MODULE = 5


@dataclass(frozen=True, slots=True)
class Found:
    """One certificate in the list of what was found."""

    certificate: Certificate
    standing: StandingSince


@require_safe
def certificate_detail(request: HttpRequest, public_code: str) -> HttpResponse:
    """Show what a certificate says and what it is worth today; an unknown code gets an honest answer."""
    code = public_code.replace("\x00", "").lower()
    paper = (
        Certificate.objects.select_related(
            "product__producer__commune__province", "decision", "product__product_set"
        )
        # Fewer stars are kept as record; there is no certificate to show.
        .filter(public_code=code, stars__gte=FEWEST_CERTIFIED_STARS)
        .first()
    )
    if paper is None:
        return render(request, "certificates/unknown.html", {"asked": public_code[:60]}, status=404)
    if public_code != code:
        return redirect("certificates:detail", public_code=code, permanent=True)
    adult = _is_adult(request)
    if paper.product.alcohol != Product.Alcohol.NONE and not adult:
        return redirect(f"{reverse('age-declare')}?{urlencode({'next': request.get_full_path()})}")
    return public_page(render(request, "certificates/certificate.html", _context(paper, adult=adult)))


@require_safe
def certificate_check(request: HttpRequest) -> HttpResponse:
    """Find certificates by any of the codes that stand on a pack or a paper."""
    asked = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    if not asked:
        return public_page(render(request, "certificates/check.html", {"asked": ""}))
    if not may_check(request):
        return render(request, "certificates/check.html", {"asked": asked, "too_often": True}, status=429)
    papers = list(certificates_found(asked, adult=_is_adult(request))[: MOST_RESULTS + 1])
    if len(papers) == 1:
        return redirect("certificates:detail", public_code=papers[0].public_code)
    found = [Found(paper, standing_on(paper, today())) for paper in papers[:MOST_RESULTS]]
    context = {"asked": asked, "found": found, "more": len(papers) > MOST_RESULTS, "searched": True}
    return render(request, "certificates/check.html", context, status=200 if found else 404)


def _context(paper: Certificate, *, adult: bool) -> dict[str, Any]:
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    now = timezone.now()
    good = paper.product
    address = f"{settings.SITE_URL}{paper.get_absolute_url()}"
    shown = sale_decision(
        facts=facts_for_goods([good.pk])[good.pk], on=day_of(now), at=now, adult=adult
    ).shown
    return {
        "certificate": paper,
        "standing": standing_on(paper, day_of(now)),
        "today": day_of(now),
        "good": good,
        "producer": good.producer,
        "good_url": good_url(pk=good.pk, slug=good.slug, language=language) if shown else "",
        "producer_url": producer_url(code=good.producer.code, language=language) if good.producer else "",
        "evidence": paper.evidence,
        "standards": standards_of(good, on=day_of(now)),
        "address": address,
        "qr": _qr(address),
    }


def _qr(address: str) -> SafeString:
    """Return the QR of an address as inline SVG; its content is made here alone."""
    drawn = segno.make(address, error="m").svg_inline(
        scale=QR_PIXELS_A_MODULE,
        dark="#1e2a21",
        light="#ffffff",
        border=3,
        omitsize=True,
        svgclass="qr__code",
        lineclass=None,
    )
    return mark_safe(drawn)


def _is_adult(request: HttpRequest) -> bool:
    return bool(getattr(request, "is_adult", False))
