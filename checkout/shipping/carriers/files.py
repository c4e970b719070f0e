"""What carriers bring as CSV or Excel: reports of parcels, and the cash that they collected. Read row by row, with what is wrong."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from checkout.order.models import Consignment
from checkout.shipping.carriers.models import Carrier, CashRemittance, Shipment, TrackingEvent
from checkout.shipping.files import FileRow, ReadRows, Table, read_rows, read_tables
from marketplace.clock import VIETNAM, today
from marketplace.folding import folded
from marketplace.money import format_dong
from marketplace.numbers import read_whole_number

Kind = TrackingEvent.Kind
TRACKING_TABLE: Final = Table(
    "tracking",
    {
        "number": ("Mã vận đơn", "Vận đơn", "Tracking number", "Number"),
        "kind": ("Trạng thái", "State", "Status"),
        "at": ("Thời điểm", "Thời gian", "Ngày giờ", "At", "Time"),
        "place": ("Nơi", "Địa điểm", "Place"),
    },
    frozenset({"number", "kind", "at"}),
)
CASH_TABLE: Final = Table(
    "cash",
    {
        "number": ("Mã vận đơn", "Vận đơn", "Tracking number", "Number"),
        "collected": ("Đã thu", "Tiền thu hộ", "Collected"),
        "amount": ("Đã nộp", "Thực nộp", "Chuyển trả", "Remitted"),
        "fee": ("Phí giữ lại", "Phí thu hộ", "Fee"),
        "on": ("Ngày nộp", "Ngày chuyển", "Remitted on", "Date"),
    },
    frozenset({"number", "collected", "amount"}),
)
_KIND_WORDS: Final = {
    Kind.PICKED_UP: ("Đã lấy hàng", "Lấy hàng thành công", "Picked up", "picked_up"),
    Kind.IN_TRANSIT: ("Đang vận chuyển", "Đang giao", "On its way", "In transit", "in_transit"),
    Kind.UNREACHABLE: ("Không liên lạc được", "Giao không thành công", "Buyer not reached", "unreachable"),
    Kind.REFUSED: ("Từ chối nhận", "Khách không nhận", "Refused", "refused"),
    Kind.DELIVERED: ("Đã giao", "Giao thành công", "Phát thành công", "Delivered", "delivered"),
    Kind.RETURNED: ("Đã hoàn", "Đã trả hàng", "Hoàn thành công", "Returned", "returned"),
}
_MOMENTS: Final = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y")


def tracking_file_read(*, carrier: Carrier, file_name: str, content: bytes) -> ReadRows:
    """Return the reports of a file as values of `TrackingNews` (the moment in ISO 8601). Raises FileRefused."""
    rows = list(read_tables(file_name=file_name, content=content, tables=[TRACKING_TABLE]))
    return read_rows(rows, _Known.of(carrier, rows).read_report)


def cash_file_read(*, carrier: Carrier, file_name: str, content: bytes) -> ReadRows:
    """Return the rows of a carrier's cash file, `{"shipment", "number", "collected", "amount", "fee", "on"}`. Raises FileRefused."""
    rows = list(read_tables(file_name=file_name, content=content, tables=[CASH_TABLE]))
    return read_rows(rows, _Known.of(carrier, rows).read_cash)


