"""What search engines read: schema.org Product with its offers, brand and certificate, as JSON-LD."""

import json
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from catalogue.certification.models import Certificate
from catalogue.good_page import GoodPage
from catalogue.models import Product

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
    if page.gallery:
        data["image"] = [absolute(picture.src) for picture in page.gallery]
    if certificate is not None:
        data["hasCertification"] = _certification(certificate)
    offers = [_offer(pack, good, address) for pack in page.packs if pack.price is not None]
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
        offer["priceValidUntil"] = pack.price.until.date().isoformat()
    return offer
