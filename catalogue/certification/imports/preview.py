"""What a file would do, row by row, with what changes from what to what; writes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.certification.imports.checking import CheckedFile
from catalogue.certification.imports.headers import Field
from catalogue.certification.imports.judging import Step
from catalogue.certification.imports.models import Outcome
from catalogue.certification.imports.reader import SourceFile
from catalogue.certification.imports.rows import Defaults
from catalogue.certification.imports.run import Counts, ImportRun, Judged, batches
from catalogue.certification.imports.state import CertificateState
from catalogue.certification.imports.table import Tally, data_rows
from catalogue.models import Product, ProductSet, Sector
from marketplace.accounts.models import User

PREVIEW_ROWS = 300
_LABELS: dict[str, str | Promise] = {
    "sector_id": Field.SECTOR.label,
    "product_set_id": Field.SET.label,
    "suggested_set_id": gettext_lazy("Suggested set"),
    "commune_id": Field.COMMUNE.label,
    "ocop_code": Field.OCOP_CODE.label,
    "alcohol": gettext_lazy("Alcohol"),
    "alcohol_strength": Field.STRENGTH.label,
}


@dataclass(slots=True)
class ImportReport:
    """How a file ended: counts as JSON has them, what the file says wrongly of itself, and rows worth a look."""

    counts: dict[str, int]
    contradictions: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    resumed_at: int = 0


def rehearse(
    source_file: SourceFile, checked: CheckedFile, defaults: Defaults, by: User | None
) -> ImportReport:
    """Return what the file would do; of rows that change something the first `PREVIEW_ROWS`."""
    run = ImportRun(defaults, by=by, reason="", dry=True)
    names = _Names()
    counts = Counts()
    shown: list[dict[str, Any]] = []
    for batch in batches(data_rows(source_file, checked.layout, Tally())):
        for judged in run.take(batch, None):
            counts.add(judged)
            if len(shown) < PREVIEW_ROWS and judged.verdict.outcome != Outcome.UNCHANGED:
                shown.append(_diff(judged, names))
    return ImportReport(
        counts.as_json(), checked.contradictions, checked.notes, list(checked.layout.unknown), shown
    )


class _Names:
    """What a person calls the values that fields hold."""

    def __init__(self) -> None:
        sets: dict[Any, str] = {
            entry.number: f"{entry.number}. {entry.name}" for entry in ProductSet.objects.all()
        }
        sectors: dict[Any, str] = {entry.code: entry.name for entry in Sector.objects.all()}
        self.known = {"sector_id": sectors, "product_set_id": sets, "suggested_set_id": sets}

    def of(self, name: str, value: Any, judged: Judged) -> str:
        if name == "commune_id":
            place = judged.row.place
            return str(place.commune) if place and place.commune else ""
        if name == "alcohol":
            return str(Product.Alcohol(value).label)
        return self.known.get(name, {}).get(value, str(value))


def _diff(judged: Judged, names: _Names) -> dict[str, Any]:
    row, verdict = judged.row, judged.verdict
    return {
        "line": row.line,
        "key": row.key,
        "outcome": verdict.outcome.value,
        "product": row.product,
        "producer": row.producer,
        "stars": row.stars,
        "decision": row.decision_number,
        "verified": not judged.unverified,
        "new_producer": Step.NEW_PRODUCER in verdict.steps,
        "steps": [step.value for step in verdict.steps],
        "reason": verdict.reason,
        "changes": list(_changes(judged, names)),
        "incomplete": _incomplete(judged),
    }


def _changes(judged: Judged, names: _Names) -> Iterable[dict[str, str]]:
    """Yield what a known good or its certificate would have instead of what it has."""
    row, verdict = judged.row, judged.verdict
    for name, value in verdict.filled.items():
        yield _change(_LABELS[name], "", names.of(name, value, judged))
    if Step.COMPLETE_CERTIFICATE in verdict.steps:
        yield _change(_("Certificate"), "", _decision(row.decision_number, row.decided_on))
    if Step.NUMBER_CERTIFICATE in verdict.steps:
        yield _change(Field.CERTIFICATE_CODE.label, "", row.certificate_code)
    if Step.NEW_CERTIFICATE in verdict.steps and Step.NEW_GOOD not in verdict.steps and verdict.good:
        *before, new = verdict.good.certificates
        yield _change(_("Certificate"), _paper(before[-1]) if before else "", _paper(new))


def _change(what: str | Promise, old: str, new: str) -> dict[str, str]:
    return {"what": str(what), "old": old, "new": new}


def _paper(paper: CertificateState) -> str:
    stars = _("%(stars)d stars") % {"stars": paper.stars}
    decision = _decision(paper.decision_number, paper.decided_on)
    return f"{stars}, {decision}" if decision else stars


def _decision(number: str, decided_on: date | None) -> str:
    return ", ".join([*([number] if number else []), *([f"{decided_on:%d/%m/%Y}"] if decided_on else [])])


def _incomplete(judged: Judged) -> list[str]:
    """Return what a person still has to say of the row: its `set`, its producer's `commune`."""
    good, producer = judged.verdict.good, judged.verdict.producer
    missing = {
        "set": good is not None and good.product_set is None,
        "commune": producer is not None and producer.commune is None,
    }
    return [name for name, is_missing in missing.items() if is_missing]
