"""Writes reasons and terms: nothing that held is overwritten, the next row begins the day after the last one ended."""

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from checkout.aftersale.errors import CaseNotPossible
from checkout.aftersale.models import Reason, Terms
from marketplace.clock import today

logger = logging.getLogger(__name__)


@transaction.atomic
def reason_follow(*, reason: Reason, by: Any = None) -> Reason:
    """Let `reason` (unsaved, with the code of one that holds) follow the present one from its first day on; cases keep theirs.

    One that was still to come on that day is replaced where no case knows it. Raises CaseNotPossible where it would begin before today.
    """
    if reason.valid_from < today():
        raise CaseNotPossible(_("This can begin today at the earliest."))
    before = Reason.objects.select_for_update().filter(code=reason.code)
    same_day = before.filter(valid_from=reason.valid_from)
    if same_day.filter(cases__isnull=False).exists():
        raise CaseNotPossible(_("Cases were opened by it today already: let the change begin tomorrow."))
    same_day.delete()
    before.filter(valid_from__lt=reason.valid_from).exclude(valid_until__lt=reason.valid_from).update(
        valid_until=reason.valid_from - timedelta(days=1)
    )
    reason.pk = None
    reason.save(force_insert=True)
    logger.info("reason %s from %s, by %s", reason.code, reason.valid_from, getattr(by, "pk", None))
    return reason


@transaction.atomic
def terms_follow(*, terms: Terms, by: Any = None) -> Terms:
    """Let `terms` (unsaved) hold from their first day on; days that are running stay as they are. Raises CaseNotPossible."""
    if terms.valid_from < today():
        raise CaseNotPossible(_("This can begin today at the earliest."))
    Terms.objects.filter(valid_from=terms.valid_from).delete()
    terms.pk = None
    terms.save(force_insert=True)
    logger.info("terms of cases from %s, by %s", terms.valid_from, getattr(by, "pk", None))
    return terms
