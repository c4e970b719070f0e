from django.apps import AppConfig


class SandboxProviderConfig(AppConfig):
    name = "checkout.payment.sandbox"
    label = "sandbox_provider"
