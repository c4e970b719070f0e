"""Addresses of payments inside the back office."""

from django.urls import path

from marketplace.dashboard.payments import disputes, events

urlpatterns = [
    path("programme/payments/events/", events.EventListView.as_view(), name="payment-events"),
    path("programme/payments/events/<int:pk>/", events.EventDetailView.as_view(), name="payment-event"),
    path(
        "programme/payments/events/<int:pk>/replay/",
        events.EventReplayView.as_view(),
        name="payment-event-replay",
    ),
    path("programme/payments/disputes/", disputes.DisputeListView.as_view(), name="disputes"),
]
