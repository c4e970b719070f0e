"""The blocks that stories are built from. Each has explicit inputs and one template; none asks the database by itself."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from catalogue.models import ProductSet
from cms.blocks.choices import RecordChoiceBlock, campaign_choices, producer_choices, province_choices

MAX_GOODS = 12
MAX_PRODUCERS = 12


def set_choices() -> list[tuple[str, str]]:
    """Return the 26 product sets for a select."""
    return [(str(item.pk), f"{item.pk}. {item.name}") for item in ProductSet.objects.all()]


class CardsBlock(blocks.StructBlock):
    """A block whose cards its page prepares, for all its blocks together: what `prepared` names holds them by block (see `cms.blocks.pages`)."""

    prepared: ClassVar[str]

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the cards."""
        context = super().get_context(value, parent_context=parent_context)
        context["cards"] = (parent_context or {}).get(self.prepared, {}).get(id(value), [])
        return context


class GoodsBlock(CardsBlock):
    """Goods by rule or by hand. They obey the one rule of sale; a block without goods shows nothing."""

    prepared = "goods_by_block"

    heading = blocks.CharBlock(label=_("heading"), max_length=80)
    product_set = RecordChoiceBlock(label=_("product set"), choices=set_choices, required=False)
    province = RecordChoiceBlock(label=_("province"), choices=province_choices, required=False)
    producer = RecordChoiceBlock(label=_("producer"), choices=producer_choices, required=False)
    stars = blocks.ChoiceBlock(
        label=_("stars, at least"), choices=[("3", "3"), ("4", "4"), ("5", "5")], required=False
    )
    on_promotion = blocks.BooleanBlock(label=_("on promotion only"), required=False)
    by_hand = blocks.ListBlock(
        blocks.IntegerBlock(label=_("product number"), min_value=1),
        label=_("by hand"),
        required=False,
        default=[],
        help_text=_("Product numbers as in their addresses. Goods that may not be shown are left out."),
    )
    limit = blocks.IntegerBlock(label=_("how many"), min_value=1, max_value=MAX_GOODS, default=4)

    class Meta:
        icon = "tag"
        label = _("Goods")
        template = "cms/blocks/goods.html"


class CampaignBannerBlock(blocks.StructBlock):
    """A season at the head of a page: words, a picture or a drawn landscape, one or two ways on."""

    campaign = RecordChoiceBlock(
        label=_("campaign"),
        choices=campaign_choices,
        required=False,
        help_text=_(
            "The banner stands as long as the campaign's prices hold. Without a campaign it always stands."
        ),
    )
    eyebrow = blocks.CharBlock(label=_("small line above"), required=False, max_length=60)
    heading = blocks.CharBlock(label=_("heading"), max_length=90)
    text = blocks.TextBlock(label=_("text"), max_length=300, required=False)
    picture = ImageChooserBlock(label=_("picture"), required=False)
    landscape = blocks.ChoiceBlock(
        label=_("drawn landscape"),
        choices=[
            ("hills", _("Tea terraces and pines")),
            ("coast", _("Sea and dunes")),
            ("plateau", _("Red soil and pepper")),
        ],
        default="hills",
    )
    link_text = blocks.CharBlock(label=_("first button"), required=False, max_length=40)
    link_page = blocks.PageChooserBlock(label=_("leads to the page"), required=False)
    link_search = blocks.CharBlock(
        label=_("or to the search for"), required=False, max_length=80, help_text=_("For example: cà phê")
    )

    class Meta:
        icon = "image"
        label = _("Season banner")
        template = "cms/blocks/campaign_banner.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add whether the banner stands now, and whether its heading is the page's (see `cms.blocks.banners`)."""
        context = super().get_context(value, parent_context=parent_context)
        shown = (parent_context or {}).get("shown_banners", ())
        context["shown"] = id(value) in shown
        context["is_first"] = shown[:1] == (id(value),)
        return context


class SectorsBlock(blocks.StructBlock):
    """The ways into the catalogue by what people look for."""

    heading = blocks.CharBlock(label=_("heading"), required=False, max_length=80)

    class Meta:
        icon = "list-ul"
        label = _("Kinds of goods")
        template = "cms/blocks/sectors.html"


class PageCardsBlock(CardsBlock):
    """Regions, producers' stories or other pages as cards."""

    prepared = "pages_by_block"

    heading = blocks.CharBlock(label=_("heading"), max_length=80)
    pages = blocks.ListBlock(blocks.PageChooserBlock(), label=_("pages"), max_num=6)

    class Meta:
        icon = "doc-full"
        label = _("Regions, stories, other pages")
        template = "cms/blocks/page_cards.html"


class ProducersBlock(CardsBlock):
    """Producers with goods that may be shown: those chosen by hand, else by name. Without any, the block shows nothing."""

    prepared = "producers_by_block"

    heading = blocks.CharBlock(label=_("heading"), max_length=80)
    by_hand = blocks.ListBlock(
        RecordChoiceBlock(label=_("producer"), choices=producer_choices),
        label=_("by hand"),
        required=False,
        default=[],
        max_num=MAX_PRODUCERS,
    )
    province = RecordChoiceBlock(label=_("province"), choices=province_choices, required=False)
    limit = blocks.IntegerBlock(label=_("how many"), min_value=1, max_value=MAX_PRODUCERS, default=6)

    class Meta:
        icon = "group"
        label = _("Producers")
        template = "cms/blocks/producers.html"


class TrustBlock(blocks.StructBlock):
    """Why to trust the stars here, in three sentences."""

    class Meta:
        icon = "success"
        label = _("Why the stars can be trusted")
        template = "cms/blocks/trust.html"


class QuoteBlock(blocks.StructBlock):
    """What somebody said, and who."""

    text = blocks.TextBlock(label=_("words"), max_length=400)
    person = blocks.CharBlock(label=_("who"), max_length=120)

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        template = "cms/blocks/quote.html"


class PictureBlock(blocks.StructBlock):
    """A picture with what it shows, and whose it is."""

    picture = ImageChooserBlock(label=_("picture"))
    caption = blocks.CharBlock(label=_("caption"), required=False, max_length=160)
    credit = blocks.CharBlock(label=_("credit"), required=False, max_length=120)

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "cms/blocks/picture.html"


class StoryBlocks(blocks.StreamBlock):
    """What a story or a region's page may hold."""

    text = blocks.RichTextBlock(label=_("Text"), features=["h2", "h3", "bold", "italic", "link", "ul", "ol"])
    quote = QuoteBlock()
    picture = PictureBlock()
    goods = GoodsBlock()


class HomeBlocks(blocks.StreamBlock):
    """What the home page may hold."""

    banner = CampaignBannerBlock()
    sectors = SectorsBlock()
    goods = GoodsBlock()
    cards = PageCardsBlock()
    producers = ProducersBlock()
    trust = TrustBlock()
