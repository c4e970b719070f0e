"""The page of a case and its steps: the same for the producer and the programme, who differ in what they may do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.generic import DetailView, View

from catalogue.errors import PictureRefused
from checkout.aftersale.cases import OPEN_STATES, steps_of
from checkout.aftersale.decisions import (
    case_goods_contested,
    case_goods_received,
    case_refund,
    case_refuse,
    case_settle,
    case_take_over,
)
from checkout.aftersale.models import Case, CasePicture, Reason, Side
from checkout.aftersale.money import refund_amount
from checkout.aftersale.selectors import cases_with_parts, countdown_of
from checkout.aftersale.services import case_message
from checkout.aftersale.views import picture_response
from checkout.errors import CheckoutError
from marketplace.accounts.second_factor import second_factor_asked, second_factor_lacks
from marketplace.audit.services import audited
from marketplace.dashboard.aftersale.forms import (
    AnswerForm,
    CaseStepForm,
    ContestForm,
    ReceivedForm,
    RefundForm,
    RefuseForm,
    SettleForm,
)

State = Case.State


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: the form that it asks for, the service that does it, and the states to which it leads."""

    form: type[CaseStepForm]
    service: Callable[..., Any]
    #: What the audit log calls it.
    action: str
    leads_to: frozenset[str] = frozenset()
    takes_side: bool = True


STEPS: Final[dict[str, Step]] = {
    "message": Step(AnswerForm, case_message, "case.message"),
    "refund": Step(RefundForm, case_refund, "case.refund", frozenset({State.REFUNDED, State.AWAITING_GOODS})),
    "settle": Step(SettleForm, case_settle, "case.settled", frozenset({State.SETTLED})),
    "refuse": Step(RefuseForm, case_refuse, "case.refused", frozenset({State.REFUSED, State.DISMISSED})),
    "received": Step(ReceivedForm, case_goods_received, "case.received", frozenset({State.REFUNDED})),
    "contest": Step(
        ContestForm, case_goods_contested, "case.contested", frozenset({State.ESCALATED}), takes_side=False
    ),
    "take-over": Step(
        CaseStepForm, case_take_over, "case.taken", frozenset({State.ESCALATED}), takes_side=False
    ),
}

#: Steps with which money may go back.
MONEY_STEPS: Final = frozenset({"refund", "received"})


class CasePage(DetailView):
    """One case with what its reader may do. Subclasses scope `cases` and say for which `side` they are."""

    template_name = "dashboard/aftersale/case.html"
    context_object_name = "case"
    side: ClassVar[str]

    def cases(self) -> QuerySet[Case]:
        """Return the cases that the person may see."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Case]:
        return cases_with_parts().filter(pk__in=self.cases().values("pk"))

    def address(self, name: str, **kwargs: Any) -> str:
        """Return an address of this case at the person's desk: `step`, `picture` or `list`."""
        raise NotImplementedError

    def may_act(self) -> bool:
        """Return whether the person may do more than read."""
        return True

    def offered(self, case: Case) -> list[str]:
        """Return the names of the steps that the person may take now."""
        if not self.may_act():
            return []
        states = steps_of(case, side=self.side)
        offered = [name for name, step in STEPS.items() if step.leads_to & states]
        is_awaited = case.state == State.AWAITING_GOODS
        unfit = {"refund"} if is_awaited else {"received", "contest"}
        if self.side == Side.PRODUCER:
            unfit |= {"take-over"}
        else:
            unfit |= {"contest"}
        return ["message", *(name for name in offered if name not in unfit)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        case: Case = self.object
        offered = self.offered(case)
        sent = {
            f"{name.replace('-', '_')}_form": STEPS[name].form(case=case, auto_id=f"{name}-%s")
            for name in offered
        }
        whole = {part.line_id: part.quantity for part in case.lines.all()}
        return super().get_context_data(
            **{**sent, **kwargs},
            side=self.side,
            countdown=countdown_of(case),
            offered=offered,
            is_open=case.state in OPEN_STATES,
            lacks_second_factor=bool(MONEY_STEPS & set(offered)) and second_factor_lacks(self.request.user),
            most=refund_amount(case, _at_most(case, whole)) if "refund" in offered else 0,
            goods_come_back=case.reason.goods_back == Reason.GoodsBack.ALWAYS,
            step_urls={name.replace("-", "_"): self.address("step", step=name) for name in offered},
            pictures_base=self.address("picture", pk=0).removesuffix("0/"),
            back=self.address("list"),
        )


class CodeBeforeMoney:
    """Money goes back only after a code of the second factor, whoever sends it. Stands before the mixin that says who may."""

    def enter(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = second_factor_asked(request) if kwargs["step"] in MONEY_STEPS else None
        if asked is not None:
            return asked
        entered: HttpResponseBase = super().enter(request, *args, **kwargs)  # type: ignore[misc]
        return entered


class CaseStepPage(CasePage):
    """Takes one step; a form that can't be read, or that the case refuses, comes back with what was typed."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, step: str, **_kwargs: Any) -> HttpResponse:
        self.object = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        known = STEPS.get(step)
        if known is None:
            raise Http404
        form = known.form(request.POST, request.FILES, case=self.object, auto_id=f"{step}-%s")
        if form.is_valid():
            side = {"side": self.side} if known.takes_side else {}
            try:
                with audited(known.action, self.object) as event:
                    known.service(case_id=self.object.pk, actor=request.user, **side, **form.answer())
                    event["changes"] = self.changes()
            except (CheckoutError, PictureRefused) as refused:
                form.add_error(None, str(refused.message))
            else:
                messages.success(request, _("Saved. The buyer is told."))
                return redirect(self.address("case"))
        if step not in self.offered(self.object) or not form.fields:
            messages.error(
                request, " ".join(map(str, form.non_field_errors())) or _("This step is not possible now.")
            )
            return redirect(self.address("case"))
        context = self.get_context_data(**{f"{step.replace('-', '_')}_form": form})
        return self.render_to_response(context, status=422)

    def changes(self) -> dict[str, Any]:
        """Return what the audit log keeps of a step: how the case stands, and the sum (đồng) where money goes back."""
        before, after = self.object, Case.objects.select_related("refund").get(pk=self.object.pk)
        changes: dict[str, Any] = {"state": [before.state, after.state]}
        return {**changes, "amount": after.refund.amount} if after.refund else changes


class CasePicturePage(View):
    """A picture of a case that the person may see. Subclasses scope `cases`."""

    def cases(self) -> QuerySet[Case]:
        """Return the cases that the person may see."""
        raise NotImplementedError

    def get(self, request: HttpRequest, pk: int, **_kwargs: Any) -> HttpResponseBase:
        return picture_response(get_object_or_404(CasePicture, pk=pk, case__in=self.cases()))


def _at_most(case: Case, asked: dict[int, int]) -> dict[int, int]:
    left = {line.pk: line.quantity - line.refunded_quantity for line in case.consignment.lines.all()}
    return {pk: min(quantity, left[pk]) for pk, quantity in asked.items()}
