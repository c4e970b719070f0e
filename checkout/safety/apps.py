from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "checkout.safety"
    label = "safety"
