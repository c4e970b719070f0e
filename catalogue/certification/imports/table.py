"""Finds the header in a file, what stands above it, and tells rows of goods from group titles, totals and notes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from django.utils.translation import gettext as _

from catalogue.certification.imports.errors import ColumnsUnknown, FileRefused
from catalogue.certification.imports.headers import Field, field_of
from catalogue.certification.imports.parsing import StatedDecision, read_decision, read_total, stars_within
from catalogue.certification.imports.reader import Cell, Line, SourceFile, delimiters, lines, sheets
from catalogue.product_sets import sector_of
from catalogue.wording import folded
from marketplace.spreadsheets import as_written

_HEADER_WITHIN = 40
_NEEDED = (Field.PRODUCT, Field.PRODUCER)
#: A line with so many known columns is a header, even where the needed ones are not among them.
_FEWEST_RECOGNISED = 2
_ORDINAL = re.compile(r"^(?:[IVXLC]+|[A-ZĐ])\s*[.)]?$")
_GROUP_TITLE = re.compile(
    r"^(?:[IVXLC]+|[A-ZĐ])\s*[.)/-]\s*\S|\b(?:nhom|nganh|linh vuc|san pham (?:ocop )?(?:dat )?[1-5] sao|huyen|thi xa)\b"
)
_TOTAL = re.compile(r"^(?:tong|cong)\b")
_COLUMN_NUMBER = re.compile(r"^\(?(?:(\d{1,3})|[A-ZĐ])\)?$")


@dataclass(frozen=True)
class Layout:
    """Where the table lies in the file and what its columns mean."""

    sheet: str
    delimiter: str
    header_line: int
    headers: tuple[str, ...]
    #: Column (from 0) of each field that was recognised.
    columns: dict[Field, int]
    #: Columns whose cells are remarks of an earlier import.
    asides: tuple[int, ...]
    #: Headers that nobody has given a meaning; their cells are kept.
    unknown: tuple[str, ...]
    #: The decision that the title rows name.
    stated: StatedDecision
    title: str
    stated_total: int | None
    #: The other sheets of the workbook that hold the same columns.
    further: tuple["Layout", ...] = ()
    #: What is said of sheets that aren't read.
    left_out: tuple[str, ...] = ()

    def name_of(self, column: int) -> str:
        """Return under which name a column without meaning is kept: its header, numbered where another column has that name."""
        return self._names[column] if column < len(self._names) else f"#{column + 1}"

    @cached_property
    def _names(self) -> tuple[str, ...]:
        taken = {"group", *Field}
        names = []
        for position, header in enumerate(self.headers, start=1):
            name, again = header or f"#{position}", 1
            while name in taken:
                again += 1
                name = f"{header} ({again})"
            if position - 1 not in self.columns.values():
                taken.add(name)
            names.append(name)
        return tuple(names)

    @property
    def group(self) -> str:
        """Return the sheet's name where it says something of its rows (`4 sao`, `Đồ uống`), else nothing."""
        return self.sheet if stars_within(self.sheet) or sector_of(self.sheet) else ""


@dataclass(slots=True)
class RawRow:
    """A row of a good: its number among the rows of goods, the file's line, and its cells as written."""

    number: int
    line: int
    cells: dict[Field, Cell]
    extras: dict[str, str]
    group: str = ""
    group_stars: int | None = None
    group_sector: str = ""
    #: The name of its sheet, where there are several.
    sheet: str = ""

    def text(self, which: Field) -> str:
        value = self.cells.get(which, "")
        return value.isoformat() if isinstance(value, date) else value

    def as_written(self) -> dict[str, str]:
        """Return every filled cell by field or header, for evidence and for the file of rows to mend."""
        named = {which.value: self.text(which) for which in self.cells}
        return {**self.extras, **{name: text for name, text in named.items() if text}}

    @classmethod
    def of_written(cls, written: dict[str, str], *, number: int, line: int) -> "RawRow":
        """Return the row of which `written` is the evidence."""
        fields = {which.value for which in Field}
        group = written.get("group", "")
        return cls(
            number=number,
            line=line,
            cells={Field(name): text for name, text in written.items() if name in fields},
            extras={name: text for name, text in written.items() if name not in {*fields, "group"}},
            group=group,
            group_stars=stars_within(group),
            group_sector=group if sector_of(group) else "",
        )


