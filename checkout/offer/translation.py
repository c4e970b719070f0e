"""Which texts of offers exist in both languages."""

from modeltranslation.translator import TranslationOptions, register

from checkout.offer.models import ConditionalOffer


@register(ConditionalOffer)
class OfferTranslation(TranslationOptions):
    fields = ("name",)
