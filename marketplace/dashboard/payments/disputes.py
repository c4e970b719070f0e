"""Disputes: what buyers' banks took back, those first that want something of us, and who bears what was lost."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Case, Count, F, Min, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import ListView, TemplateView

from checkout.payment.disputes import Bearer, DecisionNotPossible, bearers_of, dispute_decide, loss_of
from checkout.payment.models import Dispute
from marketplace.accounts.models import User
from marketplace.dashboard.access import may_open
from marketplace.dashboard.duty import Duty
from marketplace.dashboard.numbers import WholeNumberField
from marketplace.dashboard.payouts.finance_access import FinanceAccess, FinanceChange
from marketplace.money import format_dong

#: Of a dispute: the parcels whose producers bear a part of it.
_SHARES = "shares__consignment__producer"
_PLATFORM = "platform"
_SHARED = "shared"


def to_decide() -> QuerySet[Dispute]:
    """Return the lost disputes of which nobody has said yet who bears them."""
    return Dispute.objects.filter(state=Dispute.State.LOST, decided_at=None)


def dispute_duties(user: User) -> list[tuple[str, Duty]]:
    """Return what waits of disputes, with the screen that a person has to be let into for it."""
    if not may_open(user, "dispute"):
        return []
    asked = Dispute.objects.filter(state__in=[Dispute.State.INQUIRY, Dispute.State.OPEN])
    found = asked.aggregate(number=Count("pk"), until=Min("answer_by"))
    first = f"{timezone.localtime(found['until']):%H:%M %d/%m/%Y}" if found["until"] else ""
    return [
        (
            "dispute",
            Duty(
                found["number"],
                _("disputes to answer"),
                _("At the payment provider, the first until %(moment)s.") % {"moment": first}
                if first
                else _("At the payment provider."),
                reverse("dashboard:disputes"),
                _("Look"),
                urgent=bool(found["number"]),
            ),
        ),
        (
            "dispute",
            Duty(
                to_decide().count(),
                _("lost disputes to decide"),
                _("Does the producer bear them, or the marketplace?"),
                reverse("dashboard:disputes"),
                _("Look"),
            ),
        ),
    ]


class DisputeListView(FinanceAccess, ListView):
    """Open ones first, by the day until which the bank waits, then lost ones to be decided."""

    template_name = "dashboard/payments/disputes.html"
    context_object_name = "disputes"
    paginate_by = 30
    queryset = (
        Dispute.objects.select_related("payment__order")
        .prefetch_related(_SHARES)
        .order_by(
            Case(
                When(ended_at=None, then=Value(0)),
                When(state=Dispute.State.LOST, decided_at=None, then=Value(1)),
                default=Value(2),
            ),
            F("answer_by").asc(nulls_last=True),
            F("ended_at").desc(nulls_last=True),
            "-pk",
        )
    )


class DecisionForm(forms.Form):
    """Who bears a lost dispute, and why. Where it could be about several parcels, their producers may share it: in proportion, or otherwise."""

    borne_by = forms.ChoiceField(label=gettext_lazy("Who bears it"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=255,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("A producer that bears it is told these words."),
    )

    def __init__(self, *args: Any, dispute: Dispute, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bearers = {str(one.consignment.pk): one for one in bearers_of(dispute)}
        who: Any = self.fields["borne_by"]
        who.choices = [
            (_PLATFORM, _("The marketplace")),
            *((pk, f"{one.producer.name}: {format_dong(one.amount)}") for pk, one in self.bearers.items()),
        ]
        if len(self.bearers) > 1:
            who.choices = [*who.choices, (_SHARED, _("These producers share it, as follows"))]
            shares = {f"share_{pk}": self._share(one) for pk, one in self.bearers.items()}
            self.fields = {"borne_by": who, **shares, "reason": self.fields["reason"]}

    def _share(self, one: Bearer) -> WholeNumberField:
        return WholeNumberField(
            label=_("%(producer)s, parcel %(number)s (đồng)")
            % {"producer": one.producer.name, "number": one.consignment.number},
            help_text=_("Only where they share it. At most %(most)s.") % {"most": format_dong(one.amount)},
            min_value=0,
            initial=one.share,
            required=False,
        )

    @property
    def shares(self) -> dict[int, int]:
        """What each producer bears, by the id of its parcel, in đồng; none where it is the marketplace."""
        chosen = self.cleaned_data["borne_by"]
        if chosen == _SHARED:
            typed = {one.consignment.pk: self.cleaned_data[f"share_{pk}"] for pk, one in self.bearers.items()}
            return {pk: amount for pk, amount in typed.items() if amount}
        one = self.bearers.get(chosen)
        return {one.consignment.pk: one.amount} if one else {}


class DisputeView(FinanceChange, TemplateView):
    """One dispute; a lost one is decided here."""

    template_name = "dashboard/payments/dispute.html"

    @cached_property
    def dispute(self) -> Dispute:
        found = Dispute.objects.select_related("payment__order", "decided_by").prefetch_related(_SHARES)
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        dispute = self.dispute
        if dispute.is_to_be_decided:
            kwargs.setdefault("form", DecisionForm(dispute=dispute))
            kwargs["loss"] = loss_of(dispute)
        return super().get_context_data(**kwargs, dispute=dispute)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.dispute.is_to_be_decided:
            messages.error(request, _("This dispute is not lost, or it was decided before."))
            return redirect("dashboard:dispute", pk=self.dispute.pk)
        form = DecisionForm(request.POST, dispute=self.dispute)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        try:
            dispute_decide(
                dispute=self.dispute,
                shares=form.shares,
                reason=form.cleaned_data["reason"],
                by=self.request.user,
            )
        except DecisionNotPossible as refused:
            form.add_error(None, str(refused.message))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        messages.success(request, _("It is booked."))
        return redirect("dashboard:dispute", pk=self.dispute.pk)
