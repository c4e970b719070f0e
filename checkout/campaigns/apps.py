from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "checkout.campaigns"
    label = "campaigns"
