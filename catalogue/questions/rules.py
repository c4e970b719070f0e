"""The published rules for questions and answers: on which grounds one is hidden. A hard question is none of them."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Ground(models.TextChoices):
    """Why a question or an answer isn't shown."""

    INSULT = "insult", _("Insults or threatens somebody")
    PERSONAL = "personal", _("Gives away somebody's personal data")
    ADVERTISING = "advertising", _("Advertises something")
    UNRELATED = "unrelated", _("Is not about these goods")
    MEDICAL = "medical", _("Says that food heals")
    UNLAWFUL = "unlawful", _("Breaks the law in another way")


#: What the page of the rules says of each.
EXPLANATIONS: dict[str, str | Promise] = {
    Ground.INSULT: _("Swearing at people, contempt for a people, a religion or a region, threats."),
    Ground.PERSONAL: _("Phone numbers, addresses, names of people who didn't agree."),
    Ground.ADVERTISING: _("Links, shops, prices of others, the same text under many goods."),
    Ground.UNRELATED: _(
        "Something else altogether. How they are made, kept, packed and delivered is about these goods."
    ),
    Ground.MEDICAL: _("Food is no medicine: the law forbids saying that it cures an illness."),
    Ground.UNLAWFUL: _("For example an authority's order to take it down."),
}
