"""Offers in words: what they give, and why one doesn't hold."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkout.offer.models import Benefit, Condition, ConditionalOffer
from checkout.offer.uses import UseCounts, is_spent_by_buyer, is_spent_today
from checkout.voucher.models import Voucher
from marketplace.money import format_dong

if TYPE_CHECKING:
    from checkout.offer.till import Till


def promise_words(offer: ConditionalOffer) -> str:
    """Say what an offer gives: `10 % off, at most 50.000 ₫`."""
    benefit, value = offer.benefit, int(offer.benefit.value)
    match benefit.type:
        case Benefit.PERCENTAGE:
            words = _("%(percent)d%% off") % {"percent": value}
        case Benefit.FIXED:
            words = _("%(amount)s off") % {"amount": format_dong(value)}
        case Benefit.MULTIBUY:
            bundle = int(offer.condition.value)
            words = _("%(bundle)d packs for the price of %(paid)d") % {
                "bundle": bundle,
                "paid": bundle - value,
            }
        case _:
            words = (
                _("free delivery")
                if value == 100
                else _("%(percent)d%% off the delivery charge") % {"percent": value}
            )
    if benefit.largest_amount and benefit.type != Benefit.FIXED:
        return _("%(promise)s, at most %(amount)s") % {
            "promise": words,
            "amount": format_dong(benefit.largest_amount),
        }
    return words


def condition_words(offer: ConditionalOffer) -> str:
    """Say what must lie in the basket; empty where anything of the range is enough."""
    value = int(offer.condition.value)
    if offer.condition.type == Condition.VALUE:
        if not value:
            return ""
        if offer.is_on_delivery:
            return _("from %(amount)s of goods in one parcel") % {"amount": format_dong(value)}
        return _("from %(amount)s of goods") % {"amount": format_dong(value)}
    if offer.benefit.type == Benefit.MULTIBUY or value <= 1:
        return ""
    return ngettext("from %(count)d pack", "from %(count)d packs", value) % {"count": value}


def standing_words(offer: ConditionalOffer, voucher: Voucher | None, counts: UseCounts, at: datetime) -> str:
    """Say why an offer can't be used by this buyer at this moment; empty where it can."""
    match offer.phase(at):
        case ConditionalOffer.Phase.STOPPED:
            return _("It was stopped.")
        case ConditionalOffer.Phase.COMING:
            return _("It begins at %(moment)s.") % {"moment": _moment(offer.start_datetime)}
        case ConditionalOffer.Phase.ENDED:
            return _("It ended at %(moment)s.") % {"moment": _moment(offer.end_datetime)}
        case ConditionalOffer.Phase.USED_UP:
            return used_up_words()
    if voucher is not None and voucher.usage == Voucher.SINGLE_USE and voucher.num_orders:
        return _("This code has been used already; it holds for one order.")
    if is_spent_by_buyer(offer, counts):
        return ngettext(
            "You have used it already; it can be used once per buyer.",
            "You have used it %(count)d times already, the most per buyer.",
            offer.max_user_applications or 0,
        ) % {"count": offer.max_user_applications}
    if is_spent_today(offer, counts):
        return _("It is used up for today; tomorrow it can be used again.")
    return ""


def used_up_words() -> str:
    """Say that nobody can use an offer any more."""
    return _("It is used up.")


def missing_words(offer: ConditionalOffer, till: "Till") -> str:
    """Say what is missing for an offer; empty where nothing is."""
    missing = offer.condition.proxy().missing(offer, till)
    if not missing:
        return ""
    values = {"name": offer.name, "amount": format_dong(missing), "count": missing}
    if offer.condition.type == Condition.VALUE:
        return _("%(amount)s more of these goods for “%(name)s”:") % values
    return (
        ngettext(
            "%(count)d more pack of these goods for “%(name)s”:",
            "%(count)d more packs of these goods for “%(name)s”:",
            missing,
        )
        % values
    )


def no_effect_words(offer: ConditionalOffer, till: "Till | None") -> str:
    """Say why a code that may be used takes nothing off these goods."""
    covered = till.covered(offer) if till else []
    if till is None or not covered:
        return _not_for_these_goods(offer)
    if missing := _minimum_missing(offer, [till]):
        return missing
    rival = next((rival for line in covered if (rival := line.rival(offer))), None)
    if rival is not None:
        return _("It doesn't go together with “%(name)s”, which saves you more.") % {"name": rival.name}
    if offer.budget_left is not None and any(line.room(offer) for line in covered):
        return used_up_words()
    return _("These goods are reduced as far as the law allows already.")


def no_delivery_words(offer: ConditionalOffer, tills: "Sequence[Till]") -> str:
    """Say why a code for delivery takes nothing off any parcel."""
    covered = [till for till in tills if till.covered(offer)]
    if not covered:
        return _not_for_these_goods(offer)
    if all(not offer.is_condition_satisfied(till) for till in covered):
        return _minimum_missing(offer, covered)
    return _("No parcel here costs anything for its way that it could take off.")


def rival_words(offer: ConditionalOffer, rival: ConditionalOffer) -> str:
    """Say that an offer leaves out goods which another has reduced."""
    return _("“%(name)s” leaves out goods that “%(rival)s” reduces: the two don't go together.") % {
        "name": offer.name,
        "rival": rival.name,
    }


def _minimum_missing(offer: ConditionalOffer, tills: "Sequence[Till]") -> str:
    missing = min(offer.condition.proxy().missing(offer, till) for till in tills)
    if not missing:
        return ""
    if offer.condition.type == Condition.VALUE:
        words = (
            _("It holds from %(minimum)s of goods in one parcel: %(missing)s are missing.")
            if offer.is_on_delivery
            else _("It holds from %(minimum)s of these goods: %(missing)s are missing.")
        )
        return words % {
            "minimum": format_dong(offer.condition.value),
            "missing": format_dong(missing),
        }
    return ngettext(
        "It holds from %(minimum)d packs of these goods: %(missing)d is missing.",
        "It holds from %(minimum)d packs of these goods: %(missing)d are missing.",
        missing,
    ) % {"minimum": int(offer.condition.value), "missing": missing}


def _not_for_these_goods(offer: ConditionalOffer) -> str:
    if offer.producer is not None:
        return _("It is for goods of %(producer)s only; none of them can be reduced here.") % {
            "producer": offer.producer.name
        }
    return _("It is not for these goods.")


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "H:i d/m/Y")
