"""Disputes: what buyers' banks took back, those first that still want our answer."""

from django.db.models import F
from django.views.generic import ListView

from checkout.payment.models import Dispute
from marketplace.dashboard.payouts.finance_access import FinanceAccess


class DisputeListView(FinanceAccess, ListView):
    """Open ones first, by the day until which the bank waits."""

    template_name = "dashboard/payments/disputes.html"
    context_object_name = "disputes"
    paginate_by = 30
    queryset = Dispute.objects.select_related("payment__order").order_by(
        F("ended_at").desc(nulls_first=True), F("answer_by").asc(nulls_last=True), "-pk"
    )
