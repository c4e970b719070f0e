"""Commissions and taxes: dated rates. A new one begins, an old one ends; none is overwritten in use."""

from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import CreateView, FormView, ListView, TemplateView, UpdateView, View

from catalogue.models import ProductSet
from catalogue.producers.models import Partner
from checkout.settlement.rates.models import CommissionTariff, SetTaxKind, WithholdingRule
from checkout.settlement.rates.services import (
    commission_write,
    set_tax_kind_write,
    withholding_confirm,
    withholding_write,
)
from marketplace.dashboard.access import RecentSecondFactor
from marketplace.dashboard.ledger.access import LedgerAccess
from marketplace.dashboard.ledger.forms import CommissionForm, SetTaxKindForm, WithholdingForm


class CommissionListView(LedgerAccess, ListView):
    """All commissions: everybody's first, then by kind, producer and campaign; of equals the youngest first."""

    template_name = "dashboard/ledger/commissions.html"
    context_object_name = "tariffs"
    queryset = CommissionTariff.objects.select_related("producer", "campaign", "written_by").order_by(
        F("campaign__name").asc(nulls_first=True),
        F("producer__name").asc(nulls_first=True),
        "group",
        "-valid_from",
        "-pk",
    )


class CommissionCreateView(RecentSecondFactor, LedgerAccess, CreateView):
    """A new commission, beside or after those that there are."""

    model = CommissionTariff
    form_class = CommissionForm
    template_name = "dashboard/ledger/commission.html"

    def form_valid(self, form: CommissionForm) -> HttpResponse:
        return _commission_save(self.request, form, None)


class CommissionUpdateView(RecentSecondFactor, LedgerAccess, UpdateView):
    """Changes a commission that is still to begin; one in use is ended and followed by another."""

    model = CommissionTariff
    form_class = CommissionForm
    template_name = "dashboard/ledger/commission.html"

    def form_valid(self, form: CommissionForm) -> HttpResponse:
        return _commission_save(self.request, form, self.object)


def _commission_save(request: Any, form: CommissionForm, replaces: CommissionTariff | None) -> HttpResponse:
    tariff = commission_write(values=form.cleaned_data, by=request.user, replaces=replaces)
    messages.success(
        request,
        _("The commission is saved. It holds for orders placed from %(day)s on.")
        % {"day": tariff.valid_from.strftime("%d/%m/%Y")},
    )
    return redirect("dashboard:commissions")


class WithholdingView(LedgerAccess, TemplateView):
    """What is withheld by which law, and which product sets are anything but goods."""

    template_name = "dashboard/ledger/withholding.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rules = WithholdingRule.objects.select_related("confirmed_by").prefetch_related("rates")
        labels = dict(Partner.Kind.choices)
        return super().get_context_data(
            **kwargs,
            rules=[(rule, [labels.get(kind, kind) for kind in rule.seller_kinds]) for rule in rules],
            set_kinds=SetTaxKind.objects.select_related("product_set"),
            form=kwargs.get("form") or SetTaxKindForm(),
        )


class WithholdingCreateView(RecentSecondFactor, LedgerAccess, FormView):
    """What the law says from a day on; it begins with what holds now."""

    form_class = WithholdingForm
    template_name = "dashboard/ledger/withholding_new.html"

    def get_initial(self) -> dict[str, Any]:
        rule = WithholdingRule.objects.prefetch_related("rates").first()
        if rule is None:
            return {}
        rates = {f"vat_{rate.kind}": rate.vat for rate in rule.rates.all()}
        rates |= {f"pit_{rate.kind}": rate.pit for rate in rule.rates.all()}
        return {"law": rule.law, "seller_kinds": rule.seller_kinds, **rates}

    def form_valid(self, form: WithholdingForm) -> HttpResponse:
        data = form.cleaned_data
        withholding_write(
            law=data["law"],
            seller_kinds=data["seller_kinds"],
            valid_from=data["valid_from"],
            rates=form.rates(),
            by=self.request.user,
        )
        messages.success(self.request, _("The rates are saved."))
        return redirect("dashboard:withholding")


class WithholdingConfirmView(RecentSecondFactor, LedgerAccess, View):
    """Records that the rates were held against the law."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        withholding_confirm(rule=get_object_or_404(WithholdingRule, pk=pk), by=self.request.user)
        messages.success(request, _("The rates are confirmed."))
        return redirect("dashboard:withholding")


class SetTaxKindView(RecentSecondFactor, LedgerAccess, View):
    """Says of what kind the goods of a product set are."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SetTaxKindForm(request.POST)
        if form.is_valid():
            product_set: ProductSet = form.cleaned_data["product_set"]
            set_tax_kind_write(product_set=product_set, kind=form.cleaned_data["kind"], by=self.request.user)
            messages.success(request, _("Saved. It holds for what is delivered from now on."))
        else:
            messages.error(request, _("Please choose a product set and a kind of goods."))
        return redirect("dashboard:withholding")
