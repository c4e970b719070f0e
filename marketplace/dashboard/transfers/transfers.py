"""Money that came in: all of it, and one transfer with what can be decided about it."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import ListView, View

from checkout.order.numbers import read_order_number
from checkout.payment.models import Refund
from checkout.payment.transfers.debt_decisions import transfer_pays_debt
from checkout.payment.transfers.debts import debtors_in
from checkout.payment.transfers.errors import TransferError
from checkout.payment.transfers.memos import order_numbers_in
from checkout.payment.transfers.models import AWAITING_PERSON, BankTransfer
from checkout.payment.transfers.services import (
    transfer_is_no_orders,
    transfer_is_same,
    transfer_match,
    transfer_return,
    transfer_returned,
    twin_of,
)
from checkout.payment.transfers.splitting import transfer_split
from checkout.payment.transfers.suggestions import suggestions_for
from marketplace.dashboard.access import NationalAccess, RecentSecondFactor
from marketplace.dashboard.filters import filters_kept
from marketplace.dashboard.transfers import FINANCE
from marketplace.dashboard.transfers.forms import (
    DebtForm,
    MatchForm,
    NoOrderForm,
    ReturnedForm,
    ReturnForm,
    SplitForm,
)
from marketplace.folding import names_like

State = BankTransfer.State
#: What the list can be narrowed to: name in the address, words, states.
SHOWN: dict[str, tuple[Any, tuple[str, ...]]] = {
    "decide": (gettext_lazy("To decide"), AWAITING_PERSON),
    "return": (gettext_lazy("To send back"), (State.TO_RETURN,)),
    "kept": (gettext_lazy("Too little so far"), (State.KEPT,)),
    "settled": (
        gettext_lazy("Settled"),
        (State.SETTLED, State.RETURNED, State.SAME, State.SPLIT, State.DEBT),
    ),
    "no_order": (gettext_lazy("No order's money"), (State.NO_ORDER,)),
    "pending": (gettext_lazy("Just read"), (State.PENDING,)),
}


class TransferListView(NationalAccess, ListView):
    """Newest first; narrowed by state, found by memo, reference, amount or order number."""

    staff_roles = FINANCE
    template_name = "dashboard/transfers/transfers.html"
    context_object_name = "transfers"
    paginate_by = 50

    @property
    def shown(self) -> str:
        return self.request.GET.get("show", "") if self.request.GET.get("show") in SHOWN else ""

    def get_queryset(self) -> QuerySet[BankTransfer]:
        found = BankTransfer.objects.select_related("account", "order", "producer")
        if self.shown:
            found = found.filter(state__in=SHOWN[self.shown][1])
        if words := self.request.GET.get("q", "").strip()[:80]:
            found = found.filter(self.named(words))
        return found

    def named(self, words: str) -> Q:
        """Return which transfers `words` mean."""
        named = Q(reference__iexact=words) | names_like(words, "memo")
        number = read_order_number(words)
        if number:
            named |= Q(order__number=number)
        digits = words.replace(".", "").replace(",", "").removesuffix("₫").strip()
        return (
            named | Q(amount=int(digits))
            if digits.isascii() and digits.isdigit() and len(digits) < 10
            else named
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counts = dict(BankTransfer.objects.order_by().values_list("state").annotate(Count("pk")))
        tabs = [
            (name, words, sum(counts.get(state, 0) for state in states))
            for name, (words, states) in SHOWN.items()
        ]
        return super().get_context_data(
            **kwargs,
            tabs=[tab for tab in tabs if tab[2] or tab[0] == self.shown],
            total=sum(counts.values()),
            show=self.shown,
            query=filters_kept(self.request),
        )


class TransferAccess(NationalAccess, View):
    """One transfer's page, also as a decision about it comes back with a mistake."""

    staff_roles = FINANCE

    def page(self, request: HttpRequest, pk: int, *, form: Any = None, status: int = 200) -> HttpResponse:
        transfer = get_object_or_404(
            BankTransfer.objects.select_related(
                "account", "order", "producer", "statement", "same_as", "part_of", "decided_by"
            ),
            pk=pk,
        )
        number = transfer.order.number if transfer.order else ""
        context = {
            "desk": "staff",
            "transfer": transfer,
            "refund": Refund.objects.filter(payment=transfer.returned_payment_id or 0).first(),
            "suggestions": suggestions_for(transfer) if transfer.state == State.UNKNOWN else [],
            "twin": twin_of(transfer, transfer.order) if transfer.state == State.DOUBTFUL else None,
            "match_form": form
            if isinstance(form, MatchForm)
            else MatchForm(initial={"order_number": number}, use_required_attribute=False),
            "split_form": form
            if isinstance(form, SplitForm)
            else SplitForm(
                initial={"order_numbers": "\n".join(order_numbers_in(transfer.memo))},
                use_required_attribute=False,
            ),
            "debt_form": form
            if isinstance(form, DebtForm)
            else DebtForm(named=debtors_in(transfer.memo), use_required_attribute=False),
            "parts": transfer.parts.select_related("order", "producer").order_by("pk"),
            "no_order_form": form
            if isinstance(form, NoOrderForm)
            else NoOrderForm(use_required_attribute=False),
            "return_form": form if isinstance(form, ReturnForm) else ReturnForm(use_required_attribute=False),
            "returned_form": form
            if isinstance(form, ReturnedForm)
            else ReturnedForm(use_required_attribute=False),
        }
        return render(request, "dashboard/transfers/transfer.html", context, status=status)


