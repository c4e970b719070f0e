"""Which texts of producers exist in both languages."""

from modeltranslation.translator import TranslationOptions, register

from catalogue.producers.models import Partner


@register(Partner)
class PartnerTranslation(TranslationOptions):
    fields = ("about", "pickup_hours")
