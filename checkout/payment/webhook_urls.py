"""Where providers call: without a language, without a session."""

from django.urls import path

from checkout.payment.transfers.views import BankWebhookView
from checkout.payment.views import WebhookView

urlpatterns = [
    path("bank/", BankWebhookView.as_view(), name="bank_webhook"),
    path("<slug:gateway>/", WebhookView.as_view(), name="payment_webhook"),
]
