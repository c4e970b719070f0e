"""What can be wrong with a campaign, in words for the admin. Nothing is half done."""

from django.utils.functional import Promise


class CampaignError(Exception):
    """A campaign was refused; `message` says why in the reader's language."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(str(message))
        self.message = message


class CampaignIncomplete(CampaignError):
    """Dates, percentage, price or selection are missing or contradict one another."""


class CampaignNotDraft(CampaignError):
    """Only a draft can be changed or scheduled."""


class CampaignInThePast(CampaignError):
    """Prices cannot begin in the past."""


class NothingToReduce(CampaignError):
    """No pack of the selection can be reduced."""


class CapNotConfirmed(CampaignError):
    """Nobody has confirmed yet that the cap on discounts is what the law says."""
