"""Addresses in Vietnam: a recipient, a phone, today's commune, a street; no postcode, no country asked."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.address.phones import format_phone
from marketplace.places.index import FormerUnit
from marketplace.places.models import Commune, Province
from marketplace.places.selectors import former_units


class AbstractVietnamAddress(models.Model):
    """What every address here holds."""

    recipient_name = models.CharField(_("recipient"), max_length=150, default="")
    #: E.164, for example `+84912345678`.
    phone = models.CharField(_("phone number"), max_length=16, default="")
    commune = models.ForeignKey(
        Commune, verbose_name=_("commune"), on_delete=models.PROTECT, related_name="+", null=True
    )
    street = models.CharField(_("house number and street"), max_length=255, default="")
    #: Codes of the unit before July 2025 where the buyer named it: carriers may still ask for them.
    legacy_commune_code = models.CharField(max_length=5, blank=True, default="")
    legacy_district_code = models.CharField(max_length=3, blank=True, default="")
    note = models.CharField(_("note for the carrier"), max_length=255, blank=True, default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return ", ".join(self.lines())

    def lines(self) -> list[str]:
        """Return street, commune and province, as written on a parcel."""
        place = [self.commune.name, self.commune.province.name] if self.commune else []
        return [part for part in [self.street, *place] if part]

    @property
    def province(self) -> Province | None:
        """The commune's province."""
        return self.commune.province if self.commune else None

    @property
    def phone_display(self) -> str:
        """The phone number as people write it: `0912 345 678`."""
        return format_phone(self.phone)

    @property
    def former_unit(self) -> FormerUnit | None:
        """The unit before July 2025 that the buyer named, for carriers that still sort by it."""
        if not self.legacy_commune_code or not self.commune_id:
            return None
        for unit in former_units(self.commune_id):
            if (unit.code, unit.district_code) == (self.legacy_commune_code, self.legacy_district_code):
                return unit
        return None

    def address_values(self) -> dict[str, Any]:
        """Return what makes the address, by field: to copy it onto a consignment, which keeps its own."""
        return {field.name: getattr(self, field.name) for field in AbstractVietnamAddress._meta.local_fields}


class UserAddress(AbstractVietnamAddress):
    """An address in a person's address book."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="addresses")
    is_default_for_shipping = models.BooleanField(_("default address"), default=False)
    date_created = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "address"
        ordering = ["-is_default_for_shipping", "-date_created"]
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(is_default_for_shipping=True),
                name="address_one_default_a_person",
            )
        ]


from oscar.apps.address.models import *
