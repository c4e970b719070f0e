"""Takes the notes that pages of results send back."""

from __future__ import annotations

import time
from hashlib import blake2b
from typing import Final

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.http import require_POST

from marketplace.origin import same_origin_form
from search.insights.services import BadNote, click_record, read_note, search_record

_MINUTE: Final = 60
#: Notes a minute from one address on the internet; a whole village may stand behind one.
_A_MINUTE: Final = 240
_LONGEST_VISIT: Final = 64
_HIGHEST: Final = 2**31 - 1


@same_origin_form
@require_POST
def record(request: HttpRequest) -> HttpResponse:
    """Keep a search (`note`, `visit`), or that one of its goods was opened (also `good`, `position`). Answers 204; says nothing back."""
    visit = request.POST.get("visit", "")
    if not 0 < len(visit) <= _LONGEST_VISIT:
        return HttpResponseBadRequest("visit", content_type="text/plain")
    if not _allowed(request.META.get("REMOTE_ADDR", "")):
        return HttpResponse(status=429)
    try:
        note = read_note(request.POST.get("note", ""))
    except BadNote:
        return HttpResponseBadRequest("note", content_type="text/plain")
    kept = search_record(note=note, visit=visit)
    if "good" in request.POST:
        good, position = (_number(request.POST.get(name, "")) for name in ("good", "position"))
        if good is None or position is None:
            return HttpResponseBadRequest("good", content_type="text/plain")
        click_record(record=kept, product_id=good, position=position)
    return HttpResponse(status=204)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text[:12]) <= _HIGHEST else None


def _allowed(address: str) -> bool:
    digest = blake2b(address.encode(), digest_size=16).hexdigest()
    key = f"search-record:{digest}:{int(time.time() // _MINUTE)}"
    cache.add(key, 0, timeout=_MINUTE)
    try:
        return int(cache.incr(key)) <= _A_MINUTE
    except ValueError:  # forgotten between the two lines
        return True
