"""Which texts of campaigns exist in both languages."""

from modeltranslation.translator import TranslationOptions, register

from checkout.campaigns.models import Campaign


@register(Campaign)
class CampaignTranslation(TranslationOptions):
    fields = ("name", "text")
