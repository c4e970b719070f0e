"""Carriers and what they bring: contracts, reports that need a person, files of reports and of cash."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import ListView, TemplateView, View

from catalogue.producers.models import Partner
from checkout.shipping.carriers.base import TrackingNews
from checkout.shipping.carriers.cash import cash_file_take
from checkout.shipping.carriers.files import as_values, cash_file_read, digest_of, tracking_file_read
from checkout.shipping.carriers.models import Carrier, CashFile, TrackingEvent
from checkout.shipping.carriers.services import carrier_write
from checkout.shipping.carriers.tracking import tracking_apply_due, tracking_retry, tracking_store
from checkout.shipping.carriers.withdrawing import shipments_not_withdrawn
from checkout.shipping.files import FileRefused
from marketplace.audit.services import audited
from marketplace.dashboard.access import RecentSecondFactor
from marketplace.dashboard.delivery.desks import ProgrammeDesk

#: A preview that was left lying longer than this (seconds) is made again.
_PREVIEW_HOLDS = 60 * 60 * 4
#: Reports shown that need a person.
_SHOWN = 50


class CarrierForm(forms.ModelForm):
    """A carrier and whose contract it is."""

    class Meta:
        model = Carrier
        fields = ["name", "code", "producer", "adapter", "base_url", "tracking_page", "is_active"]
        labels = {
            "name": gettext_lazy("Name"),
            "code": gettext_lazy("Code"),
            "producer": gettext_lazy("Whose contract"),
            "adapter": gettext_lazy("How it is spoken to"),
            "base_url": gettext_lazy("Address of its interface"),
            "tracking_page": gettext_lazy("Tracking page"),
            "is_active": gettext_lazy("In use"),
        }
        help_texts = {
            "code": gettext_lazy("Letters, digits and hyphens. Its keys in the settings go by it."),
            "producer": gettext_lazy(
                "Whose contract it is decides whose the delivery charge is, and who takes the cash."
            ),
            "base_url": gettext_lazy("Only where it has an interface. Begins with https://."),
            "tracking_page": gettext_lazy("With {number} where the tracking number goes."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        producers: Any = self.fields["producer"]
        producers.queryset = Partner.objects.order_by("name")
        producers.empty_label = str(_("The marketplace's"))
        # Parcels were given by this contract, and reports are signed for this code.
        for name in ("producer", "code"):
            self.fields[name].disabled = self.instance.pk is not None

    def clean_tracking_page(self) -> str:
        """Take an address of the web that says where the number goes."""
        page: str = self.cleaned_data["tracking_page"].strip()
        if page and not (page.startswith("https://") and "{number}" in page):
            raise ValidationError(_("Begins with https:// and holds {number}."))
        return page

    def clean(self) -> dict[str, Any]:
        """Ask for an address where there is an interface."""
        cleaned: dict[str, Any] = super().clean() or {}
        address = cleaned.get("base_url") or ""
        if cleaned.get("adapter") == Carrier.Adapter.REST and not address.startswith("https://"):
            self.add_error("base_url", _("An interface has an address that begins with https://."))
        return cleaned


class CarrierFileForm(forms.Form):
    """A carrier's file, and which carrier it is."""

    carrier = forms.ModelChoiceField(
        label=gettext_lazy("Carrier"),
        queryset=Carrier.objects.all(),
        empty_label=gettext_lazy("Choose a carrier"),
    )
    file = forms.FileField(label=gettext_lazy("File"), help_text=gettext_lazy("Excel (xlsx) or CSV."))


class CarrierListView(ProgrammeDesk, ListView):
    """All carriers, and the reports that need a person."""

    template_name = "dashboard/delivery/carriers.html"
    context_object_name = "carriers"
    queryset = Carrier.objects.select_related("producer")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = TrackingEvent.objects.filter(state=TrackingEvent.State.FAILED).select_related("carrier")
        not_withdrawn = shipments_not_withdrawn().select_related("carrier", "consignment__order")
        return super().get_context_data(
            **kwargs,
            waiting=waiting.order_by("-received_at")[:_SHOWN],
            waiting_count=waiting.count(),
            not_withdrawn=not_withdrawn[:_SHOWN],
        )


class CarrierView(RecentSecondFactor, ProgrammeDesk, TemplateView):
    """A new carrier, or a change of one: whose contract it is decides where money goes."""

    template_name = "dashboard/delivery/carrier.html"

    @cached_property
    def carrier(self) -> Carrier | None:
        return get_object_or_404(Carrier, pk=self.kwargs["pk"]) if "pk" in self.kwargs else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", CarrierForm(instance=self.carrier))
        return super().get_context_data(**kwargs, carrier=self.carrier)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = CarrierForm(request.POST, instance=self.carrier)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        carrier = carrier_write(values=form.cleaned_data, by=self.request.user, carrier=self.carrier)
        messages.success(request, _("Saved: %(name)s") % {"name": carrier.name})
        return redirect("dashboard:carriers")


