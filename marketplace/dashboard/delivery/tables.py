"""Delivery tables: what a parcel costs by zone and weight. Dated: a new table begins, an old one ends; none is overwritten in use."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core import signing
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import CreateView, TemplateView, UpdateView, View
from django.views.generic.base import TemplateResponseMixin
from django.views.generic.edit import ModelFormMixin

from checkout.shipping.files import FileRefused
from checkout.shipping.models import DeliveryRate, DeliveryTariff, Zone
from checkout.shipping.services import tariff_values, tariff_write
from checkout.shipping.tariff_files import REMOTE, ZONES, tariff_file_read, tariff_workbook
from checkout.shipping.tariffs import tariff_book
from marketplace.clock import today
from marketplace.dashboard.access import RecentSecondFactor
from marketplace.dashboard.delivery.desks import Desk, OwnDesk, OwnDeskForEditors, ProgrammeDesk
from marketplace.dashboard.delivery.forms import (
    ClosedDaysForm,
    RateForm,
    RateFormSet,
    TariffFileForm,
    TariffForm,
    WeekForm,
)

#: A preview that was left lying longer than this (seconds) is made again.
_PREVIEW_HOLDS = 60 * 60 * 4
_SALT = "delivery-table-preview"


@dataclass(frozen=True, slots=True)
class TableRow:
    """One table with the addresses of what can be done with it."""

    tariff: DeliveryTariff
    change: str
    file: str
    upload: str


class Tables(Desk, TemplateView):
    """All tables of a desk, the platform's own first."""

    template_name = "dashboard/delivery/tables.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tariffs = (
            self.tariffs()
            .select_related("producer", "written_by")
            .prefetch_related("rates", "remote_communes__commune__province")
            .order_by(F("producer__name").asc(nulls_first=True), "-valid_from", "-pk")
        )
        rows = [
            TableRow(
                tariff,
                self.address("tariff", pk=tariff.pk),
                self.address("tariff-file", pk=tariff.pk),
                self.address("tariff-upload", pk=tariff.pk),
            )
            for tariff in tariffs
        ]
        return super().get_context_data(
            **kwargs, rows=rows, may_edit=self.may_edit(), new=self.address("tariff-new")
        )


class TableForm(Desk, TemplateResponseMixin, ModelFormMixin):
    """A table with one line for each zone, new or changed."""

    model = DeliveryTariff
    form_class = TariffForm
    template_name = "dashboard/delivery/table.html"
    object: DeliveryTariff | None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "owner": self.owner}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("rates", self.rates())
        return super().get_context_data(**kwargs, back=self.address("tariffs"))

    def rates(self) -> Any:
        """Return the lines of the table; of a new one those to begin with."""
        data = self.request.POST if self.request.method == "POST" else None
        tariff = self.object
        return RateFormSet(data, instance=tariff, initial=None if tariff else self.first_rates())

    def first_rates(self) -> list[dict[str, Any]]:
        """Return the platform's lines as those to begin with, else empty ones."""
        rates = _platform_rates()
        names = RateForm.Meta.fields
        return [
            {name: getattr(rates[zone], name) for name in names} if zone in rates else {"zone": zone}
            for zone in Zone.values
        ]

    def form_valid(self, form: TariffForm) -> HttpResponse:
        rates = self.rates()
        if not rates.is_valid():
            context = self.get_context_data(form=form, rates=rates)
            return self.render_to_response(context)
        lines = [{name: line.cleaned_data[name] for name in RateForm.Meta.fields} for line in rates]
        tariff_write(
            values=form.values(),
            rates=lines,
            by=self.request.user,
            replaces=self.object,
        )
        messages.success(self.request, _("The delivery table is saved."))
        return redirect(self.address("tariffs"))


class ExistingTable(Desk):
    """A screen of one table of the desk."""

    @cached_property
    def tariff(self) -> DeliveryTariff:
        return get_object_or_404(self.tariffs(), pk=self.kwargs["pk"])


