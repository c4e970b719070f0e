"""What the screens of offers do, at both desks: a producer's workplace and the programme's."""

from itertools import chain
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, ListView, TemplateView, View

from catalogue.producers.models import Partner
from checkout.offer.errors import OfferError, OfferIncomplete
from checkout.offer.models import ConditionalOffer, OfferUse
from checkout.offer.selectors import offer_figures, offer_uses, open_codes, single_codes
from checkout.offer.services import (
    offer_create,
    offer_limits_update,
    offer_rehearse,
    offer_stop,
    offer_update,
)
from checkout.offer.words import condition_words, promise_words
from checkout.voucher.services import codes_make
from marketplace.dashboard.forms import ReasonForm
from marketplace.dashboard.offers.forms import GIFTS, CodesForm, OfferForm, OfferLimitsForm, gift_of
from marketplace.money import format_dong
from marketplace.spreadsheets import csv_lines

Phase = ConditionalOffer.Phase
OFFERS_A_PAGE = 30
USES_SHOWN = 20


class OfferDesk:
    """Where the screens stand: whose offers they keep, and under which addresses."""

    #: How the names of this desk's addresses begin.
    names = ""
    #: Whether what is stopped here is stopped by the programme, which tells the producer.
    is_programme = False
    request: HttpRequest
    kwargs: dict[str, Any]

    def offers(self) -> QuerySet[ConditionalOffer]:
        """Return the offers that may be seen here."""
        raise NotImplementedError

    def changeable(self) -> QuerySet[ConditionalOffer]:
        """Return those of them that may be changed here."""
        raise NotImplementedError

    @property
    def may_change(self) -> bool:
        """Whether this person may make, change and stop offers here, or only look at them."""
        return True

    def uses(self, offer: ConditionalOffer) -> QuerySet[OfferUse]:
        """Return the orders that used an offer, as far as they may be seen here."""
        return offer_uses(offer)

    @property
    def owner(self) -> Partner | None:
        """Who bears the offers that are made here; None: the marketplace."""
        raise NotImplementedError

    def url(self, name: str, **parameters: Any) -> str:
        """Return the address of a screen of this desk."""
        return reverse(f"dashboard:{self.names}{name}", kwargs=parameters)

    @cached_property
    def offer(self) -> ConditionalOffer:
        return get_object_or_404(self.offers(), pk=self.kwargs["pk"])

    @cached_property
    def own_offer(self) -> ConditionalOffer:
        return get_object_or_404(self.changeable(), pk=self.kwargs["pk"])

    def to_offer(self, offer: ConditionalOffer) -> HttpResponse:
        return redirect(self.url("offer", pk=offer.pk))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(  # type: ignore[misc]
            **kwargs,
            offers_url=self.url("offers"),
            kinds_url=self.url("offer-kinds") if self.may_change else "",
        )


def offer_row(desk: OfferDesk, offer: ConditionalOffer) -> dict[str, Any]:
    """Return what a list and a page say of an offer."""
    phase = offer.phase(timezone.now())
    return {
        "offer": offer,
        "url": desk.url("offer", pk=offer.pk),
        "gives": " · ".join(words for words in (promise_words(offer), condition_words(offer)) if words),
        "phase": phase,
        "phase_kind": {Phase.RUNNING: "good", Phase.USED_UP: "wait"}.get(phase, ""),
        "uses": limited(offer.num_orders, offer.max_global_applications),
        "given": format_dong(offer.total_discount),
    }


def limited(number: int, limit: int | None) -> str:
    """Return how many of how many."""
    return f"{number} / {limit}" if limit is not None else str(number)


class OfferListScreen(OfferDesk, ListView):
    """The offers, the newest first."""

    template_name = "dashboard/offers/offers.html"
    paginate_by = OFFERS_A_PAGE

    def get_queryset(self) -> QuerySet[ConditionalOffer]:
        return self.offers()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["rows"] = [offer_row(self, offer) for offer in context["object_list"]]
        return context


