"""What happens with codes: entered into a basket, taken out again, made by the hundred.

A basket holds one code for goods and one for delivery; another of the same kind takes the place of the first.
"""

import secrets
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from checkout.basket.models import Basket
from checkout.basket.services import basket_lock
from checkout.offer.errors import CodeRefused, CodeUnknown, OfferIncomplete
from checkout.offer.models import ConditionalOffer
from checkout.offer.uses import OfferBuyer, UseCounts, use_counts
from checkout.offer.words import standing_words
from checkout.voucher.models import Voucher, VoucherSet
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record
from marketplace.clock import day_of

#: Letters and digits without look-alikes, as in order numbers.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
#: Of a code that is made: 31^9 of them, so that guessing one of a million takes years at any rate that is let through.
MADE_LENGTH = 9
MOST_AT_ONCE = 5_000
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Entered:
    """A code that lies in the basket now, and the one whose place it took."""

    voucher: Voucher
    replaced: Voucher | None


def read_code(typed: str) -> str:
    """Return a code as it is kept: capitals, without the spaces that a phone's keyboard adds, or what nobody can print."""
    return "".join(filter(str.isprintable, "".join(typed.split()))).upper()[: LONGEST + 1]


def code_enter(*, basket: Basket, typed: str) -> Entered:
    """Put a code into an open basket.

    A code that could hold for other goods, or for more of them, is taken: the basket says what is missing. Raises CodeRefused with the
    reason, CodeUnknown (which whoever asks has to count), and BasketClosed.
    """
    code = read_code(typed)
    if not code:
        raise CodeRefused(_("Please write the code."))
    voucher = Voucher.objects.filter(code=code).select_related("offer__benefit", "offer__condition").first()
    if voucher is None:
        raise CodeUnknown(
            _("We know no code “%(code)s”. Please check how it is written.") % {"code": code[:LONGEST]}
        )
    if why := _standing(voucher, basket):
        raise CodeRefused(f"{voucher.code}: {why}")
    return _put(voucher, basket)


@transaction.atomic
def code_remove(*, basket: Basket, voucher_id: int) -> None:
    """Take a code out of an open basket; one that isn't there is left alone. Raises BasketClosed."""
    basket_lock(basket)
    basket.vouchers.remove(voucher_id)


@transaction.atomic
def code_make(*, offer: ConditionalOffer, code: str) -> Voucher:
    """Make one code, which everybody may know, for an offer by code. Raises OfferIncomplete."""
    read = read_code(code)
    if not 4 <= len(read) <= LONGEST or not all(sign.isalnum() or sign in "-_" for sign in read):
        raise OfferIncomplete(
            _("A code has 4 to %(most)d letters, digits and hyphens.") % {"most": LONGEST}, field="code"
        )
    if Voucher.objects.filter(code=read).exists():
        raise OfferIncomplete(_("This code exists already. Please choose another."), field="code")
    return Voucher.objects.create(offer=offer, code=read, usage=Voucher.MULTI_USE)


@transaction.atomic
def codes_make(*, offer: ConditionalOffer, count: int, name: str = "", by: User | None = None) -> VoucherSet:
    """Make `count` codes that nobody can guess, each for one order, and return their set. Raises OfferIncomplete."""
    if not 1 <= count <= MOST_AT_ONCE:
        raise OfferIncomplete(
            _("Between 1 and %(most)d codes can be made at once.") % {"most": MOST_AT_ONCE}, field="count"
        )
    made = VoucherSet.objects.create(offer=offer, name=name[:128], count=count, code_length=MADE_LENGTH)
    codes: set[str] = set()
    while len(codes) < count:
        codes.add("".join(secrets.choice(ALPHABET) for _place in range(MADE_LENGTH)))
    Voucher.objects.bulk_create(
        (
            Voucher(offer=offer, voucher_set=made, code=code, usage=Voucher.SINGLE_USE)
            for code in sorted(codes)
        ),
        batch_size=500,
    )
    audit_record(action="codes.made", subject=offer, changes={"codes": [0, count]}, actor=by)
    return made


@transaction.atomic
def _put(voucher: Voucher, basket: Basket) -> Entered:
    basket_lock(basket)
    kept = basket.vouchers.select_related("offer__benefit").exclude(pk=voucher.pk)
    replaced = [one for one in kept if one.offer.is_on_delivery == voucher.offer.is_on_delivery]
    basket.vouchers.remove(*replaced)
    basket.vouchers.add(voucher)
    return Entered(voucher, replaced[0] if replaced else None)


def _standing(voucher: Voucher, basket: Basket) -> str:
    """Say why nobody, or not this buyer, can use the code at this moment; empty where it can be used."""
    now = timezone.now()
    offer = voucher.offer
    counts = use_counts([offer], buyer=OfferBuyer(basket.owner_id), day=day_of(now))
    return standing_words(offer, voucher, counts.get(offer.pk, UseCounts()), now)
