"""Pictures as people upload them."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def picture_upload(
    name: str = "goi-tra.jpg", *, size: tuple[int, int] = (640, 480), colour: str = "green"
) -> SimpleUploadedFile:
    """Return a JPEG of one colour."""
    content = io.BytesIO()
    Image.new("RGB", size, colour).save(content, format="JPEG")
    return SimpleUploadedFile(name, content.getvalue(), content_type="image/jpeg")
