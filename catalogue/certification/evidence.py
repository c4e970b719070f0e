"""Scans of decisions and certificates: checked by what they hold, kept under names that say nothing of who sent them."""

import secrets

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from catalogue.certification.errors import CertificationError

MAX_EVIDENCE_BYTES = 15 * 1024 * 1024
#: First bytes of what is taken, and the ending it gets.
_KINDS = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}


class EvidenceRefused(CertificationError):
    """The file is too large or no PDF, JPEG or PNG."""


def evidence_checked(file: UploadedFile) -> UploadedFile:
    """Return the upload under a fresh name. Raises EvidenceRefused unless its content is a PDF, JPEG or PNG of at most 15 MB."""
    if (file.size or 0) > MAX_EVIDENCE_BYTES:
        raise EvidenceRefused(_("The document is larger than 15 MB."))
    head = file.read(16)
    file.seek(0)
    ending = next((ending for mark, ending in _KINDS.items() if head.startswith(mark)), None)
    if ending is None:
        raise EvidenceRefused(_("The document must be a PDF, a JPEG or a PNG."))
    file.name = f"{secrets.token_hex(12)}.{ending}"
    return file
