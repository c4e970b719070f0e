"""Which dated rule of paying holds, and writing the next one."""

from datetime import date
from typing import Final, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from checkout.payment.dated import CashLimit, Dated, DollarRate
from checkout.payment.errors import PaymentError
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record
from marketplace.clock import today
from marketplace.page_cache import raise_generation

Rule = TypeVar("Rule", bound=Dated)

_ACTIONS: Final = {CashLimit: "cash_limit.written", DollarRate: "dollar_rate.written"}


class RuleRefused(PaymentError):
    """A rule that would change what held already."""


def rule_on(kind: type[Rule], day: date) -> Rule | None:
    """Return the rule of this kind that holds on `day`; None before the first one."""
    begun: Rule | None = kind._default_manager.filter(valid_from__lte=day).order_by("-valid_from").first()
    return begun


@transaction.atomic
def rule_write(*, rule: Rule, by: User) -> Rule:
    """Write a rule that begins today or later; one of the same day is replaced. Raises RuleRefused for a day that is past."""
    if rule.valid_from < today():
        refused = RuleRefused()
        refused.message = _("This can begin today at the earliest: orders were placed by the earlier one.")
        raise refused
    kind = type(rule)
    same = kind._default_manager.select_for_update().filter(valid_from=rule.valid_from).first()
    rule.pk = same.pk if same else None
    rule.written_by = by
    rule.save()
    raise_generation()  # a page that is cached may show the estimate
    audit_record(action=_ACTIONS[kind], subject=rule, actor=by)  # type: ignore[index]
    return rule
