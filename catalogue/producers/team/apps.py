from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "catalogue.producers.team"
    label = "team"
