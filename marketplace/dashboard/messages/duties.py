"""Talks on the first screens: what buyers wrote that nobody has opened, what was reported."""

from datetime import datetime
from typing import cast

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue.producers.models import Membership
from checkout.messages.models import MessageReport
from checkout.messages.selectors import waiting_for
from marketplace.accounts.roles import Scope
from marketplace.dashboard.access import member_may_open
from marketplace.dashboard.duty import Duty


def message_duties(membership: Membership) -> list[Duty]:
    """Return about how many orders buyers wrote something that nobody has opened, for whoever may read it; one query."""
    if not member_may_open(membership, "own-talks"):
        return []
    waiting = waiting_for(membership.producer_id)
    count = cast(int, waiting["count"])
    if not count:
        return []
    days = (timezone.now() - cast(datetime, waiting["since"])).days
    url = reverse("dashboard:own-talks", kwargs={"producer_pk": membership.producer_id})
    title = ngettext("order with new messages", "orders with new messages", count)
    return [Duty(count, title, _("The buyer waits for your word."), url, _("Read"), urgent=days >= 1)]


def reported_message_duties(scope: Scope) -> list[Duty]:
    """Return how many private messages somebody reported, in the provinces of `scope`."""
    reports = MessageReport.objects.filter(
        scope.q("message__consignment__producer__commune__province"), settled_at=None
    )
    count = reports.order_by().count()
    text = _("As long as a report is open, you may read the talk; that is noted.")
    url = reverse("dashboard:reported-talks")
    return [Duty(count, _("reported messages"), text, url, _("Look"))] if count else []
