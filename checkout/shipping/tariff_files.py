"""Delivery tables as Excel or CSV: a sheet of zones and a sheet of far communes, out and in again."""

import io
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from openpyxl import Workbook

from checkout.shipping.files import FileRow, ReadRows, Table, read_rows, read_tables
from checkout.shipping.models import DeliveryTariff, Zone
from marketplace.folding import folded
from marketplace.numbers import read_whole_number
from marketplace.places.models import Commune, Province
from marketplace.places.resolver import resolve_address

ZONES, REMOTE = "zones", "remote"
_ZONE_WORDS: Final = {
    Zone.SAME_PROVINCE: ("Trong tỉnh", "Nội tỉnh", "Within the province", Zone.SAME_PROVINCE),
    Zone.SAME_REGION: ("Trong vùng", "Nội vùng", "Nội miền", "Within the region", Zone.SAME_REGION),
    Zone.BETWEEN_REGIONS: ("Khác vùng", "Liên vùng", "Liên miền", "Between regions", Zone.BETWEEN_REGIONS),
}
ZONE_TABLE: Final = Table(
    ZONES,
    {
        "zone": ("Vùng", "Zone"),
        "first_weight": ("Nấc đầu (g)", "First weight (g)"),
        "first_charge": ("Cước nấc đầu (đồng)", "Cước nấc đầu", "First charge (đồng)"),
        "step_weight": ("Nấc tiếp (g)", "Step (g)"),
        "step_charge": ("Cước nấc tiếp (đồng)", "Cước nấc tiếp", "Step charge (đồng)"),
        "free_from": ("Miễn phí từ (đồng)", "Miễn phí từ", "Free from (đồng)", "Free from"),
        "days_min": ("Ngày ít nhất", "Days at least"),
        "days_max": ("Ngày nhiều nhất", "Days at most"),
    },
    frozenset({"zone", "first_charge", "step_charge", "days_min", "days_max"}),
)
REMOTE_TABLE: Final = Table(
    REMOTE,
    {
        "code": ("Mã xã", "Commune code"),
        "commune": ("Xã, phường, đặc khu", "Xã", "Commune"),
        "province": ("Tỉnh, thành phố", "Tỉnh", "Province"),
        "surcharge": ("Phụ phí (đồng)", "Phụ phí", "Surcharge (đồng)", "Surcharge"),
        "extra_days": ("Thêm ngày", "Extra days"),
        "is_served": ("Có giao", "Served"),
    },
    frozenset({"surcharge"}),
)
_NO: Final = {"khong", "no", "0", "k"}


def tariff_file_read(*, file_name: str, content: bytes) -> ReadRows:
    """Return the lines of a file, `values[ZONES]` and `values[REMOTE]` as `tariff_write` takes them. Raises FileRefused."""
    reader = _Reader()
    return read_rows(
        read_tables(file_name=file_name, content=content, tables=[ZONE_TABLE, REMOTE_TABLE]), reader.read
    )


def tariff_workbook(tariff: DeliveryTariff) -> bytes:
    """Return a table as a workbook that `tariff_file_read` takes back."""
    book = Workbook()
    zones = book.active
    zones.title = "Vùng"
    zones.append([headers[0] for headers in ZONE_TABLE.headers.values()])
    for rate in tariff.rates.order_by("pk"):
        names = list(ZONE_TABLE.headers)[1:]
        zones.append([_ZONE_WORDS[Zone(rate.zone)][0], *(getattr(rate, name) for name in names)])
    remote = book.create_sheet("Xã xa, hải đảo")
    remote.append([headers[0] for headers in REMOTE_TABLE.headers.values()])
    for line in tariff.remote_communes.select_related("commune__province").order_by("commune_id"):
        served = "Có" if line.is_served else "Không"
        place = line.commune
        remote.append([place.code, place.name, place.province.name, line.surcharge, line.extra_days, served])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


class _Reader:
    """Reads row by row, and remembers what was named before."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.provinces = {folded(one.short_name): one for one in Province.objects.all()}
        self.communes = set(Commune.objects.values_list("pk", flat=True))

    def read(self, row: FileRow) -> dict[str, Any]:
        values = self._zone(row) if row.table == ZONES else self._remote(row)
        name = str(values.get("zone") or values.get("commune_id"))
        if name in self.seen:
            raise ValidationError(_("This line stands in the file twice."))
        self.seen.add(name)
        return values

    def _zone(self, row: FileRow) -> dict[str, Any]:
        typed = folded(row.text("zone"))
        zone = next((one for one, words in _ZONE_WORDS.items() if typed in map(folded, words)), None)
        if zone is None:
            raise ValidationError(
                _("“%(typed)s” is no zone: write %(zones)s.")
                % {
                    "typed": row.text("zone"),
                    "zones": ", ".join(words[0] for words in _ZONE_WORDS.values()),
                }
            )
        values: dict[str, Any] = {
            "zone": zone.value,
            "first_weight": _number(row, "first_weight", ZONE_TABLE, 500),
            "first_charge": _number(row, "first_charge", ZONE_TABLE),
            "step_weight": _number(row, "step_weight", ZONE_TABLE, 500),
            "step_charge": _number(row, "step_charge", ZONE_TABLE),
            "days_min": _number(row, "days_min", ZONE_TABLE),
            "days_max": _number(row, "days_max", ZONE_TABLE),
        }
        if "free_from" in row.cells:  # a file without the column leaves it as it is
            typed = row.text("free_from")
            values["free_from"] = _number(row, "free_from", ZONE_TABLE) if typed else None
        if not values["first_weight"] or not values["step_weight"]:
            raise ValidationError(_("A step of weight is more than nothing."))
        if values["days_max"] < values["days_min"]:
            raise ValidationError(_("At most is less than at least."))
        if values["days_max"] > 60:
            raise ValidationError(_("More than 60 days: please check."))
        return values

    def _remote(self, row: FileRow) -> dict[str, Any]:
        return {
            "commune_id": self._commune(row),
            "surcharge": _number(row, "surcharge", REMOTE_TABLE),
            "extra_days": _number(row, "extra_days", REMOTE_TABLE, 0),
            "is_served": folded(row.text("is_served")) not in _NO,
        }

    def _commune(self, row: FileRow) -> str:
        """Return the code of the commune that a row names."""
        code = row.text("code")
        if code:
            if code.zfill(5) not in self.communes:
                raise ValidationError(_("There is no commune with the code %(code)s.") % {"code": code})
            return code.zfill(5)
        province = self.provinces.get(
            folded(row.text("province")).removeprefix("tinh ").removeprefix("thanh pho ")
        )
        if province is None:
            raise ValidationError(
                _("Give the commune's code, or its name with its province; “%(typed)s” is no province.")
                % {"typed": row.text("province")}
            )
        match = resolve_address(row.text("commune"), province=province)
        if match.commune is None:
            raise ValidationError(
                _("“%(typed)s” is not clearly one commune of %(province)s.")
                % {"typed": row.text("commune"), "province": province.short_name}
            )
        return str(match.commune.pk)


def _number(row: FileRow, name: str, table: Table, default: int | None = None) -> int:
    typed = row.text(name)
    if not typed and default is not None:
        return default
    try:
        number = read_whole_number(typed)
    except ValidationError as error:
        raise ValidationError(f"{next(iter(table.headers[name]))}: {error.messages[0]}") from error
    if number > 2_000_000_000:
        raise ValidationError(f"{next(iter(table.headers[name]))}: {typed}")
    return number
