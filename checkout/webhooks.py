"""What every webhook of this shop holds to."""

from django.http import HttpRequest, HttpResponse


def length_refused(request: HttpRequest, *, most: int) -> HttpResponse | None:
    """Return the refusal of a body that doesn't say how long it is (sent in chunks), or is longer than `most` bytes; nothing of it is read."""
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal():
        return HttpResponse(status=411)
    return HttpResponse(status=413) if int(length) > most else None
