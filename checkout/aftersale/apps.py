from django.apps import AppConfig


class AftersaleConfig(AppConfig):
    name = "checkout.aftersale"
    label = "aftersale"