@dataclass(slots=True)
class Tally:
    """What the file says of its own size, gathered while it is read."""

    rows: int = 0
    sheet_rows: int = 0
    #: The total that the sheet at hand states.
    stated_total: int | None = None
    #: Each sheet's stated total, and how many rows it holds.
    totals: list[tuple[int, int]] = field(default_factory=list)
    group_title: str = ""
    group_stated: int | None = None
    group_rows: int = 0
    contradictions: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def group_ends(self) -> None:
        if self.group_stated is not None and self.group_stated != self.group_rows:
            self.contradictions.append(
                _("The group “%(title)s” states %(stated)d products; %(found)d rows follow.")
                % {"title": self.group_title, "stated": self.group_stated, "found": self.group_rows}
            )
        self.group_stated, self.group_rows = None, 0

    def row_found(self) -> None:
        self.rows += 1
        self.sheet_rows += 1
        self.group_rows += 1

    def sheet_begins(self, stated_total: int | None) -> None:
        self.stated_total, self.sheet_rows = stated_total, 0
        self.group_stated, self.group_rows = None, 0

    def sheet_ends(self) -> None:
        self.group_ends()
        if self.stated_total is not None:
            self.totals.append((self.stated_total, self.sheet_rows))

    def file_ends(self) -> None:
        for stated, found in self.totals:
            # The first of several sheets may state the total of all.
            if stated not in {found, self.rows}:
                self.contradictions.append(
                    _("The file states a total of %(stated)d products; it holds %(found)d rows.")
                    % {"stated": stated, "found": found}
                )


def find_layout(source: SourceFile, remembered: dict[str, Field]) -> Layout:
    """Return the best reading of the file's header. Raises FileRefused where no line names product and producer.

    Where a line is a header nonetheless, that is a ColumnsUnknown.
    """
    found: list[Layout] = []
    others: list[str] = []
    seen: list[str] = []
    partly: list[str] = []
    for sheet in sheets(source):
        try:
            best, texts, unknown = _best_header(source, sheet, remembered)
        except FileRefused:
            if not found:
                raise
            best, texts, unknown = None, [], []
        partly = partly or unknown
        seen = max(seen, texts, key=len)
        if best and (not found or _goes_on(found[0], best)):
            found.append(best)
        else:
            others.append(sheet)
    if not found and partly:
        raise ColumnsUnknown(
            [
                _(
                    "No column of the header is known to hold the product (“Tên sản phẩm”) or the producer (“Chủ thể”). Columns that "
                    "we don't know: %(columns)s. An administrator can say on the screen what they mean."
                )
                % {"columns": " | ".join(partly)[:200]}
            ],
            partly,
        )
    if not found:
        raise FileRefused(
            [
                _(
                    "No header was found: one line must name the product (“Tên sản phẩm”) and the producer (“Chủ thể”). "
                    "The first line reads: %(line)s"
                )
                % {"line": " | ".join(seen)[:200] or "–"}
            ]
        )
    return replace(
        found[0],
        further=tuple(found[1:]),
        left_out=tuple(text for sheet in others if (text := _left_out(source, sheet))),
    )


def _best_header(
    source: SourceFile, sheet: str, remembered: dict[str, Field]
) -> tuple[Layout | None, list[str], list[str]]:
    """Return the sheet's header, its first line, and the unknown columns of a line that is only partly a header."""
    best: Layout | None = None
    seen: list[str] = []
    partly: list[str] = []
    for delimiter in delimiters(source):
        found, texts, unknown = _header_in(source, sheet, delimiter, remembered)
        seen = max(seen, texts, key=len)
        partly = max(partly, unknown, key=len)
        if found and (best is None or len(found.columns) > len(best.columns)):
            best = found
    return best, seen, partly


def _goes_on(first: Layout, other: Layout) -> bool:
    """Return whether a further sheet continues the list: the same columns, and no decision of its own."""
    same_decision = other.stated.number in {"", first.stated.number}
    return same_decision and set(other.columns) == set(first.columns)


def _left_out(source: SourceFile, sheet: str) -> str:
    """Return what to say of a sheet that isn't read, nothing where it is empty."""
    try:
        filled = sum(1 for line in lines(source, sheet=sheet) if line.cells)
    except FileRefused:
        filled = 1
    if not filled:
        return ""
    return _(
        "The sheet “%(sheet)s” (%(count)d lines) was not read: its columns or its decision are others. To import it, save it as "
        "a file of its own."
    ) % {"sheet": sheet, "count": filled}


def data_rows(source: SourceFile, layout: Layout, tally: Tally) -> Iterator[RawRow]:
    """Yield the rows of goods of all sheets, with the group that they stand in; totals and notes go to `tally`."""
    for part in (layout, *layout.further):
        tally.sheet_begins(part.stated_total)
        for row in _sheet_rows(source, part, tally):
            row.sheet = part.sheet if layout.further else ""
            yield row
        tally.sheet_ends()
    tally.file_ends()


def _sheet_rows(source: SourceFile, layout: Layout, tally: Tally) -> Iterator[RawRow]:
    group = layout.group
    group_stars, group_sector = stars_within(group), group if sector_of(group) else ""
    for line in lines(source, sheet=layout.sheet, delimiter=layout.delimiter):
        if line.number <= layout.header_line or not any(line.cells) or _repeats_header(line, layout):
            continue
        aside = _aside(line, layout)
        if aside is None:
            tally.row_found()
            yield _raw_row(tally.rows, line, layout, group, group_stars, group_sector)
        elif _TOTAL.match(folded(aside)):
            total = read_total(aside)
            tally.stated_total = total if total is not None else tally.stated_total
        elif _GROUP_TITLE.search(aside) or _GROUP_TITLE.search(folded(aside)):
            tally.group_ends()
            group = f"{layout.group}: {aside}" if layout.group else aside
            group_stars, group_sector = stars_within(group), group if sector_of(group) else ""
            tally.group_title, tally.group_stated = aside, read_total(aside)
        else:
            tally.notes.append(aside[:300])