class TransferView(TransferAccess):
    """One transfer: what the bank says, what became of it, what can be decided."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.page(request, pk)


class TransferDecision(TransferAccess):
    """A decision about one transfer; leads back to it. Subclasses give `form_class` and `decide`."""

    form_class: type[Any] | None = None

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        get_object_or_404(BankTransfer, pk=pk)
        form = self.form_class(request.POST, use_required_attribute=False) if self.form_class else None
        if form is not None and not form.is_valid():
            return self.page(request, pk, form=form, status=422)
        try:
            messages.success(request, self.decide(pk, form.cleaned_data if form else {}))
        except TransferError as refused:
            if form is None:
                messages.error(request, str(refused.message))
                return redirect("dashboard:transfer", pk=pk)
            form.add_error(None, str(refused.message))
            return self.page(request, pk, form=form, status=422)
        return redirect("dashboard:transfer", pk=pk)

    def decide(self, pk: int, values: dict[str, Any]) -> str:
        """Make the decision and return what to tell the person. Raises TransferError."""
        raise NotImplementedError


class TransferMatchView(TransferDecision):
    """The transfer belongs to this order."""

    form_class = MatchForm

    def decide(self, pk: int, values: dict[str, Any]) -> str:
        number = values["order_number"]
        transfer_match(transfer_id=pk, order_number=number, by=self.request.user)
        return _("The money belongs to order %(number)s now.") % {"number": number}


class TransferSplitView(RecentSecondFactor, TransferDecision):
    """The transfer pays several orders."""

    form_class = SplitForm

    def decide(self, pk: int, values: dict[str, Any]) -> str:
        transfer_split(
            transfer_id=pk,
            order_numbers=values["order_numbers"],
            returns_rest=values["returns_rest"],
            by=self.request.user,
        )
        return _("The money is shared out over its orders.")


class TransferDebtView(RecentSecondFactor, TransferDecision):
    """A producer pays with it what it owes."""

    form_class = DebtForm

    def decide(self, pk: int, values: dict[str, Any]) -> str:
        transfer_pays_debt(
            transfer_id=pk,
            producer=values["debtor"],
            returns_rest=values["returns_rest"],
            by=self.request.user,
        )
        return _("The money pays what %(producer)s owes.") % {"producer": values["debtor"]}


class TransferSameView(TransferDecision):
    """The transfer is another one, read a second time."""

    def decide(self, pk: int, values: dict[str, Any]) -> str:
        transfer = get_object_or_404(BankTransfer.objects.select_related("order"), pk=pk)
        twin = twin_of(transfer, transfer.order)
        if twin is None:
            raise TransferError(_("No transfer was found that this one could be."))
        transfer_is_same(transfer_id=pk, same_as_id=twin.pk, by=self.request.user)
        return _("Noted: it is the same transfer and counts once.")


class TransferNoOrderView(RecentSecondFactor, TransferDecision):
    """No buyer sent the money."""

    form_class = NoOrderForm

    def decide(self, pk: int, values: dict[str, Any]) -> str:
        transfer_is_no_orders(
            transfer_id=pk, origin=values["origin"], reason=values["reason"], by=self.request.user
        )
        return _("Noted: it is no order's money and no longer waits for one.")


class TransferReturnView(RecentSecondFactor, TransferDecision):
    """The money goes back to whoever sent it."""

    form_class = ReturnForm

    def decide(self, pk: int, values: dict[str, Any]) -> str:
        transfer_return(transfer_id=pk, reason=values["reason"], by=self.request.user)
        return _("Decided: please send the money back at the bank, then note the bank's reference here.")


class TransferReturnedView(RecentSecondFactor, TransferDecision):
    """The bank has sent the money back."""

    form_class = ReturnedForm

    def decide(self, pk: int, values: dict[str, Any]) -> str:
        transfer_returned(transfer_id=pk, reference=values["reference"], by=self.request.user)
        return _("Noted: the money is sent back.")
