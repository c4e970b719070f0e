"""Takes a checked file through judging and writing, batch by batch, so that memory stays flat and a killed run goes on where it was."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.certification.errors import CertificationError
from catalogue.certification.imports.errors import ImportBusy
from catalogue.certification.imports.headers import Field
from catalogue.certification.imports.judging import Judge, Verdict
from catalogue.certification.imports.matching import ProducerIndex
from catalogue.certification.imports.models import DecisionImport, ImportRow, Outcome
from catalogue.certification.imports.rows import Defaults, ListedGood, RowReader
from catalogue.certification.imports.state import KnownGoods
from catalogue.certification.imports.table import RawRow
from catalogue.certification.imports.writing import Writer
from catalogue.certification.models import FEWEST_CERTIFIED_STARS, Certificate
from catalogue.models import ProductSet
from catalogue.wording import folded
from marketplace.accounts.models import StaffRole, User
from marketplace.accounts.roles import staff_scope
from marketplace.clock import today

BATCH_ROWS = 250
_NAMES = (Field.PRODUCT.value, Field.PRODUCER.value)
_SETTLED = {Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED}
Item = TypeVar("Item")


@dataclass(slots=True)
class Judged:
    """A row, what became of it, and its evidence from an earlier import."""

    row: ListedGood
    verdict: Verdict
    evidence: ImportRow | None
    answers: dict[str, str]
    #: The row was settled before and says the same: nothing was judged.
    skipped: bool = False
    unverified: bool = False
    #: The evidence is of a list in whose province whoever imports has no say: it is left as it is.
    foreign: bool = False


@dataclass(slots=True)
class Counts:
    """How the rows of a run ended; `unverified` of them have a certificate that still waits to be verified."""

    outcomes: Counter[str] = field(default_factory=Counter)

    def add(self, judged: Judged) -> None:
        self.outcomes["rows"] += 1
        self.outcomes[judged.verdict.outcome.value] += 1
        self.outcomes["unverified"] += judged.unverified

    def as_json(self) -> dict[str, int]:
        return {name: self.outcomes[name] for name in ("rows", *Outcome.values, "unverified")}


class ImportRun:
    """One pass over rows: judges them, and writes unless `dry`."""

    def __init__(self, defaults: Defaults, *, by: User | None, reason: str, dry: bool = False) -> None:
        self.dry = dry
        self.reader = RowReader(
            defaults, sets=ProductSet.objects.values_list("number", "name_vi", "sector_id"), today=today()
        )
        self.index = ProducerIndex.load()
        self.goods = KnownGoods()
        self.writer = Writer(self.index, by, reason)
        self.judge = Judge(
            self.index, self.goods, _nothing if dry else self.writer.flush, province=defaults.province
        )
        self.province = defaults.province
        self.everywhere = by is None or staff_scope(by, StaffRole.Role.ADMIN).everything

    def take(
        self, rows: Iterable[RawRow], record: DecisionImport | None, answers: dict[str, str] | None = None
    ) -> list[Judged]:
        """Judge and write one batch, inside the caller's transaction. `answers` by question hold for all its rows."""
        listed = [self.reader.read(raw) for raw in rows]
        evidence = _evidence(listed)
        matches = [
            self.index.find(row.producer, commune=row.commune, province=row.province) for row in listed
        ]
        self.goods.load([match.same for match in matches if match.same])
        self.goods.load_codes(row.ocop_code for row in listed)
        judged = [self._take_row(row, evidence.get((row.source, row.key)), answers or {}) for row in listed]
        if not self.dry and record is not None:
            self.writer.flush()
            _keep_evidence(judged, record)
            self.goods.forget()
        return judged

    def _take_row(self, row: ListedGood, known: ImportRow | None, answers: dict[str, str]) -> Judged:
        if known and not self.everywhere and known.decision_import.province_id != self.province:
            reason = _("The name “%(source)s” belongs to another list; give this list another name.")
            refused = Verdict(Outcome.REJECTED, reason=reason % {"source": row.source})
            return Judged(row, refused, known, {}, foreign=True)
        asked = known.question if known else ""
        if known and not _is_same_row(known, row):
            known = None
        if (
            known
            and known.hash == row.hash
            and known.outcome in _SETTLED
            and known.product_id
            and not answers
        ):
            verdict = Verdict(Outcome.UNCHANGED)
            return Judged(
                row, verdict, known, known.answers, skipped=True, unverified=_waits(known.certificate)
            )
        given = {**(known.answers if known else {}), **answers}
        if asked and row.answer:
            given[asked] = row.answer
        verdict = self.judge.judge(row, given)
        if not self.dry:
            try:
                self.writer.write(row, verdict)
            except CertificationError as refused:
                verdict = Verdict(Outcome.REJECTED, reason=str(refused.message))
        paper = verdict.certificate
        return Judged(row, verdict, known, given, unverified=bool(paper and paper.awaits_verification))


