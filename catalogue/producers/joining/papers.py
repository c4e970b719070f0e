"""Which papers a producer shows, and what is looked at before it may sell: data, by kind of producer."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.producers.joining.errors import JoiningError
from catalogue.producers.joining.models import Application, Paper

_DATA: Final = Path(__file__).resolve().parent / "data"
MOST_BYTES: Final = 10 * 1024 * 1024
#: So many files of one kind: front and back, several pages photographed.
MOST_OF_A_KIND: Final = 6
#: First bytes of what is taken, and the ending that it gets.
_ENDINGS: Final = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}
CONTENT_TYPES: Final = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the data: for which producers it counts (`kinds`), and for whose goods (`when`: always, food, alcohol)."""

    key: str
    words_vi: str
    words_en: str
    kinds: frozenset[str]
    when: str
    help_vi: str = ""
    help_en: str = ""

    @property
    def words(self) -> str:
        """What it is called, in the reader's language."""
        return self.words_en if get_language() == "en" else self.words_vi

    @property
    def help(self) -> str:
        """What to look out for, in the reader's language."""
        return self.help_en if get_language() == "en" else self.help_vi

    def concerns(self, application: Application) -> bool:
        """Return whether it counts for an application."""
        asked = {"always": True, "food": application.sells_food, "alcohol": application.sells_alcohol}
        return application.kind in self.kinds and asked[self.when]


@cache
def _rows(name: str) -> Mapping[str, Row]:
    with (_DATA / name).open(encoding="utf-8", newline="") as lines:
        rows: list[dict[str, Any]] = list(csv.DictReader(lines))
    return {row["key"]: Row(**{**row, "kinds": frozenset(row["kinds"].split())}) for row in rows}


def papers_asked(application: Application) -> list[Row]:
    """Return the papers that an application needs, in order."""
    return [row for row in _rows("papers.csv").values() if row.concerns(application)]


def paper_words(kind: str) -> str:
    """Return what a kind of paper is called; its key where the data no longer knows it."""
    row = _rows("papers.csv").get(kind)
    return row.words if row else kind


def checklist_of(application: Application) -> list[Row]:
    """Return what is looked at before an application is approved."""
    return [row for row in _rows("checklist.csv").values() if row.concerns(application)]


@transaction.atomic
def paper_add(*, application: Application, kind: str, upload: UploadedFile) -> Paper:
    """Keep a paper. Raises JoiningError unless it is a PDF, JPEG or PNG by its content, of at most 10 MB, of a kind that is asked for."""
    locked = Application.objects.select_for_update().get(pk=application.pk)
    if not locked.is_with_applicant:
        raise JoiningError(_("The application is with the programme now: nothing can be changed."))
    if kind not in {row.key for row in papers_asked(locked)}:
        raise JoiningError(_("Choose what kind of paper it is."))
    if locked.papers.filter(kind=kind).count() >= MOST_OF_A_KIND:
        raise JoiningError(
            _("There are %(most)d files of this paper already: remove one first.") % {"most": MOST_OF_A_KIND}
        )
    paper = Paper(
        application=locked,
        kind=kind,
        name=_plain_name(upload.name or ""),
        ending=_ending(upload),
        size=upload.size or 0,
    )
    paper.file.save("", upload, save=False)
    paper.save()
    return paper


@transaction.atomic
def paper_remove(*, paper: Paper) -> None:
    """Take a paper away again. Raises JoiningError while the application is with the programme."""
    locked = Application.objects.select_for_update().get(pk=paper.application_id)
    if not locked.is_with_applicant:
        raise JoiningError(_("The application is with the programme now: nothing can be changed."))
    paper.delete()
    file_forget(paper)


def file_forget(paper: Paper) -> None:
    """Delete the file of a paper that is gone, once the transaction has come to its end."""
    storage, name = paper.file.storage, paper.file.name or ""
    transaction.on_commit(lambda: storage.delete(name), robust=True)


def _ending(upload: UploadedFile) -> str:
    """Return what a file is by its first bytes."""
    if (upload.size or 0) > MOST_BYTES:
        raise JoiningError(_("The file is larger than 10 MB. A photograph of the paper is enough."))
    head = upload.read(16)
    upload.seek(0)
    ending = next((ending for mark, ending in _ENDINGS.items() if head.startswith(mark)), None)
    if ending is None:
        raise JoiningError(_("The file must be a photograph (JPEG, PNG) or a PDF."))
    return ending


def _plain_name(name: str) -> str:
    """Return a file's name without signs that could mean something elsewhere."""
    return "".join(letter for letter in name if letter.isalnum() or letter in " ._-")[-120:].strip() or "giay"
