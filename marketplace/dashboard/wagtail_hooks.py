"""What the back office tells the editors' desk: the campaigns that a banner may belong to."""

from wagtail import hooks

from checkout.campaigns.models import Campaign


@hooks.register("campaign_choices")
def campaign_choices() -> list[tuple[str, str]]:
    """Return the campaigns by the source of their prices, the latest first."""
    return [(campaign.source, campaign.name) for campaign in Campaign.objects.order_by("-starts_at", "-pk")]
