from django.apps import AppConfig


class JoiningConfig(AppConfig):
    name = "catalogue.producers.joining"
    label = "joining"
