"""What providers told us: every event, what came of it, and those that wait for a person tried again."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import DetailView, ListView, View

from checkout.order.numbers import read_order_number
from checkout.payment.gateways import GATEWAYS
from checkout.payment.models import WebhookEvent
from checkout.payment.services import is_replayable, webhook_event_replay
from marketplace.dashboard.filters import filters_kept
from marketplace.dashboard.payments.words import event_facts, outcome_words
from marketplace.dashboard.payouts.finance_access import FinanceAccess


class EventAccess(FinanceAccess):
    """Events belong to the account at the provider, which all provinces share."""

    def get_queryset(self) -> QuerySet[WebhookEvent]:
        return WebhookEvent.objects.select_related("order").order_by("-received_at", "-pk")


class EventListView(EventAccess, ListView):
    """Newest first; narrowed by state, provider, and the number of an order or of the event."""

    template_name = "dashboard/payments/events.html"
    context_object_name = "events"
    paginate_by = 30

    def get_queryset(self) -> QuerySet[WebhookEvent]:
        found = super().get_queryset()
        if (state := self.request.GET.get("state", "")) in WebhookEvent.State.values:
            found = found.filter(state=state)
        if (gateway := self.request.GET.get("gateway", "")) in GATEWAYS:
            found = found.filter(gateway=gateway)
        if words := self.request.GET.get("q", "").strip()[:255]:
            found = found.filter(
                Q(order__number__iexact=read_order_number(words) or words) | Q(event_id=words)
            )
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {
            **context,
            "rows": [(event, outcome_words(event.outcome)) for event in context["events"]],
            "states": WebhookEvent.State.choices,
            "gateways": [code for code in GATEWAYS if code != "cash"],
            "state": self.request.GET.get("state", ""),
            "gateway": self.request.GET.get("gateway", ""),
            "is_narrowed": any(self.request.GET.get(name) for name in ("q", "state", "gateway")),
            "query": filters_kept(self.request),
        }


class EventDetailView(EventAccess, DetailView):
    """One event: the facts that were kept of it, and how often it was tried."""

    template_name = "dashboard/payments/event.html"
    context_object_name = "event"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event: WebhookEvent = self.object
        return super().get_context_data(
            **kwargs,
            facts=event_facts(event.payload),
            outcome=outcome_words(event.outcome),
            is_replayable=is_replayable(event),
        )


class EventReplayView(EventAccess, View):
    """Tries an event again that was given up or found no payment of ours, or at once one that waits for its next try."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        event = get_object_or_404(self.get_queryset(), pk=pk)
        if webhook_event_replay(event=event, by=self.request.user):
            messages.success(request, _("The event is tried again. Look here in a moment."))
        else:
            messages.info(request, _("This event has been dealt with: there is nothing to try again."))
        return redirect("dashboard:payment-event", pk=pk)
