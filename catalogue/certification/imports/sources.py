"""Under which name a file's rows are kept, and which file it is."""

import hashlib
from itertools import count
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from catalogue.certification.imports.models import DecisionImport, ImportRow
from catalogue.certification.imports.reader import SourceFile
from catalogue.certification.imports.rows import Defaults
from marketplace.clock import day_of

_HASH_BYTES = 1024 * 1024


def source_of(file_name: str) -> str:
    """Return the name under which a file's rows are kept: its name without ending."""
    return Path(file_name).stem[:160]


def other_file_of_source(source_file: SourceFile, source: str) -> list[str]:
    """Return a warning where another file was imported under this source: its rows of the same number would lose their evidence."""
    imported = DecisionImport.objects.filter(source=source).exclude(state=DecisionImport.State.UPLOADED)
    other = imported.exclude(file_hash=_digest(source_file)).order_by("-created_at").first()
    # A file of mended rows has none of its own: they lead back to where they came from.
    if other is None or not ImportRow.objects.filter(source=source).exists():
        return []
    return [
        _(
            "Another file was imported under the name “%(source)s” before (%(file)s, %(day)s). If this is a different list, import "
            "it under another name, such as “%(free)s”: else its rows replace the other's evidence."
        )
        % {
            "source": source,
            "file": other.file_name,
            "day": day_of(other.created_at).strftime("%d/%m/%Y"),
            "free": _free_source(source),
        }
    ]


def _free_source(source: str) -> str:
    taken = set(DecisionImport.objects.filter(source__startswith=source).values_list("source", flat=True))
    return next(name for at in count(2) if (name := f"{source[:150]}-{at}") not in taken)


def _digest(source_file: SourceFile) -> str:
    digest = hashlib.sha256()
    with source_file.open() as stream:
        while block := stream.read(_HASH_BYTES):
            digest.update(block)
    return digest.hexdigest()


def identity_of(source_file: SourceFile, defaults: Defaults) -> dict[str, Any]:
    """Return what makes two imports one: the file's name and content, and what was said for all its rows."""
    return {
        "source": defaults.source,
        "file_name": source_file.name[:255],
        "file_hash": _digest(source_file),
        "decision_number": defaults.decision_number,
        "decided_on": defaults.decided_on,
        "authority": defaults.authority,
        "province_id": defaults.province,
    }
