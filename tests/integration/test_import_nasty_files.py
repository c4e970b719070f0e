"""Files that lie, break or bite: a clear answer, and nothing is changed."""

import io
import random
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from catalogue.certification.imports.errors import FileRefused
from catalogue.certification.imports.models import DecisionImport, ImportRow
from catalogue.certification.imports.reader import MAX_FILE_BYTES, SourceFile
from catalogue.certification.models import Certificate
from catalogue.models import Product
from catalogue.producers.models import Partner
from marketplace.accounts.models import StaffRole, User
from tests.factories.lists import HEADER, csv_bytes, csv_file, imported, row, xlsx_file

pytestmark = pytest.mark.django_db


def workbook_with(part: str, content: bytes) -> SourceFile:
    """A good workbook in which one part was exchanged."""
    good = xlsx_file([HEADER, row()])
    made = io.BytesIO()
    with good.open() as stream, zipfile.ZipFile(stream) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:  # fmt: skip
        for item in source.infolist():
            target.writestr(item.filename, content if item.filename == part else source.read(item))
    return SourceFile.of_bytes("bom.xlsx", made.getvalue())


def with_broken_stream() -> SourceFile:
    """A good workbook with a few bytes of its sheet's compressed stream overwritten."""
    good = xlsx_file([HEADER, *(row(number) for number in range(1, 200))])
    with good.open() as stream:
        content = bytearray(stream.read())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.getinfo("xl/worksheets/sheet1.xml")
    begin = sheet.header_offset + 30 + len(sheet.filename)
    content[begin : begin + 40] = b"\xff" * 40
    return SourceFile.of_bytes("vo.xlsx", bytes(content))


