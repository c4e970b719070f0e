"""A producer's goods: all of them with price and stock, and each on a page of its own."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View

from catalogue.addresses import good_url
from catalogue.certification.facts import certificate_facts, facts_for, good_facts
from catalogue.certification.models import Certificate
from catalogue.certification.rules import GoodFacts, SaleDecision, sale_decision
from catalogue.certification.terms import StandingSince, standing_on
from catalogue.models import Product
from catalogue.packs import PackOffer, lead_pack
from catalogue.pricing.selectors import PackPrice, last_normal_amounts, prices_at
from catalogue.producers.models import StockRecord
from catalogue.producers.selectors import MAY_EDIT_GOODS
from catalogue.producers.services import missing_particulars
from catalogue.services import good_update
from marketplace.audit.services import audited, changes_between
from marketplace.clock import today
from marketplace.dashboard.access import ProducerAccess
from marketplace.dashboard.goods_forms import (
    PackForm,
    SeasonForm,
    TextsForm,
    texts_of,
    texts_written,
    travel_form,
)
from marketplace.dashboard.picture_tiles import tiles_of
from marketplace.dashboard.sale_advice import Advice, advice_on
from marketplace.dashboard.staff_producers import missing_words
from marketplace.operator import operator


@dataclass(frozen=True, slots=True)
class PackRow:
    """One pack; amounts in đồng."""

    pack: Product
    stock: StockRecord | None
    form: PackForm
    verdict: SaleDecision
    price: PackPrice | None
    #: What it cost before it was taken off sale; None while it has a price, or never had one.
    last_price: int | None
    #: Whether it stands for the good on cards, and whether the producer said so.
    leads: bool
    is_chosen: bool

    @property
    def reduced_to(self) -> int | None:
        """What a campaign sells it for now; None where none does."""
        return self.price.now if self.price and self.price.now < self.price.normal else None


@dataclass(frozen=True, slots=True)
class GoodRow:
    """One good: its paper, its packs, and what the shop does with it."""

    good: Product
    paper: Certificate | None
    standing: StandingSince | None
    packs: list[PackRow]
    verdict: SaleDecision
    advice: Advice


class GoodsAccess(ProducerAccess):
    """The goods of one producer. Any member may look; `may_edit` says who may change them."""

    def goods(self) -> QuerySet[Product]:
        return Product.objects.filter(structure=Product.PARENT, producer=self.producer)

    @cached_property
    def good(self) -> Product:
        return get_object_or_404(self.goods().select_related("product_set"), pk=self.kwargs["pk"])  # type: ignore[attr-defined]

    def may_edit(self) -> bool:
        return self.is_one_of(*MAY_EDIT_GOODS)

    def rows(self, goods: QuerySet[Product]) -> list[GoodRow]:
        """Return a row for each of `goods`, in a constant number of queries."""
        missing = missing_particulars(self.producer)
        words = missing_words()
        return good_rows(goods, missing=[words[name] for name in missing])


class GoodsForm(FormView):
    """A form that answers 422 with what was typed, where something of it can't be."""

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class GoodsView(GoodsAccess, TemplateView):
    """All goods of the producer, each with its certificate and its packs."""

    template_name = "dashboard/producer/goods.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.rows(self.goods().order_by("title"))
        return super().get_context_data(**kwargs, rows=rows, may_edit=self.may_edit())


class GoodView(GoodsAccess, TemplateView):
    """One good: whether it is on sale and what to do about it, its packs, pictures, texts and season."""

    template_name = "dashboard/producer/good.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = next(iter(self.rows(self.goods().filter(pk=self.kwargs["pk"]))), None)
        if row is None:
            raise Http404
        good = row.good
        tiles = tiles_of(good)
        texts = texts_written(good)
        language = (get_language() or "vi")[:2]
        return super().get_context_data(
            **kwargs,
            row=row,
            good=good,
            may_edit=self.may_edit(),
            tiles=tiles,
            waits=any(tile.is_waiting for tile in tiles),
            texts_missing=[label for label, in_vietnamese, _english in texts if not in_vietnamese],
            texts_count=sum(in_vietnamese for _label, in_vietnamese, _english in texts),
            english_count=sum(in_english for _label, _vietnamese, in_english in texts),
            texts_total=len(texts),
            season=season_form(good),
            travel=travel_form(good),
            shop_url=good_url(pk=good.pk, slug=good.slug, language=language) if row.verdict.shown else "",
            operator=operator(),
        )


def good_rows(goods: QuerySet[Product], *, missing: list[str]) -> list[GoodRow]:
    """Return a row for each of `goods`; `missing` are particulars of their producer. A constant number of queries."""
    now = timezone.now()
    found = list(
        goods.select_related("product_set", "producer").prefetch_related(
            Prefetch("certificates", Certificate.objects.select_related("decision")), "children__stockrecords"
        )
    )
    pack_ids = [pack.pk for good in found for pack in good.children.all()]
    prices = prices_at(pack_ids, now)
    last = last_normal_amounts(set(pack_ids) - set(prices))
    verdicts = pack_verdicts(pack_ids, at=now)
    rows = []
    for good in found:
        packs = pack_rows(good, prices, last, verdicts)
        alone = sale_decision(facts=_facts_of(good), on=today(), at=now, adult=True)
        # The pack that stands for the good speaks for it: a pack that is sold leads where there is one.
        verdict = next((pack.verdict for pack in packs if pack.leads), alone)
        paper = certificate_of(good)
        rows.append(
            GoodRow(
                good=good,
                paper=paper,
                standing=standing_on(paper, today()) if paper else None,
                packs=packs,
                verdict=verdict,
                advice=advice_on(
                    verdict, has_packs=bool(packs), suspended_because=good.listing_reason, missing=missing
                ),
            )
        )
    return rows


