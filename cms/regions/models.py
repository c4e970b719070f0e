"""Regions: a place, its brand, its goods and its producers."""

from typing import Any

from django.db import models
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from catalogue.cards import cards_for
from catalogue.certification.rules import shown_q
from catalogue.models import Product
from catalogue.producers.models import Partner
from cms.blocks.blocks import StoryBlocks
from cms.blocks.goods import buyable_first
from cms.blocks.pages import BlockPageMixin
from marketplace.clock import today
from marketplace.places.models import Commune, LegacyUnit, Province

GOODS_ON_PAGE = 12


class Landscape(models.TextChoices):
    """Landscapes drawn by code, where a region has no photograph yet."""

    HILLS = "hills", _("Tea terraces and pines")
    COAST = "coast", _("Sea and dunes")
    PLATEAU = "plateau", _("Red soil and pepper")


class RegionIndexPage(BlockPageMixin, Page):
    """All regions."""

    introduction = models.TextField(_("introduction"), blank=True)

    template = "cms/region_index.html"
    streams = ()
    parent_page_types = ["cms_home.HomePage"]
    subpage_types = ["cms_regions.RegionPage"]
    max_count_per_parent = 1
    content_panels = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("all regions")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the regions' pages."""
        context = super().get_context(request, *args, **kwargs)
        context["regions"] = RegionPage.objects.live().child_of(self).order_by("title")
        return context


class RegionPage(BlockPageMixin, Page):
    """A region: a province of today, or the part of it that was a province or some districts before July 2025."""

    province = models.ForeignKey(
        Province, verbose_name=_("province"), on_delete=models.PROTECT, related_name="+"
    )
    former_province = models.CharField(
        _("former province"),
        max_length=60,
        blank=True,
        help_text=_("As it was called: Tỉnh Đắk Nông. Empty: all of today's."),
    )
    former_districts = models.CharField(
        _("former districts"),
        max_length=255,
        blank=True,
        help_text=_(
            "Separated by commas: Thành phố Đà Lạt, Huyện Lạc Dương. Empty: the whole former province."
        ),
    )
    brand_name = models.CharField(_("brand"), max_length=120, blank=True)
    brand_statement = models.TextField(_("who may use the brand"), blank=True)
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

    template = "cms/region.html"
    parent_page_types = ["cms_regions.RegionIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        FieldPanel("introduction"),
        MultiFieldPanel(
            [FieldPanel("province"), FieldPanel("former_province"), FieldPanel("former_districts")],
            heading=_("Place"),
        ),
        MultiFieldPanel([FieldPanel("brand_name"), FieldPanel("brand_statement")], heading=_("Brand")),
        MultiFieldPanel(
            [FieldPanel("picture"), FieldPanel("landscape"), FieldPanel("is_sample")], heading=_("Picture")
        ),
        FieldPanel("body", heading=_("Content")),
    ]

    class Meta:
        verbose_name = _("region page")

    @property
    def card_eyebrow(self) -> str:
        """The small line on the region's card: its brand."""
        return self.brand_name

    def communes(self) -> models.QuerySet[Commune]:
        """Return today's communes of the region."""
        communes = Commune.objects.filter(province=self.province)
        if self.former_province:
            former = LegacyUnit.objects.filter(old_province=self.former_province)
            if districts := [name.strip() for name in self.former_districts.split(",") if name.strip()]:
                former = former.filter(old_district__in=districts)
            communes = communes.filter(pk__in=former.values("commune"))
        return communes

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the region's goods that may be shown, and its producers with such goods."""
        context = super().get_context(request, *args, **kwargs)
        adult = getattr(request, "is_adult", False)
        shown = Product.objects.filter(shown_q(today(), adult=adult), producer__commune__in=self.communes())
        at = timezone.now()
        ids = buyable_first(shown, at=at, adult=adult, limit=GOODS_ON_PAGE)
        context["goods"] = cards_for(ids, language=get_language() or "vi", at=at, adult=adult)
        context["producers"] = (
            Partner.objects.filter(pk__in=shown.values("producer"))
            .select_related("commune")
            .order_by("name")[:24]
        )
        return context
