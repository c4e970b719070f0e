"""Makes a safe picture of what somebody uploaded: judged by its content, stripped of what it tells about its maker, upright, sRGB.

Nothing of the uploaded file is kept: the pixels are decoded and written anew. This happens while the uploader waits, who is told why
a file is refused; the sizes that pages show are made later, by the worker.
"""

import base64
import io
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from catalogue.errors import PictureRefused

#: Bytes, pixels and pixels a side that an upload may have.
LARGEST_FILE = 20 * 1024 * 1024
LARGEST_PICTURE = 60_000_000
SMALLEST_SIDE = 200
#: Longest side of what is kept: twice the widest that a page shows.
KEPT_SIDE = 2400
FORMATS = ("JPEG", "PNG", "WEBP")
_PLACEHOLDER_SIDE = 20


@dataclass(frozen=True, slots=True)
class CleanedPicture:
    """A JPEG without metadata, and a tiny WebP of it as data URI."""

    content: bytes
    width: int
    height: int
    placeholder: str


def clean_picture(upload: IO[bytes], *, size: int) -> CleanedPicture:
    """Return the picture in `upload` (of `size` bytes), fit to be shown. Raises PictureRefused with a message for the uploader."""
    if size > LARGEST_FILE:
        raise PictureRefused(
            _("The file is too large: at most %(megabytes)d MB.") % {"megabytes": LARGEST_FILE // 1024**2}
        )
    picture = _decoded(upload)
    if picture.mode in ("1", "P"):
        picture = picture.convert("RGBA")  # colours of a table can't be mixed
    # The uploader waits: whatever touches every pixel comes after most of them are gone.
    picture.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.LANCZOS)
    picture = _flat_srgb(ImageOps.exif_transpose(picture))
    buffer = io.BytesIO()
    picture.save(buffer, format="JPEG", quality=90, optimize=True, progressive=True)
    return CleanedPicture(buffer.getvalue(), picture.width, picture.height, placeholder_of(picture))


def placeholder_of(picture: Image.Image) -> str:
    """Return a data URI of `picture`, 20 pixels wide at most: what lies on the page while the real one loads."""
    small = picture.convert("RGB")
    small.thumbnail((_PLACEHOLDER_SIDE, _PLACEHOLDER_SIDE))
    buffer = io.BytesIO()
    small.save(buffer, format="WEBP", quality=30)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def _decoded(upload: IO[bytes]) -> Image.Image:
    """Return the picture, fully decoded. The header is judged first: a bomb must not be unpacked."""
    refused = _("This file is not a picture that we can read. Please use JPEG, PNG or WebP.")
    try:
        upload.seek(0)
        header = Image.open(upload, formats=FORMATS)
        _check_size(*header.size)
        header.verify()
        upload.seek(0)
        picture = Image.open(upload, formats=FORMATS)
        picture.draft(None, (KEPT_SIDE, KEPT_SIDE))  # a JPEG of a new phone is decoded at half its size
        picture.load()
    except Image.DecompressionBombError as error:
        raise PictureRefused(_too_many_pixels()) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise PictureRefused(refused) from error
    return picture


def _check_size(width: int, height: int) -> None:
    if width * height > LARGEST_PICTURE:
        raise PictureRefused(_too_many_pixels())
    if min(width, height) < SMALLEST_SIDE:
        raise PictureRefused(
            _("The picture is too small: at least %(side)d pixels on each side.") % {"side": SMALLEST_SIDE}
        )


def _too_many_pixels() -> str:
    return _("The picture has too many pixels: at most %(count)d million.") % {
        "count": LARGEST_PICTURE // 1_000_000
    }


def _flat_srgb(picture: Image.Image) -> Image.Image:
    """Return the picture in sRGB on white, with nothing but pixels."""
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "RGBA", "L", "CMYK"):
        try:
            converted = ImageCms.profileToProfile(
                picture,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGBA" if picture.mode == "RGBA" else "RGB",
            )
            picture = converted or picture
        except ImageCms.PyCMSError:
            # A broken profile says nothing about the colours: they are taken for sRGB, as browsers do.
            picture.info.pop("icc_profile", None)
    picture = picture.convert("RGBA")
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(picture, mask=picture.getchannel("A"))
    return flat
