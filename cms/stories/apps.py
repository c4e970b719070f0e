from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save
from wagtail.signals import page_published, page_unpublished, post_page_move


class StoriesConfig(AppConfig):
    name = "cms.stories"
    label = "cms_stories"

    def ready(self) -> None:
        """Hand on at once what is published, taken back or locked; what comes about otherwise the worker finds."""
        from wagtail.models import PageViewRestriction

        from cms.stories.models import ProducerStoryPage
        from cms.stories.texts import story_texts_record

        for signal in (page_published, page_unpublished, post_delete):
            signal.connect(story_texts_record, sender=ProducerStoryPage)
        for signal in (post_save, post_delete):
            signal.connect(story_texts_record, sender=PageViewRestriction)
        post_page_move.connect(story_texts_record)
