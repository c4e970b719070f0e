"""What commands and screens call: import a file, preview it, confirm it, answer what it asks.

    report = decisions_import(source_file=SourceFile.of_bytes(name, content), defaults=…)

or, with a person in between, `import_upload`, `import_confirm`, `rows_answer`. A file whose form can't be trusted raises FileRefused, and
nothing is changed.
"""

import os
import socket
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.certification.imports.checking import CheckedFile, check
from catalogue.certification.imports.errors import ColumnsUnknown, FileRefused, ImportBusy
from catalogue.certification.imports.headers import Field, header_key
from catalogue.certification.imports.models import ColumnMapping, DecisionImport, ImportRow, Outcome
from catalogue.certification.imports.preview import ImportReport, rehearse
from catalogue.certification.imports.reader import SourceFile
from catalogue.certification.imports.rows import Defaults
from catalogue.certification.imports.run import BATCH_ROWS, Counts, ImportRun, Judged, batches, import_batches
from catalogue.certification.imports.sources import identity_of, other_file_of_source
from catalogue.certification.imports.table import RawRow, Tally, data_rows
from marketplace.accounts.models import User

#: A run without a sign of life for this long is taken for dead.
DEAD_AFTER = timedelta(minutes=3)


def _no_progress(done: int, total: int) -> None:
    """Stand in where nobody watches."""


def remembered_columns() -> dict[str, Field]:
    """Return what people said headers mean."""
    return {
        key: Field(meaning)
        for key, meaning in ColumnMapping.objects.values_list("header_key", "field")
        if meaning in set(Field)
    }


@transaction.atomic
def column_map(*, header: str, meaning: Field, by: User | None) -> ColumnMapping:
    """Remember that columns headed `header` mean `meaning`, in this file and every later one."""
    mapping, _made = ColumnMapping.objects.update_or_create(
        header_key=header_key(header),
        defaults={"header": header[:160], "field": meaning.value, "created_by": by},
    )
    return mapping


def column_forget(*, mapping: ColumnMapping) -> None:
    """Let a header mean again what its spelling says; imports that are done stay as they are."""
    mapping.delete()


def decisions_import(
    *,
    source_file: SourceFile,
    defaults: Defaults,
    by: User | None = None,
    dry_run: bool = False,
    record: DecisionImport | None = None,
    on_progress: Callable[[int, int], None] = _no_progress,
) -> ImportReport:
    """Import the file and return what became of its rows; with `dry_run` only say what would.

    One transaction a batch of 250 rows. The same file with the same defaults, not finished before, goes on where it was. Raises
    FileRefused, or ImportBusy while another import runs or another process took this one.
    """
    checked = check(source_file, remembered_columns())
    complete = _with_stated(defaults, checked)
    checked.contradictions += other_file_of_source(source_file, complete.source)
    if dry_run:
        return rehearse(source_file, checked, complete, by)
    record = _begin(source_file, checked, complete, by, record)
    resumed_at = record.rows_done
    counts = Counts()
    counts.outcomes.update(record.counts)
    try:
        run = ImportRun(
            complete,
            by=by or record.created_by,
            reason=_("Imported from %(source)s") % {"source": complete.source},
        )
        rows = data_rows(source_file, checked.layout, Tally())
        import_batches(run, islice(rows, resumed_at, None), record, counts, on_progress)
    except ImportBusy:
        raise
    except Exception as error:
        _fail(record, str(error)[:2000])
        raise
    record.state = DecisionImport.State.DONE
    record.finished_at = timezone.now()
    record.message = ""
    record.save(update_fields=["state", "finished_at", "message"])
    return ImportReport(
        counts.as_json(),
        checked.contradictions,
        checked.notes,
        list(checked.layout.unknown),
        resumed_at=resumed_at,
    )


def import_upload(*, file_name: str, content: bytes, defaults: Defaults, by: User | None) -> DecisionImport:
    """Keep an uploaded file that can be imported, or whose columns a person has to name first; nothing else is changed.

    Raises FileRefused.
    """
    source_file = SourceFile.of_bytes(file_name, content)
    return DecisionImport.objects.create(
        content=content, created_by=by, **_read_upload(source_file, defaults)
    )


@transaction.atomic
def import_column_map(*, record: DecisionImport, header: str, meaning: Field, by: User | None) -> None:
    """Remember what a header of an uploaded file means and read the file with it; its preview has to be made anew.

    Raises FileRefused where the cells contradict the meaning; it isn't remembered then.
    """
    column_map(header=header, meaning=meaning, by=by)
    values = _read_upload(stored_file(record), defaults_of(record))
    DecisionImport.objects.filter(pk=record.pk, state=DecisionImport.State.UPLOADED).update(**values)
    record.refresh_from_db()


