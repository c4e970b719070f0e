"""What the one rule says of a good, in words for whoever makes it, with what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.certification.rules import SaleDecision
from catalogue.certification.verdicts import VerdictReason


@dataclass(frozen=True, slots=True)
class Advice:
    """`kind` as `components/alert.html` takes it; `why` and `what_to_do` are empty where there is nothing to say."""

    kind: str
    title: str
    why: str = ""
    what_to_do: str = ""

    @property
    def text(self) -> str:
        return f"{self.why} {self.what_to_do}".strip()


_WHAT_TO_DO: dict[VerdictReason, str | Promise] = {
    VerdictReason.ALCOHOL_SUSPECTED: gettext_lazy(
        "The programme decides first whether this is alcohol. Tell it the product set and the strength."
    ),
    VerdictReason.NO_CERTIFICATE: gettext_lazy(
        "Send the programme the decision that recognises this product."
    ),
    VerdictReason.PROPOSED_ONLY: gettext_lazy("It comes into the shop once the decision is there."),
    VerdictReason.UNVERIFIED: gettext_lazy(
        "The programme compares the certificate with the paper. Send it a copy if you have been waiting long."
    ),
    VerdictReason.NOT_YET_IN_FORCE: gettext_lazy(
        "It comes into the shop on the first day of the certificate."
    ),
    VerdictReason.EXPIRED: gettext_lazy("Ask the programme about recognition anew; it takes some months."),
    VerdictReason.WITHDRAWN: gettext_lazy("Ask the programme why, and what has to be mended."),
    VerdictReason.TOO_FEW_STARS: gettext_lazy("From 3 stars on a product comes into the shop."),
    VerdictReason.NO_LICENCE: gettext_lazy(
        "Send the programme your licence to sell alcohol, with its dates."
    ),
    VerdictReason.NO_PACK: gettext_lazy("Add a pack with its price and stock."),
    VerdictReason.NO_PRICE: gettext_lazy("Write a price at one of the packs below."),
    VerdictReason.NO_STOCK: gettext_lazy("Count what is on the shelf and write it at the pack below."),
}


def advice_on(
    verdict: SaleDecision, *, has_packs: bool, suspended_because: str, missing: Sequence[str]
) -> Advice:
    """Return what to tell the producer: `missing` are particulars without which it can't become a seller."""
    reason = verdict.reason
    what_to_do = str(_WHAT_TO_DO.get(reason, ""))
    if reason == VerdictReason.SUSPENDED:
        what_to_do = _("The reason: %(reason)s Ask the programme once it is mended.") % {
            "reason": _sentence(suspended_because)
        }
    elif reason == VerdictReason.SELLER_NOT_VERIFIED:
        what_to_do = _seller_text(missing)
        if not has_packs:
            what_to_do = f"{what_to_do} {_('Packs, prices and pictures can be prepared meanwhile.')}"
    if verdict.sold:
        return Advice("good", _("On sale"), what_to_do=_("Buyers find it and can order it."))
    if verdict.shown:
        return Advice("warning", _("In the shop, but not on sale"), str(reason.text), what_to_do)
    return Advice("error", _("Not in the shop"), str(reason.text), what_to_do)


def _seller_text(missing: Sequence[str]) -> str:
    if missing:
        return _("Send the programme what is missing: %(what)s.") % {"what": ", ".join(missing)}
    return _("The programme compares your particulars with the papers, then your goods are on sale.")


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
