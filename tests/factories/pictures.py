"""Pictures as people upload them."""

import io
import struct
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def picture_upload(
    name: str = "goi-tra.jpg", *, size: tuple[int, int] = (640, 480), colour: str = "green"
) -> SimpleUploadedFile:
    """Return a JPEG of one colour."""
    content = io.BytesIO()
    Image.new("RGB", size, colour).save(content, format="JPEG")
    return SimpleUploadedFile(name, content.getvalue(), content_type="image/jpeg")


def png_that_claims(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes whose header promises a picture of that size; its checksums are right."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )
