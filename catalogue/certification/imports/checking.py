"""Judges a file as a whole before a single row of it is taken.

What makes every row doubtful refuses the file: dates that could be read in two ways, rows that stand twice, cells that a spreadsheet would run.
"""

import hashlib
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from catalogue.certification.imports.errors import FileRefused
from catalogue.certification.imports.headers import Field
from catalogue.certification.imports.parsing import DateForm, read_date, read_term
from catalogue.certification.imports.reader import SourceFile, check_file, formulas, is_formula
from catalogue.certification.imports.table import Layout, RawRow, Tally, data_rows, find_layout

MAX_PROBLEMS = 12
_DATES = (Field.DECIDED_ON, Field.VALID_FROM, Field.VALID_UNTIL)
#: Forms that may stand in one column together: none of them can be taken for another.
_COMPATIBLE = ({DateForm.CELL, DateForm.ISO, DateForm.WORDS}, {DateForm.DAY_FIRST, DateForm.WORDS})
_WITHOUT_DAY = {DateForm.NONE, DateForm.YEAR_ONLY}


@dataclass(slots=True)
class CheckedFile:
    """A file that can be imported: where its table lies, how many rows it has, and what it says of itself."""

    layout: Layout
    rows: int
    contradictions: list[str]
    notes: list[str]


@dataclass(slots=True)
class _Problems:
    found: list[str] = field(default_factory=list)
    #: The sheet at hand, where a workbook has several.
    sheet: str = ""

    def add(self, text: str) -> None:
        text = f"{self.sheet}: {text}" if self.sheet else text
        if len(self.found) < MAX_PROBLEMS:
            self.found.append(text)
        elif len(self.found) == MAX_PROBLEMS:
            self.found.append("…")


def check(source: SourceFile, remembered: dict[str, Field]) -> CheckedFile:
    """Read the file once, whole. Raises FileRefused with everything that must be mended (the first dozen)."""
    check_file(source)
    layout = find_layout(source, remembered)
    problems, tally = _Problems(), Tally()
    forms: dict[Field, dict[DateForm, int]] = {which: {} for which in _DATES}
    keys: dict[bytes, int] = {}
    contents: dict[bytes, int] = {}
    for row in data_rows(source, layout, tally):
        problems.sheet = row.sheet
        _check_dates(row, forms, problems)
        _check_formulas(row, problems)
        _check_twice(row, keys, contents, problems)
    if source.is_workbook:
        for part in (layout, *layout.further):
            problems.sheet = part.sheet if layout.further else ""
            _check_workbook_formulas(source, part, problems)
    problems.sheet = ""
    for which, seen in forms.items():
        _check_mixture(which, seen, problems)
    if tally.rows == 0:
        problems.add(_("There is no row under the header."))
    if problems.found:
        raise FileRefused(problems.found)
    return CheckedFile(layout, tally.rows, [*tally.contradictions, *layout.left_out], tally.notes[:20])


def row_key(row: RawRow) -> str:
    """Return the row's own code where it has one, else its number among the rows of goods."""
    return row.text(Field.KEY)[:120] or str(row.number)


def row_digest(row: RawRow) -> bytes:
    """Return a digest of what the row says, without its number and code."""
    said = sorted(
        (name, value)
        for name, value in row.as_written().items()
        if value and name not in {Field.NUMBER.value, Field.KEY.value}
    )
    return hashlib.sha256(repr((said, row.group)).encode()).digest()


def _check_dates(row: RawRow, forms: dict[Field, dict[DateForm, int]], problems: _Problems) -> None:
    for which in _DATES:
        if which not in row.cells or (which is Field.VALID_UNTIL and read_term(row.cells[which])):
            continue
        written = read_date(row.cells[which])
        if written.form in _WITHOUT_DAY:
            continue
        if written.form is DateForm.UNREADABLE:
            problems.add(
                _("Line %(line)d: “%(text)s” is not a date. Write 05/08/2026 or 2026-08-05.")
                % {"line": row.line, "text": row.text(which)[:40]}
            )
            continue
        forms[which].setdefault(written.form, row.line)


def _check_mixture(which: Field, seen: dict[DateForm, int], problems: _Problems) -> None:
    if DateForm.MONTH_FIRST in seen:
        problems.add(
            _(
                "Line %(line)d: the date has the month first, so no date of this column can be trusted. Write the day first."
            )
            % {"line": seen[DateForm.MONTH_FIRST]}
        )
    elif not any(set(seen) <= together for together in _COMPATIBLE):
        problems.add(
            _(
                "The column “%(column)s” mixes ways of writing dates (lines %(lines)s): day and month may have been "
                "exchanged. Write all of them in one way."
            )
            % {"column": which.label, "lines": ", ".join(str(line) for line in sorted(seen.values()))}
        )


def _check_formulas(row: RawRow, problems: _Problems) -> None:
    for name, text in row.as_written().items():
        if is_formula(text):
            problems.add(
                _("Line %(line)d: “%(text)s” (%(column)s) is a formula; write the value instead.")
                % {"line": row.line, "text": text[:40], "column": name}
            )


def _check_workbook_formulas(source: SourceFile, layout: Layout, problems: _Problems) -> None:
    read = {column + 1 for which, column in layout.columns.items() if which is not Field.NUMBER}
    for line, column in formulas(source, layout.sheet):
        if line > layout.header_line and column in read:
            problems.add(
                _("Line %(line)d, column %(column)d holds a formula; paste its value instead.")
                % {"line": line, "column": column}
            )


def _check_twice(
    row: RawRow, keys: dict[bytes, int], contents: dict[bytes, int], problems: _Problems
) -> None:
    key = hashlib.sha256(f"{row.text(Field.SOURCE)}\0{row_key(row)}".encode()).digest()[:12]
    first = keys.setdefault(key, row.line)
    if first != row.line:
        problems.add(
            _("Lines %(first)d and %(second)d have the same code “%(key)s”.")
            % {"first": first, "second": row.line, "key": row_key(row)}
        )
        return
    first = contents.setdefault(row_digest(row)[:12], row.line)
    if first != row.line:
        problems.add(_("Lines %(first)d and %(second)d say the same.") % {"first": first, "second": row.line})
