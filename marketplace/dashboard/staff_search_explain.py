"""Why a search finds certain goods, at which rank, or why it doesn't: for whoever is asked by a producer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from catalogue.certification.facts import facts_for_goods
from catalogue.certification.imports.models import ImportRow
from catalogue.certification.rules import sale_decision
from catalogue.models import Product
from marketplace.accounts.models import StaffRole
from marketplace.accounts.roles import staff_scope
from marketplace.clock import today
from marketplace.dashboard.explanation_words import (
    obstacle_lines,
    part_rows,
    rank_words,
    understood_lines,
)
from marketplace.dashboard.papers.access import PaperAccess
from search.engines.base import get_engine
from search.errors import SearchUnavailable
from search.explanation import Explanation, Finding, explain
from search.insights.redirects import redirect_for
from search.query import SearchQuery
from search.selectors import find_in
from search.vocabulary import current_vocabulary

#: The most goods offered where a name fits several, and the most of those found that are listed.
MOST: Final = 20
FIRST: Final = 10


class ExplainForm(forms.Form):
    """What a buyer types, and which goods are meant."""

    q = forms.CharField(
        label=_("What a buyer types"), max_length=120, widget=forms.TextInput(attrs={"type": "search"})
    )
    good = forms.CharField(
        label=_("Goods"),
        max_length=255,
        required=False,
        help_text=_("Name, OCOP code or number in a decision list."),
    )
    minor = forms.BooleanField(label=_("As a buyer who hasn't declared their age"), required=False)
    #: The goods that the text in `good` stands for, as long as nobody changes it.
    pk = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput())


@dataclass(frozen=True, slots=True)
class FoundGood:
    """One of the goods found first; ``good`` is None where it belongs to another province."""

    rank: int
    title: str
    producer: str
    pk: int | None


class SearchExplainView(PaperAccess, TemplateView):
    """Takes a search and goods within the person's provinces; the whole state is in the address."""

    template_name = "dashboard/staff/search_explain.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        typed = {name: self.request.GET.get(name, "") for name in ("q", "good", "pk", "minor")}
        picked = self._picked(typed)
        if picked is not None and not typed["good"]:
            typed["good"] = picked.title
        asks = bool(typed["q"].strip())
        form = ExplainForm(typed) if asks else ExplainForm(initial=typed)
        # Of those who may look here verifiers are no admins, and some admins have provinces of their own.
        sees_searches = staff_scope(self.request.user, StaffRole.Role.ADMIN).everything
        context = super().get_context_data(**kwargs, form=form, asks=asks, sees_searches=sees_searches)
        if not asks or not form.is_valid():
            return context
        return {**context, **self._answer(form, picked)}

    def _picked(self, typed: dict[str, str]) -> Product | None:
        """Return the goods that were chosen from a list, unless another name was typed since."""
        pk = typed["pk"]
        found = (
            self.goods().filter(pk=int(pk)).first()
            if pk.isascii() and pk.isdigit() and len(pk) < 10
            else None
        )
        return found if found is not None and typed["good"] in ("", found.title) else None

    def _answer(self, form: ExplainForm, picked: Product | None) -> dict[str, Any]:
        text, name = form.cleaned_data["q"], form.cleaned_data["good"]
        query = SearchQuery(at=timezone.now(), text=text, adult=not form.cleaned_data["minor"])
        answer: dict[str, Any] = {
            "text": text,
            "leads_to": redirect_for(text, language=get_language() or "vi"),
        }
        if picked is None and name:
            candidates = self._named(name)
            if not candidates:
                form.add_error("good", _("No goods of your provinces have this name or code."))
                return {}
            if len(candidates) > 1:
                return {**answer, "candidates": candidates, "minor": form.cleaned_data["minor"]}
            picked = candidates[0]
        try:
            if picked is None:
                return {**answer, **self._found_first(query)}
            found = explain(get_engine(), query, current_vocabulary(), picked.pk)
        except SearchUnavailable:
            return {**answer, "good": picked, "is_down": True, "hidden": self._hidden(picked, query)}
        return {**answer, **_explained(found, picked)}

    def _named(self, name: str) -> list[Product]:
        """Return the goods that a typed name or code may mean: those that have it exactly, else all that could be meant."""
        goods = self.goods().select_related("producer")
        rows = ImportRow.objects.filter(key=name, product__isnull=False).values("product_id")
        exact = list(goods.filter(Q(ocop_code__iexact=name) | Q(title=name) | Q(pk__in=rows))[:MOST])
        if exact:
            return exact
        said = Q()
        for word in name.split():
            said &= Q(title__icontains=word) | Q(producer__name__icontains=word)
        found = {good.pk: good for good in goods.filter(said).order_by("title", "pk")[:MOST]}
        found |= {good.pk: good for good in goods.filter(pk__in=self._meant(name)).order_by("title", "pk")}
        return list(found.values())[:MOST]

    def _meant(self, name: str) -> list[int]:
        """Return goods as the search itself understands the name: without marks, mistyped, in English."""
        query = SearchQuery(at=timezone.now(), text=name, adult=True, page_size=MOST, with_facets=False)
        try:
            return find_in(get_engine(), query, current_vocabulary())[1].product_ids
        except SearchUnavailable:
            return []

    def _found_first(self, query: SearchQuery) -> dict[str, Any]:
        """Return what the search finds first, where no goods were named."""
        run, result = find_in(get_engine(), query, current_vocabulary())
        first = result.product_ids[:FIRST]
        titles = Product.objects.filter(pk__in=first).select_related("producer").in_bulk()
        own = set(self.goods().filter(pk__in=first).values_list("pk", flat=True))
        found = Explanation(Finding.NOT_FOUND, result.interpretation, run, result.total)
        return {
            "interpretation": result.interpretation,
            "understood": understood_lines(found),
            "total": result.total,
            "first": [
                FoundGood(rank, titles[pk].title, titles[pk].producer.name, pk if pk in own else None)
                for rank, pk in enumerate(first, start=1)
                if pk in titles
            ],
        }

    def _hidden(self, good: Product | None, query: SearchQuery) -> str:
        """Return why the one rule hides the goods, empty where it shows them: known even while the engine is silent."""
        if good is None:
            return ""
        facts = facts_for_goods([good.pk])[good.pk]
        verdict = sale_decision(facts=facts, on=today(), at=query.at, adult=query.adult)
        return "" if verdict.shown else str(verdict.reason.text)


def _explained(found: Explanation, good: Product) -> dict[str, Any]:
    rows = part_rows(found)
    verdict = found.verdict
    return {
        "good": good,
        "interpretation": found.interpretation,
        "understood": understood_lines(found),
        "total": found.total,
        "finding": found.finding.name.lower(),
        "rank": rank_words(found) if found.finding is Finding.FOUND else "",
        "score": found.score,
        # What is missing stands among the obstacles; the table is for what is there beside it.
        "rows": rows if any(not row.missing for row in rows) else [],
        "obstacles": obstacle_lines(found),
        "hidden": str(verdict.reason.text) if verdict and not verdict.shown else "",
    }
