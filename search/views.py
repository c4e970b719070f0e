"""Listings and search: one page, asked for in several ways. The names are those that Oscar looks for."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.generic import View

from catalogue.cards import Card, cards_for
from catalogue.models import ALCOHOL_SETS
from catalogue.pricing.selectors import next_price_boundary
from marketplace.page_cache import public_page
from search.address import LAST_PAGE, read_query, turning, with_values
from search.browsing import browse_goods
from search.criteria import criteria, other_orders, reviews_counted, sales_counted
from search.errors import SearchUnavailable
from search.highlighting import highlight
from search.insights.redirects import redirect_for
from search.insights.services import write_note
from search.interpretation import Interpretation
from search.labels import kind_labels
from search.listing import build_listing, last_page, remember_popular_sets, ways_on
from search.query import Facet, SearchQuery
from search.selectors import find_goods
from search.snippets import Snippet, SnippetFinder
from search.suggesting import suggestions
from search.vocabulary import current_vocabulary

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Result:
    """A card as a listing shows it: name and producer as HTML with marks (empty: as they are), and why it was found."""

    card: Card
    name: SafeString | str = ""
    producer: SafeString | str = ""
    why: Snippet | None = None


class CatalogueView(View):
    """Every good that may be shown, to be narrowed."""

    http_method_names = ["get", "head", "options"]
    template_name = "search/listing.html"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        language = (get_language() or settings.LANGUAGE_CODE)[:2]
        fixed = self.fixed(language, **kwargs)
        query = read_query(
            request.GET,
            at=timezone.now(),
            adult=request.is_adult,  # type: ignore[attr-defined]
            fixed=fixed,
        )
        if not self.searches_text():
            query = replace(query, text="")
        try:
            return self._found(request, query, fixed, language)
        except SearchUnavailable as error:
            logger.warning("the search engine does not answer: %s", error)
            return self._without_engine(request, query, fixed, language)

    # -- what subclasses say ------------------------------------------------------------------

    def fixed(self, language: str, **kwargs: Any) -> dict[Facet, str]:
        """Return the facets that this page stands for."""
        return {}

    def searches_text(self) -> bool:
        """Return whether the page looks for words."""
        return False

    def title(self, query: SearchQuery, fixed: dict[Facet, str], language: str) -> str:
        """Return the page's heading."""
        for facet, value in fixed.items():
            return kind_labels(language)[facet][value]
        return _("All goods")

    def trail(self, title: str, fixed: dict[Facet, str]) -> list[tuple[str, str]]:
        """Return the breadcrumb."""
        home = (_("Home"), reverse("home"))
        if not fixed:
            return [home, (title, "")]
        return [home, (_("All goods"), reverse("catalogue:index")), (title, "")]

    # -- pages --------------------------------------------------------------------------------

    def _found(
        self, request: HttpRequest, query: SearchQuery, fixed: dict[Facet, str], language: str
    ) -> HttpResponse:
        asked = query.page
        query, result = find_goods(replace(query, page=min(asked, LAST_PAGE)))
        beyond = asked > LAST_PAGE and result.total > LAST_PAGE * query.page_size
        if not beyond and (last := last_page(replace(query, page=asked), result)) is not None:
            return HttpResponseRedirect(with_values(request.GET, page=str(last)))
        ids = [] if beyond else result.product_ids
        cards = cards_for(
            ids, language=language, at=query.at, adult=query.adult, with_texts=bool(query.text.strip())
        )
        listing = build_listing(query, result, request.GET, language=language, fixed=fixed)
        remember_popular_sets(query, result)
        interpretation = result.interpretation
        context = {
            **self._frame(self.title(query, fixed, language), query, fixed),
            "listing": listing,
            "beyond": beyond,
            "items": _marked(cards, interpretation),
            "ways_on": ways_on(query, language, current_vocabulary()) if not cards else None,
            "understood": interpretation.understood,
            "corrected": interpretation.corrected,
            "suggestion": interpretation.suggestion,
            "facets_rest": not query.with_facets,
            "search_note": write_note(
                text=query.text, language=language, results=result.total, adult=query.adult
            )
            if query.text
            else "",
        }
        response = render(request, self.template_name, context)
        # Of the endless different searches few come twice; and a page without facets is kept for nobody.
        if query.text or not query.with_facets:
            return response
        boundaries = [card.until for card in cards]
        if query.hangs_on_prices:  # also on those of goods that don't stand on the page yet
            boundaries.append(next_price_boundary(query.at))
        return public_page(response, boundaries=boundaries)

    def _without_engine(
        self, request: HttpRequest, query: SearchQuery, fixed: dict[Facet, str], language: str
    ) -> HttpResponse:
        page = browse_goods(query)
        cards = cards_for(page.object_list, language=language, at=query.at, adult=query.adult)
        # Words aren't searched for here: all goods are shown, and the heading says no more than that.
        title = _("All goods") if query.text else self.title(query, fixed, language)
        context = {
            **self._frame(title, query, fixed),
            "parameters": turning(request.GET),
            "page": page,
            "page_numbers": [
                number if isinstance(number, int) else "…"
                for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
            ],
            "items": _marked(cards, None),
            "ways_on": ways_on(query, language),
        }
        return render(request, "search/without_engine.html", context)

    def _frame(self, title: str, query: SearchQuery, fixed: dict[Facet, str]) -> dict[str, Any]:
        return {
            "title": title,
            "trail": self.trail(title, fixed),
            "query": query,
            "query_text": query.text,
            "tab": "search" if self.searches_text() else "goods",
        }


