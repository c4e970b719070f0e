"""Which campaigns there are."""

from django.db.models import Count, QuerySet

from checkout.campaigns.models import Campaign


def campaigns_with_counts() -> QuerySet[Campaign]:
    """Return all campaigns for the back office, each with `packs`: how many packs it reduces."""
    return Campaign.objects.annotate(packs=Count("items"))
