from django.apps import AppConfig


class SettlementConfig(AppConfig):
    name = "checkout.settlement"
    label = "settlement"
