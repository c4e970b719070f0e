"""Which texts of the catalogue exist in both languages; Vietnamese is the fallback."""

from modeltranslation.translator import TranslationOptions, register

from catalogue.models import Product, ProductImage, ProductSet, Sector


@register(Sector)
class SectorTranslation(TranslationOptions):
    fields = ("name",)


@register(ProductSet)
class ProductSetTranslation(TranslationOptions):
    fields = ("group", "name")


@register(Product)
class ProductTranslation(TranslationOptions):
    fields = (
        "title",
        "description",
        "net_quantity",
        "ingredients",
        "storage",
        "shelf_life",
        "usage",
        "origin",
        "warnings",
        "other_channels",
    )


@register(ProductImage)
class ProductImageTranslation(TranslationOptions):
    fields = ("alt",)
