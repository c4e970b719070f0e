"""Where providers call: without a language, without a session."""

from django.urls import path

from checkout.payment.views import WebhookView

urlpatterns = [path("<slug:gateway>/", WebhookView.as_view(), name="payment_webhook")]