def _read_upload(source_file: SourceFile, defaults: Defaults) -> dict[str, Any]:
    """Return what an uploaded file says of itself, as its record keeps it, without a preview. Raises FileRefused."""
    try:
        checked = check(source_file, remembered_columns())
    except ColumnsUnknown as unknown:
        return {"preview": {"needed_columns": unknown.headers}, **identity_of(source_file, defaults)}
    complete = _with_stated(defaults, checked)
    return {
        "preview": {},
        "rows_total": checked.rows,
        "contradictions": [
            *checked.contradictions,
            *other_file_of_source(source_file, complete.source),
        ],
        "alive_at": timezone.now(),
        **identity_of(source_file, complete),
    }


def import_preview_queued(*, pk: int) -> None:
    """Preview a file too long for a request. Why one can't be previewed stays on record."""
    record = DecisionImport.objects.get(pk=pk)
    if record.state != DecisionImport.State.UPLOADED or record.preview:
        return
    try:
        import_preview(record=record)
    except FileRefused as refused:
        _fail(record, "\n".join(refused.problems))


def import_preview(*, record: DecisionImport) -> ImportReport:
    """Return what an uploaded file would do, as a diff; kept on the record until it is confirmed."""
    source_file, defaults = stored_file(record), defaults_of(record)
    checked = check(source_file, remembered_columns())
    checked.contradictions += other_file_of_source(source_file, defaults.source)
    report = rehearse(source_file, checked, defaults, record.created_by)
    record.preview = {
        "counts": report.counts,
        "rows": report.rows,
        "unknown_columns": report.unknown_columns,
        "notes": report.notes,
    }
    record.contradictions = report.contradictions
    record.save(update_fields=["preview", "contradictions"])
    return report


@transaction.atomic
def import_confirm(*, record: DecisionImport) -> DecisionImport:
    """Queue an uploaded or failed import; the worker runs it."""
    from catalogue.certification.imports.tasks import run_import

    if record.needed_columns:
        return record
    changed = DecisionImport.objects.filter(
        pk=record.pk, state__in=[DecisionImport.State.UPLOADED, DecisionImport.State.FAILED]
    ).update(state=DecisionImport.State.QUEUED, alive_at=timezone.now(), message="")
    record.refresh_from_db()
    if changed:
        transaction.on_commit(lambda: run_import.enqueue(record.pk))
    return record


def import_run_queued(*, pk: int) -> None:
    """Run a queued import. What can't be run stays on record with its message."""
    record = DecisionImport.objects.get(pk=pk)
    if record.state != DecisionImport.State.QUEUED:
        return
    try:
        decisions_import(source_file=stored_file(record), defaults=defaults_of(record), record=record)
    except ImportBusy:
        return
    except FileRefused as refused:
        _fail(record, "\n".join(refused.problems))


def _fail(record: DecisionImport, message: str) -> None:
    DecisionImport.objects.filter(pk=record.pk).update(state=DecisionImport.State.FAILED, message=message)


def imports_run_due() -> int:
    """Nudge imports and previews that wait or whose process died; return how many. Called every 30 seconds."""
    from catalogue.certification.imports.tasks import preview_import, run_import

    now = timezone.now()
    due = DecisionImport.objects.filter(
        state__in=[DecisionImport.State.QUEUED, DecisionImport.State.RUNNING], alive_at__lt=now - DEAD_AFTER
    ).exclude(content=None)
    waiting = list(due.values_list("pk", flat=True))
    for pk in waiting:
        if due.filter(pk=pk).update(state=DecisionImport.State.QUEUED, alive_at=now):
            run_import.enqueue(pk)
    previews = DecisionImport.objects.filter(
        state=DecisionImport.State.UPLOADED, preview={}, alive_at__lt=now - DEAD_AFTER
    )
    lost = list(previews.values_list("pk", flat=True))
    for pk in lost:
        if previews.filter(pk=pk).update(alive_at=now):
            preview_import.enqueue(pk)
    return len(waiting) + len(lost)


