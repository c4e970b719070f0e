"""The packs of a producer's goods: new ones, their names, price and stock, on sale and off."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import View

from catalogue.errors import CodeTaken, StockPromised
from catalogue.models import Product
from catalogue.pricing.selectors import last_normal_amounts, price_at
from catalogue.pricing.services import normal_price_end, normal_price_set
from catalogue.producers.models import StockRecord
from catalogue.producers.selectors import MAY_EDIT_GOODS
from catalogue.services import lead_pack_set, pack_create, pack_update, stock_set
from marketplace.audit.services import audited, changes_between
from marketplace.dashboard.access import ProducerAccess
from marketplace.dashboard.goods_forms import NewPackForm, PackLabelForm
from marketplace.dashboard.producer_goods import GoodsAccess, GoodsForm, pack_form


class PackCreateView(GoodsAccess, GoodsForm):
    """A new pack of a good, with price and stock."""

    member_roles = MAY_EDIT_GOODS
    template_name = "dashboard/producer/pack_edit.html"
    form_class = NewPackForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, good=self.good)

    def form_valid(self, form: NewPackForm) -> HttpResponse:
        typed, details = form.cleaned_data, form.details()
        try:
            with audited("pack.created") as event:
                pack = pack_create(
                    good=self.good,
                    label=details.pop("title_vi"),
                    weight=details.pop("weight"),
                    stock=typed["stock"],
                    price=typed["price"],
                    sku=typed["sku"],
                    details=details,
                    by=self.request.user,
                )
                event |= {
                    "subject": pack,
                    "words": f"{self.good.title} · {pack.title}",
                    "changes": {"price": [None, typed["price"]], "stock": [None, typed["stock"]]},
                }
        except CodeTaken as error:
            form.add_error("sku", str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("Added: %(name)s") % {"name": pack.title})
        return redirect("dashboard:own-good", producer_pk=self.producer.pk, pk=self.good.pk)


class OnePack(ProducerAccess):
    """A screen of one pack of the producer, named by its address."""

    member_roles = MAY_EDIT_GOODS

    @cached_property
    def pack(self) -> Product:
        return get_object_or_404(
            Product.objects.select_related("parent"),
            pk=self.kwargs["pk"],  # type: ignore[attr-defined]
            structure=Product.CHILD,
            parent__producer=self.producer,
            stockrecords__isnull=False,
        )

    @property
    def good(self) -> Product:
        return cast(Product, self.pack.parent)  # a constraint gives every pack one

    @property
    def name(self) -> str:
        return f"{self.good.title} · {self.pack.title}"

    def to_good(self) -> HttpResponse:
        return redirect("dashboard:own-good", producer_pk=self.producer.pk, pk=self.good.pk)


class PackEditView(OnePack, GoodsForm):
    """What a pack is called, weighs and measures."""

    template_name = "dashboard/producer/pack_edit.html"
    form_class = PackLabelForm

    @cached_property
    def stock(self) -> StockRecord:
        return StockRecord.objects.get(product=self.pack)

    def get_initial(self) -> dict[str, Any]:
        pack = self.pack
        sides = {side: getattr(pack, side) for side in PackLabelForm.SIDES}
        return {
            "title_vi": pack.title_vi,
            "title_en": pack.title_en or "",
            "weight": pack.weight,
            "sku": self.stock.partner_sku,
            **sides,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, good=self.good, pack=self.pack)

    def form_valid(self, form: PackLabelForm) -> HttpResponse:
        try:
            changes = changes_between(self.get_initial(), form.cleaned_data)
            with audited("pack.edited", self.pack, words=self.name, changes=changes):
                pack_update(pack=self.pack, details=form.details(), sku=form.cleaned_data["sku"])
        except CodeTaken as error:
            form.add_error("sku", str(error))
            return self.form_invalid(form)
        self.pack.refresh_from_db()
        messages.success(self.request, _("Saved: %(name)s") % {"name": self.name})
        return self.to_good()


class PackUpdateView(OnePack, View):
    """Sets price and stock of one pack, and leads back to where they were typed."""

    def post(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        pack, price = self.pack, price_at(pk)
        form = pack_form(pack, price=price, stock=None, data=request.POST)
        if form.is_valid():
            try:
                self.save(price=form.cleaned_data["price"], stock=form.counted_stock)
            except StockPromised as error:
                form.add_error("stock", str(error))
        if not form.is_valid():
            context = {"producer": self.producer, "pack": pack, "form": form, "desk": "producer"}
            return render(request, "dashboard/producer/pack.html", context, status=422)
        messages.success(request, _("Saved: %(name)s") % {"name": self.name})
        if request.POST.get("back") == "goods":
            return redirect("dashboard:goods", producer_pk=self.producer.pk)
        return self.to_good()

    def save(self, *, price: int | None, stock: int | None) -> None:
        known = price_at(self.pack.pk)
        changes: dict[str, list[int | None]] = {}
        with audited("pack.changed", self.pack, words=self.name, changes=changes):
            if stock is not None:
                changes["stock"] = [self.pack.stockrecords.get().num_in_stock, stock]
                stock_set(pack=self.pack, quantity=stock, by=self.request.user)
            if price is not None:
                changes["price"] = [known.normal if known else None, price]
                normal_price_set(pack=self.pack, amount=price, source="producer", by=self.request.user)


class PackLeadView(OnePack, View):
    """Lets a pack stand for its good on cards and in lists; the one that was chosen gives way to the cheapest again."""

    def post(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        was_chosen = self.good.lead_pack_id == self.pack.pk
        with audited(
            "pack.leading", self.pack, words=self.name, changes={"chosen": [was_chosen, not was_chosen]}
        ):
            lead_pack_set(good=self.good, pack=None if was_chosen else self.pack)
        if was_chosen:
            messages.success(request, _("The cheapest pack on sale stands on the product's card now."))
        else:
            messages.success(
                request, _("%(name)s stands on the product's card now.") % {"name": self.pack.title}
            )
        return self.to_good()


class PackOffView(OnePack, View):
    """Takes a pack off sale: it has no price any more."""

    def post(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        with audited("pack.off", self.pack, words=self.name):
            normal_price_end(pack=self.pack)
        messages.success(request, _("%(name)s is off sale.") % {"name": self.pack.title})
        return self.to_good()


class PackOnView(OnePack, View):
    """Puts a pack back on sale for what it cost last."""

    def post(self, request: HttpRequest, producer_pk: int, pk: int) -> HttpResponse:
        amount = last_normal_amounts([pk]).get(self.pack.pk)
        if amount is None:
            messages.error(request, _("This pack never had a price: write one."))
            return self.to_good()
        with audited("pack.on", self.pack, words=self.name, changes={"price": [None, amount]}):
            normal_price_set(pack=self.pack, amount=amount, source="producer", by=self.request.user)
        messages.success(request, _("%(name)s has its price again.") % {"name": self.pack.title})
        return self.to_good()