def _facts_of(good: Product) -> GoodFacts:
    """Return what the one rule asks of a good. Works on prefetched certificates."""
    papers = sorted(good.certificates.all(), key=lambda paper: paper.pk)
    return good_facts(
        good,
        tuple(
            certificate_facts(paper, decision_number=paper.decision.number if paper.decision else "")
            for paper in papers
        ),
    )


def pack_verdicts(pack_ids: Collection[int], *, at: datetime) -> dict[int, SaleDecision]:
    """Return what the one rule says of each pack to a visitor of age."""
    return {
        pk: sale_decision(facts=facts, on=today(), at=at, adult=True)
        for pk, facts in facts_for(pack_ids, at=at).items()
    }


def pack_rows(
    good: Product, prices: dict[int, PackPrice], last: dict[int, int], verdicts: dict[int, SaleDecision]
) -> list[PackRow]:
    """Return the packs of a good as they were made. Works on prefetched packs and stock."""
    packs = sorted(good.children.all(), key=lambda pack: pack.pk)
    leading = lead_pack(
        [
            PackOffer(pack.pk, prices[pack.pk].now if pack.pk in prices else None, verdicts[pack.pk].sold)
            for pack in packs
        ],
        chosen=good.lead_pack_id,
    )
    rows = []
    for pack in packs:
        stock = next(iter(pack.stockrecords.all()), None)
        rows.append(
            PackRow(
                pack=pack,
                stock=stock,
                form=pack_form(pack, price=prices.get(pack.pk), stock=stock),
                verdict=verdicts[pack.pk],
                price=prices.get(pack.pk),
                last_price=last.get(pack.pk),
                leads=leading is not None and leading.pk == pack.pk,
                is_chosen=good.lead_pack_id == pack.pk,
            )
        )
    return rows


def pack_form(
    pack: Product, *, price: PackPrice | None, stock: StockRecord | None, data: Any = None
) -> PackForm:
    """Return the form of a pack's price and stock, filled in."""
    on_shelf = stock.num_in_stock if stock else 0
    initial = {"price": price.normal if price else None, "stock": on_shelf, "stock_before": on_shelf}
    return PackForm(data, initial=initial, auto_id=f"pack-{pack.pk}-%s", on_sale=price is not None)


def certificate_of(good: Product) -> Certificate | None:
    """Return the certificate that counts today, else the newest one. Works on prefetched certificates."""
    day = today()
    papers = sorted(
        good.certificates.all(),
        key=lambda paper: (paper.valid_from is not None, paper.valid_from or day),
        reverse=True,
    )
    counting = [paper for paper in papers if standing_on(paper, day).standing.counts]
    return next(iter(counting or papers), None)


class TextsView(GoodsAccess, GoodsForm):
    """The texts of a good in both languages."""

    member_roles = MAY_EDIT_GOODS
    template_name = "dashboard/producer/texts.html"
    form_class = TextsForm

    def get_initial(self) -> dict[str, Any]:
        return texts_of(self.good)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, good=self.good, operator=operator())

    def form_valid(self, form: TextsForm) -> HttpResponse:
        with audited(
            "good.texts", self.good, words=self.good.title, changes={"fields": sorted(form.changed_data)}
        ):
            good_update(good=self.good, details=form.details())
        messages.success(self.request, _("Saved: %(name)s") % {"name": self.good.title})
        return redirect("dashboard:own-good", producer_pk=self.producer.pk, pk=self.good.pk)


def season_form(good: Product, data: Any = None) -> SeasonForm:
    """Return the form of a good's season, filled in."""
    initial = {"season_first": good.season_first, "season_last": good.season_last}
    return SeasonForm(data, initial=initial, auto_id=f"season-{good.pk}-%s")


class SeasonUpdateView(GoodsAccess, View):
    """Sets the months in which a good is to be had."""

    member_roles = MAY_EDIT_GOODS

    def post(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        form = season_form(self.good, request.POST)
        if not form.is_valid():
            context = {"producer": self.producer, "good": self.good, "form": form, "desk": "producer"}
            return render(request, "dashboard/producer/season.html", context, status=422)
        before = {name: getattr(self.good, name) for name in form.cleaned_data}
        changes = changes_between(before, form.cleaned_data)
        with audited("good.season", self.good, words=self.good.title, changes=changes):
            good_update(good=self.good, details=form.cleaned_data)
        messages.success(request, _("Saved: %(name)s") % {"name": self.good.title})
        return redirect("dashboard:own-good", producer_pk=self.producer.pk, pk=self.good.pk)