def batches(rows: Iterable[Item], size: int = BATCH_ROWS) -> Iterator[list[Item]]:
    """Yield `rows` in lists of at most `size`."""
    remaining = iter(rows)
    while batch := list(islice(remaining, size)):
        yield batch


def import_batches(
    run: ImportRun,
    rows: Iterable[RawRow],
    record: DecisionImport,
    counts: Counts,
    on_progress: Callable[[int, int], None],
) -> None:
    """Take all rows, one transaction a batch; the record's progress is part of each.

    Raises ImportBusy where another process took the import over, as it does where this one was silent for long: each batch is taken once.
    """
    for batch in batches(rows):
        with transaction.atomic():
            _claim_batch(record, len(batch))
            for judged in run.take(batch, record):
                counts.add(judged)
            record.rows_done += len(batch)
            record.counts = counts.as_json()
            record.save(update_fields=["counts"])
        on_progress(record.rows_done, record.rows_total)


def _claim_batch(record: DecisionImport, rows: int) -> None:
    mine = DecisionImport.objects.filter(
        pk=record.pk, state=DecisionImport.State.RUNNING, rows_done=record.rows_done
    )
    if not mine.update(rows_done=record.rows_done + rows, alive_at=timezone.now()):
        raise ImportBusy(_("Another process goes on with this import."))


def _nothing() -> None:
    """Stand in for writing in a dry run."""


def _waits(paper: Certificate | None) -> bool:
    return bool(
        paper
        and paper.verified_at is None
        and paper.state == Certificate.State.AWARDED
        and paper.stars >= FEWEST_CERTIFIED_STARS
    )


def _is_same_row(known: ImportRow, row: ListedGood) -> bool:
    """Return whether the evidence is of this row, and not of one that another list of the same name has in its place."""
    return all(folded(known.raw.get(name, "")) == folded(row.raw.get(name, "")) for name in _NAMES)


def _evidence(listed: list[ListedGood]) -> dict[tuple[str, str], ImportRow]:
    rows = (
        ImportRow.objects.filter(
            source__in={row.source for row in listed}, key__in=[row.key for row in listed]
        )
        .select_related("certificate", "decision_import")
        .defer("decision_import__content", "decision_import__preview")
        .order_by()
    )
    return {(row.source, row.key): row for row in rows}


def _keep_evidence(judged: list[Judged], record: DecisionImport) -> None:
    now = timezone.now()
    changed = ["hash", "number", "line", "raw", "decision_import", "outcome", "question", "choices", "answers", "reason",
               "producer", "product", "certificate", "changed_at"]  # fmt: skip
    ImportRow.objects.bulk_create(
        [_evidence_of(one, record, now) for one in judged if not one.skipped and not one.foreign],
        update_conflicts=True,
        unique_fields=["source", "key"],
        update_fields=changed,
    )
    skipped = [one.evidence.pk for one in judged if one.skipped and one.evidence]
    ImportRow.objects.filter(pk__in=skipped).update(decision_import=record, outcome=Outcome.UNCHANGED)


def _evidence_of(judged: Judged, record: DecisionImport, now: Any) -> ImportRow:
    row, verdict, known = judged.row, judged.verdict, judged.evidence
    return ImportRow(
        source=row.source,
        key=row.key,
        hash=row.hash,
        number=row.number,
        line=row.line,
        raw=row.raw,
        decision_import=record,
        outcome=verdict.outcome,
        question=verdict.question,
        choices=verdict.choices,
        answers=judged.answers,
        reason=verdict.reason[:400],
        producer_id=verdict.producer.pk if verdict.producer else (known.producer_id if known else None),
        product_id=verdict.good.pk if verdict.good else (known.product_id if known else None),
        certificate_id=verdict.certificate.pk
        if verdict.certificate
        else (known.certificate_id if known else None),
        changed_at=now,
    )
