"""What a draft can cover, and how it is found: product sets, provinces, producers, goods by hand.

Lists of twenty thousand goods are searched and paged, never listed whole; each function here costs a constant number of queries.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, When
from django.db.models.functions import Upper
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.certification.models import Certificate
from catalogue.models import Product, ProductSet
from catalogue.producers.identity import number_shown
from catalogue.producers.models import Partner, StockRecord
from checkout.campaigns.models import Campaign
from marketplace.encryption import blind_indexes
from marketplace.folding import Folded, folded, names_like
from marketplace.places.models import MacroRegion, Province

#: A paste of codes is read up to so many lines.
MOST_LINES = 2_000


_FROM_NORTH_TO_SOUTH = Case(
    *(When(macro_region=region, then=place) for place, region in enumerate(MacroRegion.values)),
    output_field=IntegerField(),
)


class Kind(StrEnum):
    """What is chosen; the value is the campaign's field."""

    SETS = "sets"
    PROVINCES = "provinces"
    PRODUCERS = "producers"
    GOODS = "goods"

    @property
    def label(self) -> str | Promise:
        return _LABELS[self]


_LABELS = {
    Kind.SETS: gettext_lazy("Product sets"),
    Kind.PROVINCES: gettext_lazy("Provinces"),
    Kind.PRODUCERS: gettext_lazy("Producers"),
    Kind.GOODS: gettext_lazy("Goods by hand"),
}


@dataclass(frozen=True, slots=True)
class Choosable:
    """One thing that a campaign can cover. `group`: the heading that it stands under; `detail`: what tells it from its namesakes."""

    pk: Any
    name: str
    group: str
    detail: str = ""
    #: The pack on whose price one looks (goods alone).
    lead_pack_id: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a paste that names nothing that can be chosen, and why."""

    number: int
    text: str
    why: str


def candidates(kind: Kind, typed: str = "") -> QuerySet[Any]:
    """Return what can be chosen, in the order of the list, narrowed to what `typed` finds: names without marks, codes, producers."""
    if kind == Kind.SETS:
        sets = ProductSet.objects.select_related("sector").order_by("sector__position", "number")
        return sets.filter(names_like(typed, "name_vi", "name_en", "sector__name_vi", "sector__name_en"))
    if kind == Kind.PROVINCES:
        return Province.objects.filter(names_like(typed, "name")).order_by(_FROM_NORTH_TO_SOUTH, "slug")
    if kind == Kind.PRODUCERS:
        makers = (
            Partner.objects.filter(seller_state=Partner.SellerState.VERIFIED)
            .select_related("commune__province")
            .order_by("commune__province__slug", "name", "pk")
        )
        named = _named_or_coded(typed, ("name",), ("registration_number",))
        digests = blind_indexes(typed)  # a tax number is found by the whole of it
        return makers.filter(named | Q(tax_number_index__in=digests) if digests else named)
    goods = (
        Product.objects.filter(structure=Product.PARENT, lead_pack__isnull=False)
        .select_related("producer")
        .order_by("producer__name", "producer_id", "title_vi", "pk")
    )
    return goods.filter(_named_or_coded(typed, ("title_vi", "title_en", "producer__name"), ("ocop_code",)))


def chosen(campaign: Campaign, kind: Kind) -> QuerySet[Any]:
    """Return what the campaign covers of a kind, in the order of the list; also what could not be chosen any more."""
    return _all(kind).filter(pk__in=getattr(campaign, kind).values("pk"))


def not_chosen(campaign: Campaign, kind: Kind, typed: str = "") -> QuerySet[Any]:
    """Return the candidates that the campaign doesn't cover yet."""
    return candidates(kind, typed).exclude(pk__in=getattr(campaign, kind).values("pk"))


def shown(kind: Kind, objects: Iterable[Any]) -> list[Choosable]:
    """Return objects of `candidates` or `chosen` in words; asks no database."""
    return [_WORDS[kind](item) for item in objects]