@dataclass(slots=True)
class _Known:
    """Reads rows about one carrier's parcels, which it knows by their numbers; remembers which were named."""

    carrier: Carrier
    parcels: Mapping[str, Shipment]
    seen: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, carrier: Carrier, rows: Iterable[FileRow]) -> "_Known":
        """Load the parcels that `rows` name, in one query for any number of them."""
        named = Shipment.objects.filter(
            carrier=carrier, number__in={row.text("number") for row in rows} - {""}
        )
        handed_over = Exists(CashRemittance.objects.filter(shipment=OuterRef("pk")))
        parcels = named.select_related("consignment").annotate(is_handed_over=handed_over)
        return cls(carrier, {parcel.number: parcel for parcel in parcels})

    def read_report(self, row: FileRow) -> dict[str, Any]:
        shipment = self._shipment(row)
        kind = _kind(row.text("kind"))
        at = _moment(row)
        name = f"{shipment.number}|{kind}|{at.isoformat()}"
        if name in self.seen:
            raise ValidationError(_("This line stands in the file twice."))
        self.seen.add(name)
        return {
            "event_id": f"file:{hashlib.sha256(name.encode()).hexdigest()[:40]}",
            "number": shipment.number,
            "kind": str(kind),
            "happened_at": at.isoformat(),
            "place": row.text("place")[:160],
        }

    def read_cash(self, row: FileRow) -> dict[str, Any]:
        shipment = self._shipment(row)
        if shipment.number in self.seen:
            raise ValidationError(_("This line stands in the file twice."))
        self.seen.add(shipment.number)
        collected, amount = _dong(row, "collected"), _dong(row, "amount")
        fee = _dong(row, "fee") if row.text("fee") else 0
        remitted_on = _day(row)
        _refuse_cash_that_cannot_be(shipment, collected, amount, fee)
        return {
            "shipment": shipment.pk,
            "number": shipment.number,
            "collected": collected,
            "amount": amount,
            "fee": fee,
            "on": remitted_on.isoformat(),
        }

    def _shipment(self, row: FileRow) -> Shipment:
        number = row.text("number")
        found = self.parcels.get(number)
        if found is None:
            raise ValidationError(
                _("%(carrier)s has no parcel of ours with the number “%(number)s”.")
                % {"carrier": self.carrier.name, "number": number}
            )
        return found


def _refuse_cash_that_cannot_be(shipment: Any, collected: int, amount: int, fee: int) -> None:
    if collected != shipment.cash or not shipment.cash:
        raise ValidationError(
            _("%(told)s were collected, but %(asked)s were to be collected.")
            % {"told": format_dong(collected), "asked": format_dong(shipment.cash)}
        )
    if not 0 < amount <= collected:
        raise ValidationError(_("What was handed over is more than what was collected, or nothing."))
    if fee < 0 or amount + fee > collected:
        raise ValidationError(_("What was handed over and the fee are more than what was collected."))
    if shipment.consignment.state in (Consignment.State.CANCELLED, Consignment.State.RETURNED):
        raise ValidationError(_("This parcel came back or was cancelled: no cash was due."))
    if shipment.is_handed_over:
        raise ValidationError(_("The cash of this parcel was handed over before."))


def _kind(typed: str) -> Kind:
    words = folded(typed)
    found = next((kind for kind, known in _KIND_WORDS.items() if words in map(folded, known)), None)
    if found is None:
        raise ValidationError(
            _("“%(typed)s” is no state: write %(states)s.")
            % {"typed": typed, "states": ", ".join(known[0] for known in _KIND_WORDS.values())}
        )
    return found


def _moment(row: FileRow) -> datetime:
    typed = row.text("at")
    for form in _MOMENTS:
        try:
            moment = datetime.strptime(typed, form).replace(tzinfo=VIETNAM)
        except ValueError:
            continue
        if moment > timezone.now():
            raise ValidationError(_("%(typed)s is still to come.") % {"typed": typed})
        if (timezone.now() - moment).days > 180:
            raise ValidationError(_("%(typed)s is longer ago than half a year.") % {"typed": typed})
        return moment
    raise ValidationError(_("“%(typed)s” is no moment: write 28/11/2026 14:30.") % {"typed": typed})


def _day(row: FileRow) -> date:
    cell: Any = row.cells.get("on", "")
    typed = row.text("on")
    if isinstance(cell, date):
        day = cell
    elif not typed:
        return today()
    else:
        try:
            day = datetime.strptime(typed, "%d/%m/%Y").date()  # noqa: DTZ007 - a day, not a moment
        except ValueError as error:
            raise ValidationError(_("“%(typed)s” is no day: write 28/11/2026.") % {"typed": typed}) from error
    if day > today():
        raise ValidationError(_("%(typed)s is still to come.") % {"typed": typed})
    return day


def _dong(row: FileRow, name: str) -> int:
    try:
        return read_whole_number(row.text(name))
    except ValidationError as error:
        raise ValidationError(f"{CASH_TABLE.headers[name][0]}: {error.messages[0]}") from error


def digest_of(content: bytes) -> str:
    """Return what tells one file's content from another's."""
    return hashlib.sha256(content).hexdigest()


def as_values(rows: ReadRows) -> list[Mapping[str, Any]]:
    """Return the good rows of a file with one table."""
    return [values for table in rows.values.values() for values in table]