class OfferKindsScreen(OfferDesk, TemplateView):
    """What an offer can give: the first thing to choose."""

    template_name = "dashboard/offers/kinds.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kinds = [
            {"label": label, "text": text, "url": self.url("offer-new", gives=word)}
            for word, (label, text) in GIFTS.items()
        ]
        return super().get_context_data(**kwargs, kinds=kinds)


class OfferFormScreen(OfferDesk, FormView):
    """Writes an offer: refused, it says at the field why; asked, it first says what the offer costs at most."""

    form_class: Any = OfferForm
    template_name = "dashboard/offers/edit.html"

    def write(self, form: Any) -> ConditionalOffer:
        """Carry out what was typed."""
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        is_preview = "preview" in self.request.POST
        try:
            if is_preview:
                cost = offer_rehearse(data=form.data_of(), producer=self.owner)
            else:
                offer = self.write(form)
        except OfferIncomplete as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self.form_invalid(form)
        except OfferError as error:
            messages.error(self.request, str(error))
            return redirect(self.url("offers"))
        if is_preview:
            return self.render_to_response(self.get_context_data(form=form, cost=cost, is_previewed=True))
        messages.success(self.request, _("The offer is saved."))
        return self.to_offer(offer)


class OfferNewScreen(OfferFormScreen):
    """A new offer of the kind that was chosen."""

    def get_form_kwargs(self) -> dict[str, Any]:
        if self.kwargs["gives"] not in GIFTS:
            raise Http404
        return {**super().get_form_kwargs(), "gives": self.kwargs["gives"], "producer": self.owner}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        label = GIFTS[self.kwargs["gives"]][0]
        return super().get_context_data(
            **kwargs, heading=label, back=self.url("offer-kinds"), can_preview=True
        )

    def write(self, form: OfferForm) -> ConditionalOffer:
        return offer_create(data=form.data_of(), producer=self.owner, by=_person(self.request))


class OfferEditScreen(OfferFormScreen):
    """Changes an offer: all of it before it begins, its name, end and limits while it runs."""

    @property
    def is_coming(self) -> bool:
        return self.own_offer.phase(timezone.now()) == Phase.COMING

    def get_form_class(self) -> Any:
        return OfferForm if self.is_coming else OfferLimitsForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        if not self.is_coming:
            return kwargs
        producer = self.own_offer.producer
        return {**kwargs, "gives": gift_of(self.own_offer), "producer": producer, "is_new": False}

    def get_initial(self) -> dict[str, Any]:
        form: Any = OfferForm.data_of_offer if self.is_coming else OfferLimitsForm.limits_of
        initial: dict[str, Any] = form(self.own_offer)
        return initial

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            heading=self.own_offer.name,
            back=self.url("offer", pk=self.own_offer.pk),
            can_preview=self.is_coming,
            is_running=not self.is_coming,
        )

    def write(self, form: Any) -> ConditionalOffer:
        if isinstance(form, OfferForm):
            return offer_update(offer=self.own_offer, data=form.data_of(), by=_person(self.request))
        return offer_limits_update(offer=self.own_offer, limits=form.limits(), by=_person(self.request))


class OfferScreen(OfferDesk, TemplateView):
    """One offer: what it gives, its codes, how it was used."""

    template_name = "dashboard/offers/offer.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offer = self.offer
        row = offer_row(self, offer)
        is_over = row["phase"] in (Phase.ENDED, Phase.STOPPED)
        has_codes = offer.is_by_code and offer.code_sets.exists()
        may_change = self.may_change and self.changeable().filter(pk=offer.pk).exists()
        return super().get_context_data(
            **kwargs,
            **row,
            facts=_facts(offer),
            figures=offer_figures(offer),
            uses_page=Paginator(self.uses(offer), USES_SHOWN).get_page(self.request.GET.get("page")),
            codes=open_codes(offer),
            sets=offer.code_sets.order_by("-pk") if has_codes else [],
            codes_form=CodesForm(use_required_attribute=False) if has_codes and not is_over else None,
            edit_url=self.url("offer-edit", pk=offer.pk) if may_change and not is_over else "",
            stop_url=self.url("offer-stop", pk=offer.pk) if self.may_change and not is_over else "",
            codes_url=self.url("offer-codes", pk=offer.pk) if may_change else "",
            file_url=self.url("offer-codes-file", pk=offer.pk) if may_change else "",
        )