def read_codes(kind: Kind, text: str) -> tuple[list[Any], list[Line]]:
    """Return the keys of what a paste names, one code or name a line, and the lines that name nothing.

    Goods are known by OCOP code, certificate code, or a pack's own code; producers by tax or registration number or their name; sets by
    number or name; provinces by code or name. Capitals and spaces at the ends don't matter.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    known = _KNOWN[kind]([line for _number, line in lines[:MOST_LINES]])
    found: dict[Any, None] = {}
    wrong = []
    for number, line in lines[:MOST_LINES]:
        named = known.get(_code(line), {})
        fit = [pk for pk, why in named.items() if not why]
        if len(fit) == 1:
            found[fit[0]] = None
        elif len(fit) > 1:
            wrong.append(Line(number, line, _("several go by this name or code: choose it by searching")))
        else:
            wrong.append(Line(number, line, next(iter(named.values()), _("not known here"))))
    wrong += [
        Line(number, line, _("only the first %(count)d lines are read at once") % {"count": MOST_LINES})
        for number, line in lines[MOST_LINES:]
    ]
    return list(found), wrong


def _all(kind: Kind) -> QuerySet[Any]:
    """Return everything of a kind, as `candidates` orders and loads it, whether it could be chosen or not."""
    found = candidates(kind)
    if kind == Kind.PRODUCERS:
        return Partner.objects.select_related("commune__province").order_by(*found.query.order_by)
    if kind == Kind.GOODS:
        return Product.objects.select_related("producer").order_by(*found.query.order_by)
    return found


def _named_or_coded(typed: str, names: tuple[str, ...], codes: tuple[str, ...]) -> Q:
    coded = Q()
    for path in codes:
        coded |= Q(**{f"{path}__istartswith": typed.strip()})
    return names_like(typed, *names) | coded if typed.strip() else Q()


def _set_shown(item: ProductSet) -> Choosable:
    return Choosable(item.pk, f"{item.number}. {item.name}", item.sector.name)


def _province_shown(item: Province) -> Choosable:
    return Choosable(item.pk, item.name, str(item.get_macro_region_display()))


def _producer_shown(item: Partner) -> Choosable:
    place = item.commune
    detail = " · ".join(part for part in (place.name if place else "", number_shown(item)) if part)
    return Choosable(item.pk, item.name, place.province.name if place else _("Place unknown"), detail)


def _good_shown(item: Product) -> Choosable:
    maker = item.producer.name if item.producer else ""  # a good has one, see the constraint
    return Choosable(item.pk, item.get_title(), maker, item.ocop_code or "", lead_pack_id=item.lead_pack_id)


_WORDS: dict[Kind, Callable[[Any], Choosable]] = {
    Kind.SETS: _set_shown,
    Kind.PROVINCES: _province_shown,
    Kind.PRODUCERS: _producer_shown,
    Kind.GOODS: _good_shown,
}

#: By code: the keys that it names, each with the reason why it can't be chosen, empty where it can.
_Known = dict[str, dict[Any, str]]


def _code(text: str) -> str:
    """Return a code as it is compared."""
    return " ".join(text.split()).upper()


def _known_sets(lines: list[str]) -> _Known:
    known: _Known = defaultdict(dict)
    for item in ProductSet.objects.all():
        for name in (str(item.number), item.name_vi, item.name_en or ""):  # type: ignore[attr-defined]
            known[_code(name)][item.pk] = ""
    return known


def _known_provinces(lines: list[str]) -> _Known:
    known: _Known = defaultdict(dict)
    plain = {folded(line): _code(line) for line in lines}
    for item in Province.objects.all():
        known[_code(item.code)][item.pk] = ""
        for name in (item.name, item.short_name):
            known[plain.get(folded(name), _code(name))][item.pk] = ""
    return known


def _known_producers(lines: list[str]) -> _Known:
    codes = {_code(line) for line in lines}
    plain = {folded(line): _code(line) for line in lines}
    known: _Known = defaultdict(dict)
    digests = [digest for line in lines for digest in blind_indexes(line)]
    for pk, state, name, *numbers in (
        Partner.objects.annotate(plain=Folded(F("name")))
        .filter(Q(plain__in=list(plain)) | Q(tax_number_index__in=digests) | Q(registration_number__in=codes))
        .values_list("pk", "seller_state", "plain", "tax_number", "registration_number")
    ):
        why = "" if state == Partner.SellerState.VERIFIED else _("this producer is not a verified seller")
        for named in (plain.get(name), *(_code(number) for number in numbers if number)):
            if named:
                known[named][pk] = why
    return known


def _known_goods(lines: list[str]) -> _Known:
    codes = {_code(line) for line in lines}
    named: list[tuple[str, int]] = [
        *Product.objects.filter(structure=Product.PARENT, ocop_code__isnull=False)
        .annotate(upper=Upper("ocop_code"))
        .filter(upper__in=codes)
        .values_list("upper", "pk"),
        *Certificate.objects.exclude(official_code="")
        .annotate(upper=Upper("official_code"))
        .filter(upper__in=codes)
        .values_list("upper", "product_id"),
        *StockRecord.objects.annotate(upper=Upper("partner_sku"))
        .filter(upper__in=codes, product__parent__isnull=False)
        .values_list("upper", "product__parent_id"),
    ]
    leads = dict(
        Product.objects.filter(pk__in={pk for _code_of, pk in named}).values_list("pk", "lead_pack_id")
    )
    known: _Known = defaultdict(dict)
    for code, pk in named:
        known[_code(code)][pk] = "" if leads[pk] else _("this good has no pack to sell yet")
    return known


_KNOWN: dict[Kind, Callable[[list[str]], _Known]] = {
    Kind.SETS: _known_sets,
    Kind.PROVINCES: _known_provinces,
    Kind.PRODUCERS: _known_producers,
    Kind.GOODS: _known_goods,
}
