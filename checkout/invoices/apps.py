from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    name = "checkout.invoices"
    label = "invoices"
