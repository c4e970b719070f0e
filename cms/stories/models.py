"""Stories of producers."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from catalogue.producers.models import Partner
from cms.blocks.blocks import StoryBlocks
from cms.blocks.pages import BlockPageMixin
from cms.regions.models import Landscape


class StoryIndexPage(BlockPageMixin, Page):
    """All stories."""

    introduction = models.TextField(_("introduction"), blank=True)

    template = "cms/story_index.html"
    streams = ()
    parent_page_types = ["cms_home.HomePage"]
    subpage_types = ["cms_stories.ProducerStoryPage"]
    max_count_per_parent = 1
    content_panels = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("all stories")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the stories, newest first."""
        context = super().get_context(request, *args, **kwargs)
        context["stories"] = (
            ProducerStoryPage.objects.live()
            .child_of(self)
            .select_related("producer")
            .order_by("-first_published_at")
        )
        return context


class ProducerStoryPage(BlockPageMixin, Page):
    """The story of one producer, with its goods to buy."""

    producer = models.ForeignKey(
        Partner, verbose_name=_("producer"), on_delete=models.PROTECT, related_name="story_pages"
    )
    introduction = models.TextField(_("introduction"))
    picture = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("picture"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    landscape = models.CharField(
        _("drawn landscape"), max_length=12, choices=Landscape.choices, default=Landscape.HILLS
    )
    is_sample = models.BooleanField(_("sample text"), default=False)
    body = StreamField(StoryBlocks(), blank=True)

    template = "cms/story.html"
    parent_page_types = ["cms_stories.StoryIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        FieldPanel("producer"),
        FieldPanel("introduction"),
        MultiFieldPanel(
            [FieldPanel("picture"), FieldPanel("landscape"), FieldPanel("is_sample")], heading=_("Picture")
        ),
        FieldPanel("body", heading=_("Content")),
    ]

    class Meta:
        verbose_name = _("story page")

    @property
    def card_eyebrow(self) -> str:
        """The small line on the story's card: the producer."""
        return self.producer.name
