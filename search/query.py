"""What a page asks of the search, and what it gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from search.interpretation import Interpretation

#: No engine is asked beyond this many hits; whoever wants more narrows the search.
DEEPEST_HIT: Final = 10_000

#: Steps of the price filter in đồng: below the first, between neighbours, from the last on.
PRICE_STEPS: Final = (50_000, 100_000, 200_000, 500_000, 1_000_000)

#: The most producers that a filter names, the commonest first, of equally common ones those with the lowest numbers.
MOST_PRODUCERS: Final = 60

#: The value of `Facet.AVAILABLE` and `Facet.REDUCED` for goods of which that is true.
YES: Final = "1"
#: The value of `Facet.DELIVERY` for goods that are delivered to every province.
EVERYWHERE: Final = "all"


class Facet(StrEnum):
    """What goods can be narrowed by. Within a facet several values may be chosen: any of them."""

    SECTOR = "sector"
    SET = "set"
    STARS = "stars"
    REGION = "region"
    """A part of the country, see `marketplace.places.models.MacroRegion`."""
    PROVINCE = "province"
    PRODUCER = "producer"
    STANDARD = "standard"
    FORM = "form"
    """A form of `search/data/form_choices.toml`; goods may have several."""
    AVAILABLE = "available"
    """Sold online at the moment: with a price, in stock."""
    REDUCED = "reduced"
    """A dated price holds for the lead pack, with a higher one struck through."""
    SEASON = "season"
    """Months (1 to 12) in which the good is in season; none where nobody said."""
    DELIVERY = "delivery"
    """Codes of provinces to which it is delivered, or `EVERYWHERE`; none where that isn't known."""


class Sort(StrEnum):
    """The order of the hits. Ties always go by product id, so pages never overlap."""

    RELEVANCE = "relevance"
    CHEAPEST = "cheapest"
    DEAREST = "dearest"
    NEWEST = "newest"
    STARS = "stars"


@dataclass(frozen=True, kw_only=True)
class SearchQuery:
    """A page of goods: what, in which order, as of which moment. Prices are whole đồng, both ends included."""

    at: datetime
    text: str = ""
    filters: Mapping[Facet, frozenset[str]] = field(default_factory=dict)
    price_min: int | None = None
    price_max: int | None = None
    #: Only goods whose price isn't known: what comes where no good costs what was asked.
    price_unknown: bool = False
    sold_only: bool = False
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    page_size: int = 24
    adult: bool = False
    with_facets: bool = True
    #: Kinds of intents (`IntentKind`) whose words are taken as typed.
    plain: frozenset[str] = frozenset()

    @property
    def moment(self) -> int:
        """The moment in whole seconds since 1970."""
        return int(self.at.timestamp())

    @property
    def first(self) -> int:
        """How many hits come before this page."""
        return min((self.page - 1) * self.page_size, DEEPEST_HIT - self.page_size)

    @property
    def has_price(self) -> bool:
        """Whether the price is narrowed."""
        return self.price_min is not None or self.price_max is not None

    @property
    def hangs_on_prices(self) -> bool:
        """Whether a price decides which goods are found, or in which order."""
        by_price = {Facet.REDUCED, Facet.AVAILABLE} & self.chosen().keys()
        return self.has_price or bool(by_price) or self.sort in (Sort.CHEAPEST, Sort.DEAREST)

    def chosen(self) -> dict[Facet, frozenset[str]]:
        """Return the facets in which something is chosen, with `sold_only` among them."""
        chosen = {facet: values for facet, values in self.filters.items() if values}
        if self.sold_only:
            chosen[Facet.AVAILABLE] = frozenset({YES})
        return chosen

    def with_phrases(self, interpretation: Interpretation) -> SearchQuery:
        """Return the query with the filters said in words, where none was set by hand."""
        phrases = interpretation.phrases
        if phrases.empty:
            return self
        query = self
        if phrases.stars and not self.filters.get(Facet.STARS):
            stars = frozenset(str(number) for number in phrases.stars)
            query = replace(query, filters={**self.filters, Facet.STARS: stars})
        if not self.has_price:
            query = replace(
                query,
                price_min=phrases.price_min,
                price_max=phrases.price_max,
                price_unknown=phrases.price_unknown,
            )
        return query


@dataclass(frozen=True, slots=True)
class Hit:
    """One good found."""

    product_id: int
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class PriceStep:
    """How many goods cost from ``low`` (included) to ``high`` (not included) đồng; None is open."""

    low: int | None
    high: int | None
    count: int


@dataclass(frozen=True, kw_only=True)
class SearchResult:
    """A page of hits. ``facets``: value to number of goods, as if the facet itself weren't narrowed. Of producers that aren't narrowed
    those beyond the `MOST_PRODUCERS` that the filter names may be left out.

    ``cheapest`` and ``dearest`` are the ends of the prices (đồng) as if the price weren't narrowed.
    ``totals_without``: for each facet that is narrowed (and ``"price"``), how many goods there were if it weren't.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[Facet, Mapping[str, int]] = field(default_factory=dict)
    price_steps: tuple[PriceStep, ...] = ()
    cheapest: int | None = None
    dearest: int | None = None
    totals_without: Mapping[Facet | str, int] = field(default_factory=dict)
    interpretation: Interpretation = field(default_factory=lambda: Interpretation(typed=""))

    @property
    def product_ids(self) -> list[int]:
        """The goods found, in order."""
        return [hit.product_id for hit in self.hits]


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """What other goods are compared with a good by. ``words`` are tokens of its name without marks."""

    product_id: int
    at: datetime
    adult: bool
    words: tuple[str, ...]
    forms: tuple[str, ...] = ()
    product_set: int | None = None
    sector: str = ""
    province: str = ""
    producer: int | None = None

    @property
    def moment(self) -> int:
        """The moment in whole seconds since 1970."""
        return int(self.at.timestamp())

    def facets(self) -> dict[Facet, tuple[str, ...]]:
        """Return the values that other goods may share with this one."""
        return {
            Facet.SET: () if self.product_set is None else (str(self.product_set),),
            Facet.SECTOR: (self.sector,) if self.sector else (),
            Facet.FORM: self.forms,
            Facet.PROVINCE: (self.province,) if self.province else (),
            Facet.PRODUCER: () if self.producer is None else (str(self.producer),),
        }
