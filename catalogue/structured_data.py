"""What search engines read: schema.org Product with its offers, brand and certificate, as JSON-LD."""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from catalogue.certification.models import Certificate
from catalogue.good_page import GoodPage
from catalogue.models import Product
from catalogue.reviews.models import ProductReview
from catalogue.reviews.ratings import Rating
from marketplace.clock import day_of

#: A data block ends at the first `</script>`, whatever the JSON around it says.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def product_json_ld(
    good: Product, page: GoodPage, certificate: Certificate | None, *, address: str
) -> SafeString:
    """Return the JSON of a data block; `address` is the page's canonical address with host."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": good.title,
        "url": address,
        "brand": {"@type": "Brand", "name": str(good.producer)},
    }
    if good.description:
        data["description"] = good.description
    if good.ocop_code:
        data["sku"] = good.ocop_code
    if good.sector is not None:
        data["category"] = good.sector.name
    if page.gallery:
        data["image"] = [absolute(picture.src) for picture in page.gallery]
    if page.rating:
        data["aggregateRating"] = _aggregate_rating(page.rating)
        data["review"] = [_review(review) for review in page.reviews]
    if certificate is not None:
        data["hasCertification"] = _certification(certificate)
    # Only what a visitor may buy here, today or once it is back on the shelf: a price alone is no offer.
    offers = [
        _offer(pack, good, address)
        for pack in page.packs
        if pack.price is not None and (pack.sold or pack.sold_out)
    ]
    if offers:
        data["offers"] = offers
    return as_data_block(data)


def as_data_block(data: dict[str, Any]) -> SafeString:
    """Return JSON that can stand inside a `<script type="application/ld+json">`."""
    return mark_safe(json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES))


def absolute(address: str) -> str:
    """Return `address` with the site's host where it has none."""
    return address if "://" in address else f"{settings.SITE_URL.rstrip('/')}{address}"


def _certification(certificate: Certificate) -> dict[str, Any]:
    data: dict[str, Any] = {
        "@type": "Certification",
        "name": f"OCOP {certificate.stars} sao",
        "certificationRating": {"@type": "Rating", "ratingValue": certificate.stars, "bestRating": 5},
    }
    if certificate.decision is not None:
        data["certificationIdentification"] = certificate.official_code or certificate.decision.number
        data["issuedBy"] = {"@type": "GovernmentOrganization", "name": certificate.decision.authority}
    if certificate.valid_from and certificate.valid_until:
        data["validFrom"] = certificate.valid_from.isoformat()
        data["expires"] = certificate.valid_until.isoformat()
    return data


def _aggregate_rating(rating: Rating) -> dict[str, Any]:
    return {
        "@type": "AggregateRating",
        "ratingValue": rating.mean,
        "reviewCount": rating.count,
        "bestRating": 5,
        "worstRating": 1,
    }


def _review(review: ProductReview) -> dict[str, Any]:
    return {
        "@type": "Review",
        "author": {"@type": "Person", "name": review.author_name or _("A buyer")},
        "datePublished": day_of(review.created_at).isoformat(),
        "reviewBody": review.text,
        "reviewRating": {"@type": "Rating", "ratingValue": review.stars, "bestRating": 5, "worstRating": 1},
    }


def _offer(pack: Any, good: Product, address: str) -> dict[str, Any]:
    stock = "InStock" if pack.sold else "OutOfStock"
    offer: dict[str, Any] = {
        "@type": "Offer",
        "name": pack.label,
        "price": str(pack.price.now),
        "priceCurrency": settings.OSCAR_DEFAULT_CURRENCY,
        "availability": f"https://schema.org/{stock}",
        "url": f"{address}?pack={pack.pk}",
        "seller": {"@type": "Organization", "name": str(good.producer)},
    }
    if pack.price.until is not None:
        # `until` is the first moment of another price; the standard asks for the last day of this one.
        offer["priceValidUntil"] = day_of(pack.price.until - timedelta(microseconds=1)).isoformat()
    return offer
