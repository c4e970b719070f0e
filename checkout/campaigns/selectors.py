"""Which campaigns there are at a moment."""

from datetime import datetime

from django.db.models import Count, QuerySet
from django.utils import timezone

from checkout.campaigns.models import Campaign


def campaigns_running(at: datetime | None = None) -> QuerySet[Campaign]:
    """Return the campaigns whose prices hold at `at` (default: now), those that end first in front."""
    moment = at or timezone.now()
    return Campaign.objects.filter(
        state=Campaign.State.SCHEDULED, starts_at__lte=moment, ends_at__gt=moment
    ).order_by("ends_at", "pk")


def campaigns_with_counts() -> QuerySet[Campaign]:
    """Return all campaigns for the back office, each with `packs`: how many packs it reduces."""
    return Campaign.objects.annotate(packs=Count("items"))
