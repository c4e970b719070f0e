"""A first seasonal campaign for the demonstration, so that struck prices are to be seen."""

from datetime import datetime, timedelta

from django.db import transaction

from catalogue.models import ProductSet
from checkout.campaigns.models import Campaign
from checkout.campaigns.services import CampaignData, campaign_create, campaign_schedule
from marketplace.accounts.models import User

SLUG = "mua-ca-phe-moi"
COFFEE = 13
#: Vietnamese and English.
NAME = ("Mùa cà phê mới (mẫu)", "New coffee season (sample)")
TEXT = ("Khuyến mại mẫu: cà phê giảm 15 %.", "A sample campaign: coffee at 15 % less.")


@transaction.atomic
def season_load(*, by: User, now: datetime, length: timedelta) -> bool:
    """Schedule the sample campaign unless it is known; return whether it was made now."""
    if Campaign.objects.filter(slug=SLUG).exists():
        return False
    campaign = campaign_create(
        data=CampaignData(
            name=NAME[0],
            name_en=NAME[1],
            text=TEXT[0],
            text_en=TEXT[1],
            starts_at=now,
            ends_at=now + length,
            percent=15,
            sets=[ProductSet.objects.get(pk=COFFEE)],
            legal_form="Khuyến mại mẫu cho bản trình diễn",
            slug=SLUG,
        ),
        by=by,
    )
    campaign_schedule(campaign=campaign, by=by, confirm_rule=True)
    return True
