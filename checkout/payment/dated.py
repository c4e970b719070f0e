"""Rules of paying that change with time: until when cash is taken, what a dollar is. Each holds from its day until the next one begins."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Dated(models.Model):
    """A rule that holds from a day on."""

    valid_from = models.DateField(_("valid from"), unique=True)
    #: Values made up to begin with, until somebody has confirmed them.
    is_sample = models.BooleanField(_("sample values, to be confirmed"), default=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        abstract = True
        ordering = ["-valid_from"]

    def __str__(self) -> str:
        return f"{self.valid_from}"


class CashLimit(Dated):
    """Until when an order may be paid on delivery."""

    most_amount = models.PositiveIntegerField(
        _("largest order (đồng)"),
        validators=[MinValueValidator(1)],
        help_text=_("Goods and delivery of the whole order."),
    )
    refused_parcels = models.PositiveSmallIntegerField(
        _("parcels that came back"),
        validators=[MinValueValidator(1)],
        help_text=_("From so many on that were not taken, this phone number pays before delivery."),
    )

    class Meta(Dated.Meta):
        app_label = "payment"
        constraints = [
            models.CheckConstraint(
                condition=Q(most_amount__gt=0, refused_parcels__gt=0), name="cash_limit_is_positive"
            )
        ]


class DollarRate(Dated):
    """What one US dollar is in đồng: for estimates shown to foreign buyers, never for charging."""

    dong = models.PositiveIntegerField(_("đồng for one US dollar"), validators=[MinValueValidator(1)])
    source = models.CharField(_("source"), max_length=200, help_text=_("Whose rate it is, and of which day."))

    class Meta(Dated.Meta):
        app_label = "payment"
        constraints = [models.CheckConstraint(condition=Q(dong__gt=0), name="dollar_rate_is_positive")]