class ReportRetryView(ProgrammeDesk, View):
    """Lets a report that needed a person be tried again."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = get_object_or_404(TrackingEvent, pk=pk)
        with audited("tracking_report.retried", report, words=report.number):
            tracking_retry(event=report)
        messages.success(request, _("It is tried again."))
        return redirect("dashboard:carriers")


class CarrierFileView(ProgrammeDesk, TemplateView):
    """A file of a carrier: read, shown with what is wrong in which row, and taken once that is confirmed."""

    salt = ""
    back_to = ""

    def carriers(self) -> Any:
        return Carrier.objects.all()

    def form(self, *data: Any) -> CarrierFileForm:
        form = CarrierFileForm(*data)
        form.fields["carrier"].queryset = self.carriers()  # type: ignore[attr-defined]
        return form

    def read(self, **what: Any) -> Any:
        raise NotImplementedError

    def take(self, carrier: Carrier, found: dict[str, Any]) -> str:
        """Take what was previewed, and return what to say."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self.form())
        return super().get_context_data(**kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        if "preview" in request.POST:
            return self.confirm(request.POST["preview"])
        form = self.form(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        carrier, file = form.cleaned_data["carrier"], form.cleaned_data["file"]
        content = file.read()
        try:
            read = self.read(carrier=carrier, file_name=file.name, content=content)
        except FileRefused as refused:
            for problem in refused.problems:
                form.add_error("file", problem)
            return self.render_to_response(self.get_context_data(form=form), status=422)
        rows = as_values(read)
        found = {"carrier": carrier.pk, "name": file.name, "digest": digest_of(content), "rows": rows}
        context = self.get_context_data(
            form=form,
            carrier=carrier,
            read=read,
            rows=rows,
            preview=signing.dumps(found, salt=self.salt, compress=True) if rows and not read.problems else "",
        )
        return self.render_to_response(context, status=422 if read.problems else 200)

    def confirm(self, preview: str) -> HttpResponse:
        try:
            found = signing.loads(preview, salt=self.salt, max_age=_PREVIEW_HOLDS)
        except signing.BadSignature:
            messages.error(self.request, _("Please upload the file once more."))
        else:
            carrier = get_object_or_404(self.carriers(), pk=found["carrier"])
            messages.success(self.request, self.take(carrier, found))
        return redirect(f"dashboard:{self.back_to}")


class TrackingFileView(CarrierFileView):
    """Reports of parcels from a file."""

    template_name = "dashboard/delivery/tracking_file.html"
    salt = "tracking-file"
    back_to = "tracking-file"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        labels = dict(TrackingEvent.Kind.choices)
        kwargs["shown"] = [
            (row["number"], labels[row["kind"]], parse_datetime(row["happened_at"]), row["place"])
            for row in kwargs.get("rows", [])[:200]
        ]
        return super().get_context_data(**kwargs)

    def read(self, **what: Any) -> Any:
        return tracking_file_read(**what)

    def take(self, carrier: Carrier, found: dict[str, Any]) -> str:
        news = [
            TrackingNews(
                row["event_id"],
                row["number"],
                row["kind"],
                parse_datetime(row["happened_at"]),  # type: ignore[arg-type]
                row["place"],
            )
            for row in found["rows"]
        ]
        with audited("tracking_file.taken", carrier, words=f"{carrier.name}: {found['name']}"):
            new = tracking_store(carrier=carrier, news=news)
        tracking_apply_due()
        return ngettext("%(count)d new report taken.", "%(count)d new reports taken.", new) % {"count": new}


class CashFileView(RecentSecondFactor, CarrierFileView):
    """Cash that our carriers handed over, from a file."""

    template_name = "dashboard/delivery/cash_file.html"
    salt = "cash-file"
    back_to = "cash-file"

    def carriers(self) -> Any:
        return Carrier.objects.filter(producer=None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [
            {**row, "missing": row["collected"] - row["amount"] - row["fee"]}
            for row in kwargs.get("rows", [])
        ]
        return super().get_context_data(
            **kwargs,
            shown=rows[:200],
            collected=sum(row["collected"] for row in rows),
            amount=sum(row["amount"] for row in rows),
            missing=sum(row["missing"] for row in rows),
            files=CashFile.objects.select_related("carrier", "uploaded_by").prefetch_related("rows")[:20],
        )

    def read(self, **what: Any) -> Any:
        return cash_file_read(**what)

    def take(self, carrier: Carrier, found: dict[str, Any]) -> str:
        taken = cash_file_take(
            carrier=carrier,
            name=found["name"],
            digest=found["digest"],
            rows=found["rows"],
            by=self.request.user,
        )
        return ngettext(
            "The cash of %(count)d parcel is booked.", "The cash of %(count)d parcels is booked.", taken
        ) % {"count": taken}