def _header_in(
    source: SourceFile, sheet: str, delimiter: str, remembered: dict[str, Field]
) -> tuple[Layout | None, list[str], list[str]]:
    above: list[str] = []
    first: list[str] = []
    partly: list[str] = []
    recognised = _FEWEST_RECOGNISED - 1
    best: Layout | None = None
    for line in lines(source, sheet=sheet, delimiter=delimiter):
        if line.number > _HEADER_WITHIN:
            break
        texts = [cell if isinstance(cell, str) else cell.isoformat() for cell in line.cells]
        first = first or [text for text in texts if text]
        columns = _columns(texts, remembered)
        if all(needed in columns for needed in _NEEDED) and (
            best is None or len(columns) > len(best.columns)
        ):
            title = " ".join(above)
            best = Layout(
                sheet=sheet,
                delimiter=delimiter,
                header_line=line.number,
                headers=tuple(texts),
                columns=columns,
                asides=tuple(
                    position
                    for position, text in enumerate(texts)
                    if text and field_of(text, remembered) is Field.ASIDE
                ),
                unknown=_unknown(texts, columns, remembered),
                stated=read_decision(title),
                title=title[:500],
                stated_total=read_total(title),
            )
        elif best is None and len(columns) > recognised:
            partly, recognised = list(_unknown(texts, columns, remembered)), len(columns)
        above.append(" ".join(text for text in texts if text))
    return best, first, partly


def _columns(texts: list[str], remembered: dict[str, Field]) -> dict[Field, int]:
    columns: dict[Field, int] = {}
    for position, text in enumerate(texts):
        known = field_of(text, remembered) if text and len(text) <= 120 else None
        if known and known not in {Field.EXTRA, Field.ASIDE}:
            columns.setdefault(known, position)
    return columns


def _unknown(texts: list[str], columns: dict[Field, int], remembered: dict[str, Field]) -> tuple[str, ...]:
    known = set(columns.values())
    return tuple(
        text
        for position, text in enumerate(texts)
        if text and position not in known and field_of(text, remembered) not in {Field.EXTRA, Field.ASIDE}
    )


def _raw_row(
    number: int, line: Line, layout: Layout, group: str, group_stars: int | None, group_sector: str
) -> RawRow:
    # Our own file of rows to mend marks what a spreadsheet would compute.
    said = [as_written(cell) if isinstance(cell, str) else cell for cell in line.cells]
    cells = {which: said[column] for which, column in layout.columns.items() if column < len(said)}
    named = {*layout.columns.values(), *layout.asides}
    extras = {
        layout.name_of(column): cell if isinstance(cell, str) else cell.isoformat()
        for column, cell in enumerate(said)
        if column not in named and cell
    }
    return RawRow(number, line.number, cells, extras, group, group_stars, group_sector)


def _aside(line: Line, layout: Layout) -> str | None:
    """Return the text of a line that is no row of a good: a group's title, a total, a note; None for a good."""
    filled = [cell for cell in line.cells if cell]
    texts = [cell for cell in filled if isinstance(cell, str)]
    text = " ".join(texts)

    def cell(which: Field) -> Cell:
        column = layout.columns.get(which)
        return line.cells[column] if column is not None and column < len(line.cells) else ""

    if cell(Field.PRODUCER) and cell(Field.PRODUCT):
        # A title merged over the whole line repeats itself in every cell.
        return texts[0] if len(filled) > 2 and len(set(filled)) == 1 else None
    if len(filled) == 1 or _TOTAL.match(folded(text)):
        alone = cell(Field.PRODUCT) or cell(Field.PRODUCER)
        return text if not alone or _looks_aside(text) else None
    ordinal = cell(Field.NUMBER)
    if len(filled) == 2 and isinstance(ordinal, str) and _ORDINAL.match(ordinal):
        return text
    return None


def _repeats_header(line: Line, layout: Layout) -> bool:
    """Return whether the line is the header again, as at a page break, or the row of numbers that official tables put under it."""
    if line.cells == layout.headers:
        return True
    numbers = [_COLUMN_NUMBER.match(cell) if isinstance(cell, str) else None for cell in line.cells if cell]
    if not all(numbers):
        return False
    counted = [int(number[1]) for number in numbers if number and number[1]]
    return len(counted) > 2 and counted == list(range(counted[0], counted[0] + len(counted)))


def _looks_aside(text: str) -> bool:
    plain = folded(text)
    return bool(
        _TOTAL.match(plain) or _GROUP_TITLE.search(text) or _GROUP_TITLE.search(plain) or len(text) > 120
    )
