from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "checkout.payment.transfers"
    label = "transfers"
