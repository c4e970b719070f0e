"""Addresses of the sandbox provider: the same in every language, as a provider's are."""

from django.urls import path

from checkout.payment.sandbox.views import SandboxPageView, SandboxRefundView

app_name = "sandbox_pay"

urlpatterns = [
    path("refunds/", SandboxRefundView.as_view(), name="refunds"),
    path("<slug:reference>/", SandboxPageView.as_view(), name="page"),
]