def rows_answer(*, rows: Iterable[ImportRow], answer: str, by: User | None) -> list[ImportRow]:
    """Give held rows the same answer and import them again; return them as they ended. Rows that ask nothing are left alone."""
    held = [
        row
        for row in rows
        if row.outcome == Outcome.HELD and answer in {choice["value"] for choice in row.choices}
    ]
    runs: dict[int, ImportRun] = {}
    for batch in batches(held, BATCH_ROWS):
        with transaction.atomic():
            for row in batch:
                run = runs.get(row.decision_import_id) or ImportRun(
                    replace(defaults_of(row.decision_import), source=row.source),
                    by=by,
                    reason=_("Answered by a person: %(question)s") % {"question": row.get_question_display()},
                )
                runs[row.decision_import_id] = run
                raw = RawRow.of_written(row.raw, number=row.number, line=row.line)
                (judged,) = run.take([raw], row.decision_import, {row.question: answer})
                _recount(row.decision_import_id, judged)
    return list(ImportRow.objects.filter(pk__in=[row.pk for row in held]))


def _recount(pk: int, judged: Judged) -> None:
    """Let a report say how a row ended that was held."""
    record = DecisionImport.objects.select_for_update().only("counts").get(pk=pk)
    for name, change in (
        (Outcome.HELD, -1),
        (judged.verdict.outcome, 1),
        ("unverified", int(judged.unverified)),
    ):
        record.counts[name] = record.counts.get(name, 0) + change
    record.save(update_fields=["counts"])


def defaults_of(record: DecisionImport) -> Defaults:
    """Return what was said for the whole file."""
    return Defaults(
        source=record.source,
        decision_number=record.decision_number,
        decided_on=record.decided_on,
        authority=record.authority,
        province=record.province_id,
    )


def stored_file(record: DecisionImport) -> SourceFile:
    """Return the uploaded file. Raises FileRefused where it wasn't kept."""
    if not record.content:
        raise FileRefused([_("The file of this import was not kept.")])
    return SourceFile.of_bytes(record.file_name, bytes(record.content))


def _with_stated(defaults: Defaults, checked: CheckedFile) -> Defaults:
    """Let the decision that the title rows name hold where nobody gave another."""
    stated = checked.layout.stated
    if defaults.decision_number or not stated.number:
        return defaults
    return replace(
        defaults,
        decision_number=stated.number,
        decided_on=defaults.decided_on or stated.decided_on,
        authority=defaults.authority or stated.authority,
    )


def _begin(
    source_file: SourceFile,
    checked: CheckedFile,
    defaults: Defaults,
    by: User | None,
    record: DecisionImport | None,
) -> DecisionImport:
    """Return the record of this run, marked as running by this process alone. Raises ImportBusy."""
    _bury_the_dead()
    started = {
        "state": DecisionImport.State.RUNNING,
        "rows_total": checked.rows,
        "contradictions": checked.contradictions,
        "runner": _this_process(),
        "alive_at": timezone.now(),
    }
    busy = ImportBusy(_("Another import is running. Please try again when it is done."))
    try:
        with transaction.atomic():
            if record is None:
                return _begun_by_command(identity_of(source_file, defaults), started, by)
            claimed = DecisionImport.objects.filter(pk=record.pk, state=DecisionImport.State.QUEUED)
            if not claimed.update(**started):
                raise busy
    except IntegrityError as error:
        raise busy from error
    record.refresh_from_db(fields=[*started, "rows_done", "counts"])
    return record


def _begun_by_command(identity: dict[str, Any], started: dict[str, Any], by: User | None) -> DecisionImport:
    """Return the record of a file that isn't kept: the one of a run that failed, or a new one."""
    failed = DecisionImport.objects.select_for_update().filter(
        state=DecisionImport.State.FAILED, content=None, **identity
    )
    record = failed.first() or DecisionImport(created_by=by, **identity)
    for name, value in started.items():
        setattr(record, name, value)
    record.save()
    return record


def _bury_the_dead() -> None:
    """Mark a run as failed whose process is gone, so that it can go on."""
    for running in DecisionImport.objects.filter(state=DecisionImport.State.RUNNING):
        host, _colon, process = running.runner.partition(":")
        quiet = running.alive_at is None or running.alive_at < timezone.now() - DEAD_AFTER
        if quiet or (host == socket.gethostname() and not _lives(process)):
            DecisionImport.objects.filter(pk=running.pk, runner=running.runner).update(
                state=DecisionImport.State.FAILED,
                message=_("The process that ran this import ended before it was done."),
            )


def _this_process() -> str:
    return f"{socket.gethostname()[:60]}:{os.getpid()}"


def _lives(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
