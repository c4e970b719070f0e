from django.apps import AppConfig


class RegionsConfig(AppConfig):
    name = "cms.regions"
    label = "cms_regions"