class OfferStopScreen(OfferDesk, FormView):
    """Stops an offer for good, once somebody has said why."""

    form_class = ReasonForm
    template_name = "dashboard/staff/reason.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            question=_("Stop %(name)s now?") % {"name": self.offer.name},
            consequence=_(
                "From now on no order gets it. Orders that were placed keep their prices. A stopped offer cannot be started again."
            ),
            action=_("Stop the offer"),
            back=self.url("offer", pk=self.offer.pk),
        )

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        offer_stop(
            offer=self.offer,
            by=_person(self.request),
            reason=form.cleaned_data["reason"],
            by_programme=self.is_programme,
        )
        messages.success(self.request, _("The offer is stopped."))
        return self.to_offer(self.offer)


class OfferCodesScreen(OfferDesk, View):
    """Makes more codes of an offer that is opened by codes for one order each."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        offer, form = self.own_offer, CodesForm(request.POST)
        if not offer.code_sets.exists() or offer.phase(timezone.now()) in (Phase.ENDED, Phase.STOPPED):
            raise Http404
        if form.is_valid():
            made = codes_make(
                offer=offer, count=form.cleaned_data["count"], name=offer.name, by=_person(request)
            )
            messages.success(request, _("%(count)d codes were made.") % {"count": made.count})
        else:
            messages.error(request, " ".join(str(error) for error in form.errors["count"]))
        return self.to_offer(offer)


class OfferCodesFileScreen(OfferDesk, View):
    """The codes as a table for a spreadsheet: each with a word on whether it was used."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse | StreamingHttpResponse:
        offer = self.own_offer
        words = {True: _("used"), False: _("not used yet")}
        rows = ([code, words[is_used]] for code, is_used in single_codes(offer))
        lines = csv_lines(chain([[_("Code"), _("State")]], rows))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="codes-{offer.pk}.csv"'
        return response


def _facts(offer: ConditionalOffer) -> list[tuple[str, Any]]:
    covered = offer.range
    named = [str(found) for found in covered.sets.all()] + [
        good.get_title() for good in covered.included_products.all()[:20]
    ]
    unlimited = _("no limit")
    cost = offer.most_it_costs
    return [
        (_("Borne by"), offer.producer.name if offer.producer else _("The marketplace")),
        (_("From"), _moment(offer.start_datetime)),
        (_("Until"), _moment(offer.end_datetime)),
        (
            _("Goods"),
            ", ".join(named) or (_("All goods of %(name)s") % {"name": covered.producer.name} if covered.producer else _("All goods")),
        ),
        (_("With other discounts"), _("not on the same goods") if offer.exclusive else _("goes together where both allow it")),
        (_("Orders in all"), offer.max_global_applications or unlimited),
        (_("Orders of one buyer"), offer.max_user_applications or unlimited),
        (_("Orders a day"), offer.max_daily_orders or unlimited),
        (_("Costs at most"), format_dong(cost) if cost is not None else _("no limit: set a budget to have one")),
        (_("Concentrated programme"), offer.concentrated_decision),
        (_("Stopped"), f"{_moment(offer.stopped_at)}: {offer.stop_reason}" if offer.stopped_at else ""),
    ]  # fmt: skip


def _moment(moment: Any) -> str:
    return f"{timezone.localtime(moment):%H:%M %d/%m/%Y}"


def _person(request: HttpRequest) -> Any:
    return request.user
