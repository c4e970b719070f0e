"""Producers as the programme sees them: the queue of sellers to verify, particulars, suspension."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import DetailView, FormView, ListView, View

from catalogue.producers.models import Partner
from catalogue.producers.selectors import producers_overseen_by
from catalogue.producers.services import (
    SellerNotComplete,
    missing_particulars,
    producer_update,
    seller_suspend,
    seller_verify,
)
from marketplace.accounts.models import StaffRole
from marketplace.clock import today
from marketplace.dashboard.access import StaffAccess
from marketplace.dashboard.filters import filters_kept
from marketplace.dashboard.forms import ProducerForm, ReasonForm
from marketplace.dashboard.papers.goods import counting_standing, standards_for

ROLES = (StaffRole.Role.ADMIN, StaffRole.Role.VERIFIER)


def missing_words() -> dict[str, str]:
    """Return what each missing particular is called on a screen."""
    return {
        "registration_number_or_tax_number": _("registration or tax number"),
        "representative": _("representative"),
        "phone": _("phone number"),
        "address": _("address with its commune"),
    }


def licence_in_force(seller: Partner) -> bool:
    """Return whether the licence for alcohol holds today."""
    first, last = seller.alcohol_licence_from, seller.alcohol_licence_until
    return bool(seller.alcohol_licence_number and first and last and first <= today() <= last)


class Overseen(StaffAccess):
    """The producers within the person's provinces."""

    staff_roles = ROLES

    def get_queryset(self) -> QuerySet[Partner]:
        return producers_overseen_by(self.request.user, *self.staff_roles).select_related("commune__province")  # type: ignore[attr-defined]


class ProducerListView(Overseen, ListView):
    """All producers, those awaiting verification first on demand."""

    template_name = "dashboard/staff/producers.html"
    context_object_name = "producers"
    paginate_by = 30

    def get_queryset(self) -> QuerySet[Partner]:
        found = super().get_queryset().annotate(goods_count=Count("goods")).order_by("name")
        if (state := self.request.GET.get("state", "")) in Partner.SellerState.values:
            found = found.filter(seller_state=state)
        if words := self.request.GET.get("q", "").strip()[:80]:
            found = found.filter(
                Q(name__icontains=words) | Q(registration_number=words) | Q(tax_number=words)
            )
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counts = dict(super().get_queryset().order_by().values_list("seller_state").annotate(Count("pk")))
        states = [(value, label, counts.get(value, 0)) for value, label in Partner.SellerState.choices]
        return super().get_context_data(
            **kwargs, states=states, state=self.request.GET.get("state", ""), query=filters_kept(self.request)
        )


class ProducerDetailView(Overseen, DetailView):
    """Particulars, papers and goods of one producer, and what may be done."""

    template_name = "dashboard/staff/producer.html"
    context_object_name = "seller"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = missing_words()
        return super().get_context_data(
            **kwargs,
            missing=[words[name] for name in missing_particulars(self.object)],
            goods=[
                (good, counting_standing(good))
                for good in self.object.goods.select_related("product_set")
                .prefetch_related("certificates")
                .order_by("title")
            ],
            standards=standards_for(Q(producer=self.object)),
            today=today(),
            licence_is_in_force=licence_in_force(self.object),
            members=self.object.memberships.select_related("user"),
        )


class ProducerEditView(Overseen, FormView):
    """Edits the particulars."""

    form_class = ProducerForm
    template_name = "dashboard/staff/producer_edit.html"

    @cached_property
    def seller(self) -> Partner:
        return get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.seller, "scope": self.scope}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, seller=self.seller)

    def form_valid(self, form: ProducerForm) -> HttpResponse:
        producer_update(producer=self.seller, by=self.request.user, **form.particulars())
        messages.success(self.request, _("The particulars are saved."))
        return redirect("dashboard:producer", pk=self.seller.pk)


class ProducerVerifyView(Overseen, View):
    """Lets a producer sell."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        seller = get_object_or_404(self.get_queryset(), pk=pk)
        try:
            seller_verify(producer=seller, by=self.request.user)
        except SellerNotComplete as error:
            words = missing_words()
            lacking = ", ".join(words[name] for name in error.missing)
            messages.error(request, _("Still missing: %(what)s.") % {"what": lacking})
        else:
            messages.success(request, _("%(name)s may sell now.") % {"name": seller.name})
        return redirect("dashboard:producer", pk=pk)


class ProducerSuspendView(Overseen, FormView):
    """Stops a producer from selling, with a reason."""

    form_class = ReasonForm
    template_name = "dashboard/staff/reason.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        seller = get_object_or_404(super().get_queryset(), pk=self.kwargs["pk"])
        return super().get_context_data(
            **kwargs,
            question=_("Stop %(name)s from selling?") % {"name": seller.name},
            consequence=_(
                "Its goods stay to be seen, without a buy button. Orders on their way are not touched."
            ),
            action=_("Stop selling"),
            back=reverse("dashboard:producer", kwargs={"pk": seller.pk}),
        )

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        seller = get_object_or_404(super().get_queryset(), pk=self.kwargs["pk"])
        seller_suspend(producer=seller, by=self.request.user, reason=form.cleaned_data["reason"])
        messages.success(self.request, _("%(name)s no longer sells here.") % {"name": seller.name})
        return redirect("dashboard:producer", pk=seller.pk)
