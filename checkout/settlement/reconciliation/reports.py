"""A provider's report of what moved on our balance there: read, kept once, its fees and payouts booked.

The columns are those of Stripe's itemised balance report (`balance_change_from_activity.itemized`); another provider's report is brought into
the same columns. A line that one report has told of is passed over in the next: reports may overlap.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from zipfile import BadZipFile

from django.db import transaction
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from checkout.settlement.bookings import book_fee, book_provider_paid_out
from checkout.settlement.reconciliation.errors import ReportRefused
from checkout.settlement.reconciliation.models import ProviderMovement, ProviderReport
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record

#: Bytes of a file, lines of a table and problems that are told at once.
LARGEST_FILE: Final = 10 * 1024 * 1024
MOST_LINES: Final = 100_000
_MOST_PROBLEMS: Final = 10

_NEEDED: Final = ("balance_transaction_id", "created_utc", "currency", "gross", "fee", "reporting_category")
Category = ProviderMovement.Category
_CATEGORIES: Final = {
    "charge": Category.CHARGE,
    "payment": Category.CHARGE,
    "refund": Category.REFUND,
    "partial_capture_reversal": Category.REFUND,
    "refund_failure": Category.REFUND_FAILURE,
    "dispute": Category.DISPUTE,
    "dispute_reversal": Category.DISPUTE_REVERSAL,
    "fee": Category.FEE,
    "payout": Category.PAYOUT,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an upload: how many lines were new, how many known, and the fees that were booked (đồng)."""

    report: ProviderReport
    new: int
    known: int
    fees: int


@transaction.atomic
def provider_report_take(*, provider: str, file_name: str, content: bytes, by: User | None) -> Outcome:
    """Keep a report's lines and book its fees and payouts. Raises ReportRefused, and then nothing of it was taken."""
    checksum = hashlib.sha256(content).hexdigest()
    if ProviderReport.objects.filter(checksum=checksum).exists():
        raise ReportRefused([_("This very file was uploaded before.")])
    movements = _movements(_table(file_name, content))
    if not movements:
        raise ReportRefused([_("The file has no lines.")])
    report = ProviderReport.objects.create(
        provider=provider, file_name=file_name[:255], checksum=checksum, uploaded_by=by
    )
    known = set(
        ProviderMovement.objects.filter(
            provider=provider, reference__in=[one.reference for one in movements]
        ).values_list("reference", flat=True)
    )
    new = [one for one in movements if one.reference not in known]
    for movement in new:
        movement.report, movement.provider = report, provider
        _book(movement)
    ProviderMovement.objects.bulk_create(new, batch_size=1000)
    audit_record(action="provider_report.taken", subject=report, actor=by)
    return Outcome(report, len(new), len(known), sum(_fee_of(one) for one in new))


def _book(movement: ProviderMovement) -> None:
    """Book what only the provider knows of: its fees, and what it paid out to our bank."""
    names: dict[str, Any] = {
        "provider": movement.provider,
        "key": movement.reference,
        "at": movement.at,
    }
    if fee := _fee_of(movement):
        book_fee(amount=fee, **names)
    if movement.category == Category.PAYOUT:
        book_provider_paid_out(amount=-movement.amount, **names)


def _fee_of(movement: ProviderMovement) -> int:
    return movement.fee - (movement.amount if movement.category == Category.FEE else 0)


def _table(file_name: str, content: bytes) -> Iterator[dict[str, Any]]:
    if len(content) > LARGEST_FILE:
        raise ReportRefused([_("The file is too large.")])
    rows = _xlsx_rows(content) if file_name.lower().endswith(".xlsx") else _csv_rows(content)
    header = [str(cell or "").strip().lower() for cell in next(rows, [])]
    missing = [name for name in _NEEDED if name not in header]
    if missing:
        raise ReportRefused([_("The file lacks the columns %(columns)s.") % {"columns": ", ".join(missing)}])
    for row in rows:
        if any(cell not in (None, "") for cell in row):
            yield dict(zip(header, row, strict=False))


def _csv_rows(content: bytes) -> Iterator[list[Any]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReportRefused([_("The file is not in UTF-8. Please save it as CSV UTF-8.")]) from error
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text), delimiter=delimiter)
    except csv.Error as error:
        raise ReportRefused([_("The file cannot be read as a table.")]) from error


def _xlsx_rows(content: bytes) -> Iterator[list[Any]]:
    try:
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        for row in sheet.iter_rows(values_only=True):
            yield list(row)
    except (BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        raise ReportRefused([_("The file cannot be read as a table.")]) from error


def _movements(rows: Iterable[Mapping[str, Any]]) -> list[ProviderMovement]:
    """Return the lines of a table. Raises ReportRefused with what is wrong with them."""
    movements: dict[str, ProviderMovement] = {}
    problems: list[str] = []
    for number, row in enumerate(rows, start=2):
        if number > MOST_LINES:
            raise ReportRefused([_("The file has too many lines.")])
        try:
            movement = _movement(row)
        except (InvalidOperation, ValueError, TypeError, KeyError, OverflowError) as error:
            problems.append(
                _("Line %(number)d: %(problem)s")
                % {"number": number, "problem": str(error) or type(error).__name__}
            )
            continue
        if movement.reference in movements:
            problems.append(
                _("Line %(number)d: %(reference)s stands twice in the file.")
                % {"number": number, "reference": movement.reference}
            )
        movements[movement.reference] = movement
    if problems:
        raise ReportRefused(problems[:_MOST_PROBLEMS])
    return list(movements.values())


def _movement(row: Mapping[str, Any]) -> ProviderMovement:
    currency = str(row["currency"] or "").strip().lower()
    if currency != "vnd":
        raise ValueError(_("the currency is %(currency)s, not VND") % {"currency": currency or "?"})
    reference = str(row["balance_transaction_id"] or "").strip()
    if not reference:
        raise ValueError(_("the id is missing"))
    category = _CATEGORIES.get(str(row["reporting_category"] or "").strip().lower(), Category.OTHER)
    intent = str(row.get("payment_intent_id") or "").strip()
    source = str(row.get("source_id") or "").strip()
    return ProviderMovement(
        reference=reference[:120],
        category=category,
        at=_moment(row["created_utc"]),
        amount=_dong(row["gross"]),
        fee=_dong(row["fee"]),
        source=(intent if category == Category.CHARGE and intent else source)[:255],
    )


def _moment(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _dong(value: Any) -> int:
    amount = Decimal(str(value if value not in (None, "") else 0).strip())
    if not amount.is_finite() or amount != amount.to_integral_value():
        raise ValueError(_("%(amount)s is not a whole number of đồng") % {"amount": value})
    if abs(amount) >= 10**15:
        raise ValueError(_("%(amount)s is not an amount that can be") % {"amount": value})
    return int(amount)