def sheet_of(cell: bytes) -> bytes:
    namespace = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return b'<worksheet %s><sheetData><row r="1">%s</row></sheetData></worksheet>' % (namespace, cell)


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>"""

NASTY = {
    "empty": SourceFile.of_bytes("rong.csv", b""),
    "wrong encoding": SourceFile.of_bytes(
        "tcvn.csv", csv_bytes([["STT", "Ten san pham", "Chu the"], [1, "Caf\xe9", "HTX"]], encoding="latin-1")
    ),
    "binary": SourceFile.of_bytes("anh.csv", b"\x89PNG\r\n\x1a\n" + bytes(2000)),
    "2 MB cell": csv_file([HEADER, row(1, product="x" * 2 * 1024 * 1024), row(2)]),
    "2 MB cell in a workbook": workbook_with(
        "xl/worksheets/sheet1.xml",
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>' + random.Random(1).randbytes(1024 * 1024).hex().encode() + b"</t></is></c></row></sheetData></worksheet>",
    ),
    "formula": csv_file([HEADER, row(1, product="=cmd|' /C calc'!A0"), row(2)]),
    "formula after a plus": csv_file([HEADER, row(1, producer="+HYPERLINK(\"http://x\")"), row(2)]),
    "formula in a workbook": xlsx_file([HEADER, row(1, product='=HYPERLINK("http://x.example","Trà")'), row(2)]),
    "header missing": csv_file([row(1), row(2)]),
    "only a header": csv_file([HEADER]),
    "duplicate rows": csv_file([HEADER, row(1), row(2), row(1)]),
    "duplicate codes": csv_file([["Mã", *HEADER], ["A1", *row(1)], ["A1", *row(2)]]),
    "mixed dates": csv_file([HEADER, row(1, date="05/08/2026"), row(2, date="2026-08-05")]),
    "month first": csv_file([HEADER, row(1, date="05/08/2026"), row(2, date="08/25/2026")]),
    "no such day": csv_file([HEADER, row(1), row(2, date="31/02/2026")]),
    "a serial for a date": csv_file([HEADER, row(1), row(2, date="46239")]),
    "open quote": SourceFile.of_bytes("trich.csv", csv_bytes([HEADER]) + b'1,"Tr\xc3\xa0' + b" x" * 200_000),
    "damaged workbook": SourceFile.of_bytes("hong.xlsx", b"PK\x03\x04" + b"\x00" * 500),
    "broken stream in a workbook": with_broken_stream(),
    "no number in a cell of numbers": workbook_with("xl/worksheets/sheet1.xml", sheet_of(b'<c r="A1"><v>abc</v></c>')),
    "text that the workbook does not hold": workbook_with("xl/worksheets/sheet1.xml", sheet_of(b'<c r="A1" t="s"><v>9999</v></c>')),
    "a zip that is no workbook": workbook_with("xl/workbook.xml", b"<not-a-workbook/>"),
    "zip bomb": workbook_with("xl/worksheets/sheet1.xml", b"0" * 20 * 1024 * 1024),
    "entities": workbook_with("xl/worksheets/sheet1.xml", LAUGHS),
    "too large": SourceFile("to.csv", MAX_FILE_BYTES + 1, lambda: io.BytesIO(b"")),
    "too many lines": SourceFile.of_bytes("dai.csv", csv_bytes([HEADER]) + b"x\n" * 60_001),
}  # fmt: skip


#: What each answer has to say.
ANSWERS = {
    "empty": "is empty",
    "wrong encoding": "not in UTF-8",
    "binary": "not in UTF-8",
    "2 MB cell": "a cell is far too large",
    "2 MB cell in a workbook": "more than 5000 characters",
    "formula": "is a formula",
    "formula after a plus": "is a formula",
    "formula in a workbook": "holds a formula",
    "header missing": "No header was found",
    "only a header": "no row under the header",
    "duplicate rows": "say the same",
    "duplicate codes": "have the same code",
    "mixed dates": "mixes ways of writing dates",
    "month first": "has the month first",
    "no such day": "is not a date",
    "a serial for a date": "mixes ways of writing dates",
    "open quote": "a quote is never closed",
    "damaged workbook": "is damaged",
    "broken stream in a workbook": "is damaged",
    "no number in a cell of numbers": "is damaged",
    "text that the workbook does not hold": "is damaged",
    "a zip that is no workbook": "has no visible sheet",
    "zip bomb": "unpacks to far more",
    "entities": "carries definitions",
    "too large": "larger than 20 MB",
    "too many lines": "more than 60000 lines",
}


@pytest.mark.parametrize("name", NASTY)
def test_a_nasty_file_gets_a_clear_answer_and_changes_nothing(name: str) -> None:
    with translation.override("en"), pytest.raises(FileRefused) as refused:
        imported(NASTY[name])

    assert ANSWERS[name] in refused.value.problems[0]
    assert all(len(problem) < 400 for problem in refused.value.problems)
    for model in (Product, Partner, Certificate, ImportRow, DecisionImport):
        assert not model.objects.exists()


@pytest.mark.parametrize("name", ["zip bomb", "broken stream in a workbook", "formula"])
def test_the_screen_gives_the_same_answer(name: str) -> None:
    person = User.objects.create_user("quan-tri@example.vn")
    StaffRole.objects.create(user=person, role=StaffRole.Role.ADMIN)
    client = Client()
    client.force_login(person)
    with NASTY[name].open() as stream, translation.override("en"):
        file = SimpleUploadedFile(NASTY[name].name, stream.read())
        response = client.post(reverse("dashboard:imports"), {"file": file})

    assert response.status_code == 200
    assert ANSWERS[name] in response.content.decode()
    assert not DecisionImport.objects.exists()


def test_the_command_lists_what_to_mend(tmp_path) -> None:
    path = tmp_path / "ngay.csv"
    path.write_bytes(csv_bytes([HEADER, row(1), row(2, date="31/02/2026"), row(1)]))

    with pytest.raises(CommandError) as refused:
        call_command("import_decisions", str(path))

    assert "31/02/2026" in str(refused.value)
    assert str(refused.value).count("\n  - ") == 2


def test_a_phone_number_is_no_formula() -> None:
    report = imported(csv_file([[*HEADER, "Điện thoại"], [*row(), "+84 912 345 678"]]))

    assert report.counts["created"] == 1
