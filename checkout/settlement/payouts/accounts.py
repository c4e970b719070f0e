"""Producers' bank accounts: given by an owner, held for a while, confirmed by finance where the holder's name is another."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.producers.matching import producer_key
from catalogue.producers.models import Partner
from checkout.settlement.banks import banks
from checkout.settlement.payouts.errors import AccountRefused
from checkout.settlement.payouts.models import AccountDecision, BankAccount
from checkout.settlement.payouts.notices import tell_account_changed, tell_account_decided
from checkout.settlement.payouts.terms import terms_on
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record
from marketplace.clock import today
from marketplace.folding import folded

_NUMBER: Final = re.compile(r"[0-9A-Z]{5,24}")
_BETWEEN_DIGITS: Final = re.compile(r"[\s.\-]+")
#: What banks' systems take in a holder's name.
_NOT_IN_A_HOLDER: Final = re.compile(r"[^A-Z0-9 ]+")


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether money may go to an account now, and if not, why, in the reader's language."""

    is_usable: bool
    words: str


def account_number(typed: str) -> str:
    """Return an account's number as banks write it. Raises AccountRefused."""
    number = _BETWEEN_DIGITS.sub("", typed).upper()
    if not _NUMBER.fullmatch(number):
        raise AccountRefused(
            _("An account number has 5 to 24 digits (some banks: letters too), nothing else.")
        )
    return number


def holder_as_printed(name: str) -> str:
    """Return a holder's name as banks print it: capitals without marks."""
    return _NOT_IN_A_HOLDER.sub(" ", folded(name).upper()).strip()


def holder_fits(holder: str, producer: Partner) -> bool:
    """Return whether `holder` is the producer's name or its representative's, marks, case and short forms (HTX, TNHH) aside."""
    key = _name_key(holder)
    return bool(key) and key in {_name_key(producer.name), _name_key(producer.representative)}


def _name_key(name: str) -> str:
    return folded(producer_key(name)).replace("trach nhiem huu han", "tnhh")


@transaction.atomic
def account_give(*, producer: Partner, bank_bin: str, number: str, holder: str, by: User) -> BankAccount:
    """Write where the producer's money goes from now on; every owner is told at once.

    Nothing goes there before the hold is over. Raises AccountRefused where the bank is unknown, the number can't be one, no holder is named,
    or it is the account that holds already.
    """
    if bank_bin not in banks():
        raise AccountRefused(_("Choose the bank from the list."))
    number, holder = account_number(number), holder_as_printed(holder)
    if not holder:
        raise AccountRefused(_("Say whose account it is."))
    Partner.objects.select_for_update(of=("self",), no_key=True).get(pk=producer.pk)
    now = current_account(producer)
    if now and (now.bank_bin, now.number, now.holder) == (bank_bin, number, holder):
        raise AccountRefused(_("This is the account that we have already."))
    given_at = timezone.now()
    account = BankAccount.objects.create(
        producer=producer,
        bank_bin=bank_bin,
        number=number,
        holder=holder,
        holder_fits=holder_fits(holder, producer),
        given_at=given_at,
        given_by=by,
        usable_from=given_at + timedelta(hours=terms_on(today()).account_hold_hours),
    )
    audit_record(action="payout_account.given", subject=producer, words=str(account), actor=by)
    tell_account_changed(account)
    return account


@transaction.atomic
def account_decide(*, account: BankAccount, verdict: str, reason: str, by: User) -> AccountDecision:
    """Confirm or refuse an account for a reason that stands in its history; the owners are told. Raises AccountRefused without a reason."""
    if not reason.strip():
        raise AccountRefused(_("Say what was checked."))
    decision = _decide(account, verdict, reason, by)
    tell_account_decided(decision)
    return decision


def account_put_on_hold(*, account: BankAccount, reason: str, by: User) -> AccountDecision:
    """Send nothing more to an account from which the bank sent money back, within the caller's transaction, which tells the owners."""
    return _decide(account, AccountDecision.Verdict.REFUSED, reason, by)


def _decide(account: BankAccount, verdict: str, reason: str, by: User) -> AccountDecision:
    decision = AccountDecision.objects.create(
        account=account, verdict=verdict, reason=reason.strip()[:255], by=by
    )
    audit_record(
        action=f"payout_account.{verdict}",
        subject=account.producer,
        words=str(account),
        reason=reason,
        actor=by,
    )
    return decision


def current_account(producer: Partner) -> BankAccount | None:
    """Return the account that holds, usable or not; none while none was given."""
    return current_accounts([producer.pk]).get(producer.pk)


def current_accounts(producer_pks: list[int]) -> dict[int, BankAccount]:
    """Return by producer the account that holds, decisions loaded: two queries for any number of producers."""
    given = (
        BankAccount.objects.filter(producer__in=producer_pks)
        .order_by("given_at", "pk")
        .prefetch_related(Prefetch("decisions", AccountDecision.objects.order_by("-at", "-pk")))
    )
    return {account.producer_id: account for account in given}


def accounts_to_look_at() -> QuerySet[BankAccount]:
    """Return the accounts that hold and whose holder is named otherwise, while finance hasn't decided."""
    newer = BankAccount.objects.filter(producer=OuterRef("producer"), pk__gt=OuterRef("pk"))
    return BankAccount.objects.filter(~Exists(newer), holder_fits=False, decisions=None)


def may_be_confirmed(account: BankAccount | None) -> bool:
    """Return whether finance's word would let money go to an account: its holder is named otherwise, or it was refused, also because money came back."""
    if account is None:
        return False
    newest = _newest_decision(account)
    return newest.verdict == AccountDecision.Verdict.REFUSED if newest else not account.holder_fits


def standing_of(account: BankAccount | None, *, at: datetime | None = None) -> Standing:
    """Return whether money may go to `account` at a moment (now, unless said)."""
    at = at or timezone.now()
    if account is None:
        return Standing(False, _("No bank account was given yet."))
    newest = _newest_decision(account)
    if newest and newest.verdict == AccountDecision.Verdict.REFUSED:
        return Standing(False, _("The account was refused: %(reason)s") % {"reason": newest.reason})
    if not account.holder_fits and newest is None:
        return Standing(
            False, _("The holder's name is neither the producer's nor its representative's: we look at it.")
        )
    if at < account.usable_from:
        local = timezone.localtime(account.usable_from)
        return Standing(
            False,
            _(
                "The account was changed a short time ago: for your safety money goes there from %(moment)s on."
            )
            % {"moment": local.strftime("%H:%M %d/%m/%Y")},
        )
    return Standing(True, "")


def _newest_decision(account: BankAccount) -> AccountDecision | None:
    """Return the decision that holds; the newest comes first, loaded or not."""
    return next(iter(account.decisions.all()), None)
