"""Where carriers call: without a language, without a session."""

from django.urls import path

from checkout.shipping.carriers.views import TrackingWebhookView

urlpatterns = [path("<slug:code>/", TrackingWebhookView.as_view(), name="carrier_webhook")]
