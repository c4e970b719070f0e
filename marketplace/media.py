"""Uploaded files from this machine's disk, where no S3-compatible store is named.

Names are random and never used again, so that a browser or CDN may keep a file for good. Nothing is guessed from a file's content.
"""

import posixpath
from typing import Final

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.static import serve

#: Folders that the public may read; whatever else lies in the store is not served: uploads of pictures and editors' originals
#: tell where and by whom they were taken.
PUBLIC_FOLDERS: Final = ("goods/", "images/", "certificates/", "standards/", "review_pictures/")


def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve one file of `PUBLIC_FOLDERS`."""
    if posixpath.normpath(path) != path or not path.startswith(PUBLIC_FOLDERS):
        raise Http404
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    if isinstance(response, FileResponse):
        response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response
