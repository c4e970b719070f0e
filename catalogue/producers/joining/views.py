"""A paper's bytes, for whoever the caller found may see them."""

from django.http import FileResponse

from catalogue.producers.joining.models import Paper
from catalogue.producers.joining.papers import CONTENT_TYPES


def paper_response(paper: Paper) -> FileResponse:
    """Return a paper's bytes for who may see it: nothing in it can run, nothing keeps it."""
    response = FileResponse(
        paper.file.open("rb"),
        content_type=CONTENT_TYPES[paper.ending],
        filename=f"{paper.kind}.{paper.ending}",
    )
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response
