"""Addresses of payments inside the back office."""

from django.urls import path

from marketplace.dashboard.payments import disputes, events, rules

urlpatterns = [
    path("programme/payments/", events.EventListView.as_view(), name="payment-events"),
    path("programme/payments/events/<int:pk>/", events.EventDetailView.as_view(), name="payment-event"),
    path(
        "programme/payments/events/<int:pk>/replay/",
        events.EventReplayView.as_view(),
        name="payment-event-replay",
    ),
    path("programme/payments/disputes/", disputes.DisputeListView.as_view(), name="disputes"),
    path("programme/payments/disputes/<int:pk>/", disputes.DisputeView.as_view(), name="dispute"),
    path("programme/payments/cash/", rules.CashLimitListView.as_view(), name="cash-limits"),
    path("programme/payments/cash/new/", rules.CashLimitCreateView.as_view(), name="cash-limit-new"),
    path("programme/payments/dollar/", rules.DollarRateListView.as_view(), name="dollar-rates"),
    path("programme/payments/dollar/new/", rules.DollarRateCreateView.as_view(), name="dollar-rate-new"),
]