class ProductCategoryView(CatalogueView):
    """The goods of a sector."""

    def fixed(self, language: str, **kwargs: Any) -> dict[Facet, str]:
        return _known(Facet.SECTOR, kwargs["sector"], language)


class ProductSetView(CatalogueView):
    """The goods of one of the 26 product sets; those of alcohol ask for the age first."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if kwargs["number"] in ALCOHOL_SETS and not request.is_adult:  # type: ignore[attr-defined]
            return redirect(f"{reverse('age-declare')}?{urlencode({'next': request.get_full_path()})}")
        return super().get(request, **kwargs)

    def fixed(self, language: str, **kwargs: Any) -> dict[Facet, str]:
        return _known(Facet.SET, str(kwargs["number"]), language)


class FacetedSearchView(CatalogueView):
    """The goods found for a text; without one, all of them."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        language = (get_language() or settings.LANGUAGE_CODE)[:2]
        # Whoever narrows or turns pages is past the door already.
        if set(request.GET) == {"q"} and (path := redirect_for(request.GET["q"], language=language)):
            return HttpResponseRedirect(path)
        return super().get(request, **kwargs)

    def searches_text(self) -> bool:
        return True

    def title(self, query: SearchQuery, fixed: dict[Facet, str], language: str) -> str:
        return _("Results for “%(text)s”") % {"text": query.text} if query.text else _("Search")


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """Return the options under the search field while someone types (a fragment)."""
    text = request.GET.get("q", "").replace("\x00", "").lstrip()[:120]
    at = timezone.now()
    adult: bool = request.is_adult  # type: ignore[attr-defined]
    language = (get_language() or settings.LANGUAGE_CODE)[:2]
    try:
        found = suggestions(text, language=language, at=at, adult=adult)
    except SearchUnavailable as error:
        logger.warning("no suggestions: %s", error)
        return HttpResponse("", status=503)
    response = render(request, "search/suggestions.html", {"found": found, "query_text": text})
    return public_page(response, boundaries=found.boundaries)


@require_safe
def ranking_criteria(request: HttpRequest) -> HttpResponse:
    """Say in plain words what decides the order of goods, with the weights that are in force."""
    title = _("How goods are ordered")
    context = {
        "title": title,
        "trail": [(_("Home"), reverse("home")), (title, "")],
        "criteria": criteria(),
        "counted": (sales_counted(), reviews_counted()),
        "orders": other_orders(),
        "tab": "goods",
    }
    return public_page(render(request, "search/ranking_criteria.html", context))


def _known(facet: Facet, value: str, language: str) -> dict[Facet, str]:
    if value not in kind_labels(language)[facet]:
        raise Http404
    return {facet: value}


def _marked(cards: list[Card], interpretation: Interpretation | None) -> list[Result]:
    """Return each card with the words searched for marked, and why it was found where it shows none of them."""
    if interpretation is None or interpretation.required is None:
        return [Result(replace(card, told=())) for card in cards]
    finder = SnippetFinder(interpretation)
    return [
        Result(
            replace(card, told=()),  # the card's HTML is remembered by what it is made of
            highlight(card.name, interpretation),
            highlight(card.producer_name, interpretation),
            finder.find(card.told, shown=f"{card.name} / {card.producer_name} / {card.place}"),
        )
        for card in cards
    ]
