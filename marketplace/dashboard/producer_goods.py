"""A producer's goods: their certificates, prices and stock, edited where they stand."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from catalogue.certification.facts import facts_for, facts_for_goods
from catalogue.certification.models import Certificate
from catalogue.certification.rules import sale_decision
from catalogue.certification.terms import StandingSince, standing_on
from catalogue.errors import StockPromised
from catalogue.models import Product
from catalogue.pricing.selectors import PackPrice, prices_at
from catalogue.pricing.services import normal_price_set
from catalogue.producers.models import StockRecord
from catalogue.producers.selectors import MAY_EDIT_GOODS
from catalogue.services import stock_set
from marketplace.clock import today
from marketplace.dashboard.access import ProducerAccess
from marketplace.dashboard.forms import PackForm


@dataclass(frozen=True, slots=True)
class PackRow:
    """One pack in the table; `reduced_to` is what a campaign sells it for today, in đồng."""

    pack: Product
    stock: StockRecord | None
    form: PackForm
    reduced_to: int | None


@dataclass(frozen=True, slots=True)
class GoodRow:
    """One good: its paper, its packs, and why the shop hides it or doesn't sell it (empty where it does)."""

    good: Product
    paper: Certificate | None
    standing: StandingSince | None
    packs: list[PackRow]
    hidden: str
    unsold: str


class GoodsView(ProducerAccess, TemplateView):
    """All goods of the producer, each with its certificate and its packs."""

    template_name = "dashboard/producer/goods.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, goods=self.goods())

    def goods(self) -> list[GoodRow]:
        """Return a row for each good, in a constant number of queries."""
        now = timezone.now()
        goods = list(
            self.producer.goods.filter(structure=Product.PARENT)
            .select_related("product_set")
            .prefetch_related("certificates__decision", "children__stockrecords")
            .order_by("title")
        )
        pack_ids = [pack.pk for good in goods for pack in good.children.all()]
        prices = prices_at(pack_ids, now)
        pack_facts = facts_for(pack_ids, at=now)
        good_facts = facts_for_goods([good.pk for good in goods])
        rows = []
        for good in goods:
            packs = list(good.children.all())
            verdicts = [
                sale_decision(facts=pack_facts[pack.pk], on=today(), at=now, adult=True) for pack in packs
            ]
            verdict = sale_decision(facts=good_facts[good.pk], on=today(), at=now, adult=True)
            paper = certificate_of(good)
            why_unsold = verdicts[0] if verdicts else verdict
            is_sold = any(one.sold for one in verdicts)
            rows.append(
                GoodRow(
                    good=good,
                    paper=paper,
                    standing=standing_on(paper, today()) if paper else None,
                    packs=[pack_row(pack, prices.get(pack.pk)) for pack in packs],
                    hidden="" if verdict.shown else str(verdict.reason.text),
                    unsold="" if is_sold or not packs else str(why_unsold.reason.text),
                )
            )
        return rows


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


def pack_row(pack: Product, price: PackPrice | None) -> PackRow:
    """Return a pack's line with its form filled in."""
    stock = next(iter(pack.stockrecords.all()), None)
    initial = {"price": price.normal if price else None, "stock": stock.num_in_stock if stock else 0}
    return PackRow(
        pack=pack,
        stock=stock,
        form=PackForm(initial=initial, auto_id=f"pack-{pack.pk}-%s"),
        reduced_to=price.now if price and price.now < price.normal else None,
    )


class PackUpdateView(ProducerAccess, View):
    """Sets price and stock of one pack."""

    member_roles = MAY_EDIT_GOODS

    def post(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        pack = get_object_or_404(
            Product,
            pk=pk,
            structure=Product.CHILD,
            parent__producer=self.producer,
            stockrecords__isnull=False,
        )
        form = PackForm(request.POST, auto_id=f"pack-{pack.pk}-%s")
        if not form.is_valid():
            context = {"producer": self.producer, "pack": pack, "form": form, "desk": "producer"}
            return render(request, "dashboard/producer/pack.html", context, status=422)
        try:
            with transaction.atomic():
                stock_set(pack=pack, quantity=form.cleaned_data["stock"], by=self.request.user)
                if form.cleaned_data["price"]:
                    normal_price_set(
                        pack=pack, amount=form.cleaned_data["price"], source="producer", by=self.request.user
                    )
        except StockPromised as error:
            form.add_error("stock", str(error))
            context = {"producer": self.producer, "pack": pack, "form": form, "desk": "producer"}
            return render(request, "dashboard/producer/pack.html", context, status=422)
        messages.success(request, _("Saved: %(name)s") % {"name": f"{pack.parent.title} · {pack.title}"})
        return redirect("dashboard:goods", producer_pk=self.producer.pk)
