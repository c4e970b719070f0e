"""On which grounds the programme takes a private message away."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Ground(models.TextChoices):
    """What is wrong with a message."""

    INSULT = "insult", _("Insults or threatens somebody")
    FRAUD = "fraud", _("Asks for money past the order, for codes or passwords")
    ADVERTISING = "advertising", _("Advertises something")
    UNLAWFUL = "unlawful", _("Breaks the law in another way")
