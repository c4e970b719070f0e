"""The reasons of the one rule, in the words of those who read them."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class VerdictReason(StrEnum):
    """Why a good is sold, only shown, or neither."""

    SOLD = "sold"
    # Hidden
    SUSPENDED = "suspended"
    ALCOHOL_SUSPECTED = "alcohol_suspected"
    AGE_NOT_DECLARED = "age_not_declared"
    NO_CERTIFICATE = "no_certificate"
    PROPOSED_ONLY = "proposed_only"
    UNVERIFIED = "unverified"
    NOT_YET_IN_FORCE = "not_yet_in_force"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    TOO_FEW_STARS = "too_few_stars"
    # Shown, not sold
    SELLER_NOT_VERIFIED = "seller_not_verified"
    NO_LICENCE = "no_licence"
    NO_PACK = "no_pack"
    NO_PRICE = "no_price"
    NO_STOCK = "no_stock"

    @property
    def text(self) -> str | Promise:
        """The reason for a buyer: short, polite, and true."""
        return _TEXTS[self]


_TEXTS: dict[VerdictReason, str | Promise] = {
    VerdictReason.SOLD: _("On sale."),
    VerdictReason.SUSPENDED: _("This listing is suspended."),
    VerdictReason.ALCOHOL_SUSPECTED: _("We are still checking what kind of goods this is."),
    VerdictReason.AGE_NOT_DECLARED: _(
        "Alcohol is for people aged 18 or older: please declare your age first."
    ),
    VerdictReason.NO_CERTIFICATE: _("This product has no OCOP certificate."),
    VerdictReason.PROPOSED_ONLY: _(
        "This product is proposed for OCOP recognition; no decision has been taken yet."
    ),
    VerdictReason.UNVERIFIED: _("The OCOP certificate of this product has not been verified yet."),
    VerdictReason.NOT_YET_IN_FORCE: _("The OCOP certificate of this product is not in force yet."),
    VerdictReason.EXPIRED: _("The OCOP certificate of this product has expired."),
    VerdictReason.WITHDRAWN: _("The OCOP certificate of this product has been withdrawn."),
    VerdictReason.TOO_FEW_STARS: _("Products with fewer than 3 stars are not certified."),
    VerdictReason.SELLER_NOT_VERIFIED: _("Not sold online yet: the producer is not a verified seller here."),
    VerdictReason.NO_LICENCE: _("The producer's licence to sell alcohol is not on file."),
    VerdictReason.NO_PACK: _("Not sold online yet."),
    VerdictReason.NO_PRICE: _("Not sold online yet: there is no price."),
    VerdictReason.NO_STOCK: _("Out of stock."),
}
