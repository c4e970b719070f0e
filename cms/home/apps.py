from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "cms.home"
    label = "cms_home"

    def ready(self) -> None:
        from cms.pictures import keep_metadata_out  # reads models

        keep_metadata_out()
