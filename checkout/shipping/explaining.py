"""Tells step by step how the charge of a delivery comes about, for whoever keeps the tables."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from checkout.shipping.quotes import Quote, Working
from marketplace.money import format_dong
from marketplace.numbers import grouped, percent_words


@dataclass(frozen=True, slots=True)
class Step:
    """One step in words, and what it adds in đồng; None where it adds nothing by itself."""

    words: str
    amount: int | None = None


def steps_of(quote: Quote) -> list[Step]:
    """Return the steps of a delivery's quote; their amounts add up to its charge."""
    working = quote.working
    return [*_way(quote, working), *_surcharges(quote, working), *_days(quote)] if working else []


def _way(quote: Quote, working: Working) -> Iterator[Step]:
    tariff, rate, weight = working.tariff, working.rate, working.weight
    yield Step(
        _("Table “%(name)s”, in force from %(day)s.")
        % {"name": tariff.name, "day": date_format(tariff.valid_from, "d/m/Y")}
    )
    yield Step(_("Zone: %(zone)s.") % {"zone": rate.get_zone_display()})
    yield Step(
        _(
            "Weight: %(scales)s g on the scales; %(volume)s g by volume (cm³ divided by %(divisor)d). The larger counts, "
            "in steps: %(charged)s g."
        )
        % {
            "scales": grouped(weight.scales),
            "volume": grouped(weight.by_volume),
            "divisor": tariff.volume_divisor,
            "charged": grouped(quote.chargeable_weight),
        }
    )
    if weight.is_assumed:
        yield Step(
            _("Some weight isn't known: such a pack counts for %(grams)s g.")
            % {"grams": grouped(tariff.assumed_pack_weight)}
        )
    if working.is_free:
        yield Step(
            _("Goods worth %(limit)s and more are carried free in this zone.")
            % {"limit": format_dong(rate.free_from or 0)},
            0,
        )
        return
    yield Step(_("The first %(grams)s g") % {"grams": grouped(rate.first_weight)}, rate.first_charge)
    if working.steps:
        yield Step(
            _("%(steps)d more steps of %(grams)s g, %(charge)s each")
            % {
                "steps": working.steps,
                "grams": grouped(rate.step_weight),
                "charge": format_dong(rate.step_charge),
            },
            working.steps * rate.step_charge,
        )


def _surcharges(quote: Quote, working: Working) -> Iterator[Step]:
    tariff = working.tariff
    if working.remote:
        yield Step(
            _("Far commune or island, and %(days)d days more") % {"days": working.remote.extra_days},
            quote.remote_charge,
        )
    if quote.cold_charge:
        yield Step(_("Kept cool on the way"), quote.cold_charge)
    if quote.insurance_charge:
        yield Step(
            _("Insurance of the goods, %(rate)s %% of their value")
            % {"rate": percent_words(tariff.insurance_rate)},
            quote.insurance_charge,
        )
    if quote.cash_charge:
        yield Step(
            _("Cash on delivery: %(charge)s and %(rate)s %% of %(collected)s")
            % {
                "charge": format_dong(tariff.cod_charge),
                "rate": percent_words(tariff.cod_rate),
                "collected": format_dong(working.collected),
            },
            quote.cash_charge,
        )


def _days(quote: Quote) -> Iterator[Step]:
    yield Step(
        _("Handed to the carrier by %(dispatch)s, with the buyer between %(from)s and %(until)s.")
        % {
            "dispatch": date_format(quote.dispatch_until, "d/m/Y"),
            "from": date_format(quote.from_date, "d/m/Y"),
            "until": date_format(quote.until_date, "d/m/Y"),
        }
    )
