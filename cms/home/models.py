"""The home page, built from blocks."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from cms.blocks.blocks import HomeBlocks
from cms.blocks.pages import BlockPageMixin


class HomePage(BlockPageMixin, Page):
    """The shop's front: what is in season, goods, regions, producers."""

    body = StreamField(HomeBlocks(), blank=True)

    template = "cms/home.html"
    max_count_per_parent = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["cms_regions.RegionIndexPage", "cms_stories.StoryIndexPage"]
    content_panels = [*Page.content_panels, FieldPanel("body", heading=_("Content"))]

    class Meta:
        verbose_name = _("home page")