class TableFile(ExistingTable, View):
    """The table as a workbook, to be changed and brought back."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        response = HttpResponse(tariff_workbook(self.tariff), content_type=kind)
        response["Content-Disposition"] = f'attachment; filename="bang-cuoc-{self.tariff.pk}.xlsx"'
        return response


class TableUpload(ExistingTable, TemplateView):
    """Brings a table's lines as a file: read, shown with what is wrong in which row, and written once that is confirmed."""

    template_name = "dashboard/delivery/table_upload.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", TariffFileForm())
        return super().get_context_data(
            **kwargs,
            tariff=self.tariff,
            back=self.address("tariffs"),
            download=self.address("tariff-file", pk=self.tariff.pk),
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "preview" in request.POST:
            return self.write(request.POST["preview"])
        form = TariffFileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        file = form.cleaned_data["file"]
        try:
            read = tariff_file_read(file_name=file.name, content=file.read())
        except FileRefused as refused:
            for problem in refused.problems:
                form.add_error("file", problem)
            return self.render_to_response(self.get_context_data(form=form), status=422)
        rates, remote = self.with_held(read.values.get(ZONES)), read.values.get(REMOTE)
        begins = max(form.cleaned_data["valid_from"], today())
        found = {"rates": rates, "remote": remote, "from": begins.isoformat(), "table": self.tariff.pk}
        context = self.get_context_data(
            form=form,
            read=read,
            rates=[DeliveryRate(**rate) for rate in rates or ()],
            remote_count=len(remote or ()),
            remote_stays=remote is None,
            begins=begins,
            preview="" if read.problems else signing.dumps(found, salt=_SALT, compress=True),
        )
        return self.render_to_response(context, status=422 if read.problems else 200)

    def held(self) -> dict[str, dict[str, Any]]:
        """Return the table's lines by zone."""
        return {rate["zone"]: dict(rate) for rate in self.tariff.rates.values(*RateForm.Meta.fields)}

    def with_held(self, rows: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
        """Return the lines of a file; what it has no column for stays as the table has it."""
        held = self.held()
        return None if rows is None else [held.get(row["zone"], {}) | row for row in rows]

    def write(self, preview: str) -> HttpResponse:
        try:
            found = signing.loads(preview, salt=_SALT, max_age=_PREVIEW_HOLDS)
        except signing.BadSignature:
            messages.error(self.request, _("Please upload the file once more."))
            return redirect(self.request.path)
        if found["table"] != self.tariff.pk:
            messages.error(self.request, _("Please upload the file once more."))
            return redirect(self.request.path)
        rates = {**self.held(), **{rate["zone"]: rate for rate in found["rates"] or ()}}
        begins = DeliveryTariff._meta.get_field("valid_from").to_python(found["from"])
        tariff_write(
            values={**tariff_values(self.tariff), "valid_from": begins, "valid_until": None},
            rates=rates.values(),
            by=self.request.user,
            replaces=self.tariff,
            remote=found["remote"],
        )
        messages.success(self.request, _("The delivery table is saved."))
        return redirect(self.address("tariffs"))


def _platform_rates() -> dict[str, DeliveryRate]:
    """Return the lines of the platform's table by zone: without producers the book holds no others."""
    return {zone: rate for (_table, zone), rate in tariff_book([], on=today()).rates.items()}


class TariffListView(ProgrammeDesk, Tables):
    """The programme's desk."""


class TariffCreateView(RecentSecondFactor, ProgrammeDesk, TableForm, CreateView):
    """A new table, of the platform or of a producer."""

    object = None

    def first_rates(self) -> list[dict[str, Any]]:
        return [{"zone": zone} for zone in Zone.values]


class TariffUpdateView(RecentSecondFactor, ProgrammeDesk, TableForm, UpdateView):
    """Changes a table that is still to begin; one in use is ended and followed by another."""


class TariffFileView(ProgrammeDesk, TableFile):
    """Any table as a workbook."""


class TariffUploadView(RecentSecondFactor, ProgrammeDesk, TableUpload):
    """Any table from a file."""


class OwnTariffListView(OwnDesk, Tables):
    """A producer's own tables, days and points, and what holds while it has none."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        producer = self.producer
        week = {
            "dispatch_weekdays": list(producer.dispatch_weekdays),
            "dispatch_days": producer.dispatch_days,
        }
        kwargs.setdefault("week", WeekForm(initial=week))
        kwargs.setdefault("closing", ClosedDaysForm())
        book = tariff_book([], on=today())
        return super().get_context_data(
            **kwargs,
            platform=book.platform,
            platform_rates=sorted(book.rates.values(), key=lambda rate: rate.pk),
            closed_days=self.closed_days().filter(last_day__gte=today()),
            points=producer.pickup_points.filter(is_active=True).select_related("commune__province"),
        )


class OwnTariffCreateView(OwnDeskForEditors, TableForm, CreateView):
    """A producer's own table; its lines begin as the platform's."""

    object = None


class OwnTariffUpdateView(OwnDeskForEditors, TableForm, UpdateView):
    """Changes a table of the producer's own."""

    def get_queryset(self) -> Any:
        return self.tariffs()


class OwnTariffFileView(OwnDeskForEditors, TableFile):
    """An own table as a workbook."""


class OwnTariffUploadView(OwnDeskForEditors, TableUpload):
    """An own table from a file."""
