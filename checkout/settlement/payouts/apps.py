from django.apps import AppConfig


class PayoutsConfig(AppConfig):
    name = "checkout.settlement.payouts"
    label = "payouts"
