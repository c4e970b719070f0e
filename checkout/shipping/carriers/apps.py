from django.apps import AppConfig


class CarriersConfig(AppConfig):
    name = "checkout.shipping.carriers"
    label = "carriers"
