"""The published rules for reviews: on which grounds one is hidden. Criticism is none of them."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Ground(models.TextChoices):
    """Why a review isn't shown."""

    INSULT = "insult", _("Insults or threatens somebody")
    PERSONAL = "personal", _("Gives away somebody's personal data")
    ADVERTISING = "advertising", _("Advertises something")
    UNRELATED = "unrelated", _("Is not about these goods or their delivery")
    PAID = "paid", _("Was written for pay or by the seller")
    MEDICAL = "medical", _("Says that food heals")
    UNLAWFUL = "unlawful", _("Breaks the law in another way")


#: What the page of the rules says of each.
EXPLANATIONS: dict[str, str | Promise] = {
    Ground.INSULT: _("Swearing at people, contempt for a people, a religion or a region, threats."),
    Ground.PERSONAL: _("Phone numbers, addresses, names or faces of people who didn't agree."),
    Ground.ADVERTISING: _("Links, shops, prices of others, the same text under many goods."),
    Ground.UNRELATED: _(
        "Something else altogether. That it came late, broken or differs from the page is about these goods."
    ),
    Ground.PAID: _("Praise or blame that somebody was paid for, and what the producer writes about itself."),
    Ground.MEDICAL: _("Food is no medicine: the law forbids saying that it cures an illness."),
    Ground.UNLAWFUL: _(
        "For example pictures that may not be shown, or an authority's order to take it down."
    ),
}
