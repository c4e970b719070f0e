"""Judges what somebody uploaded, and makes a safe picture of it: stripped of what it tells about its maker, upright, sRGB.

An upload is judged by its content while the uploader waits, who is told why a file is refused; that unpacks as little as it can.
The worker decodes it in full and writes its pixels anew: nothing of the uploaded file is kept.
"""

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from catalogue.errors import PictureRefused

#: Bytes, pixels and pixels a side that an upload may have.
LARGEST_FILE = 20 * 1024 * 1024
LARGEST_PICTURE = 60_000_000
#: WebP's decoder holds a picture four times over, 16 bytes a pixel.
LARGEST_WEBP = 40_000_000
SMALLEST_SIDE = 200
#: The longest side of what is kept: WebP writes no longer one.
LONGEST_SIDE = 16_383
FORMATS = ("JPEG", "PNG", "WEBP")
_PLACEHOLDER_SIDE = 20


def judge_picture(upload: IO[bytes], *, size: int) -> None:
    """Take or refuse the file in `upload` (of `size` bytes) without unpacking it in full.

    Raises PictureRefused with a message for the uploader. A file may still turn out to be broken where its checksums are right.
    """
    if size > LARGEST_FILE:
        raise PictureRefused(
            _("The file is too large: at most %(megabytes)d MB.") % {"megabytes": LARGEST_FILE // 1024**2}
        )
    with _refusing():
        _open(upload).verify()
        picture = _open(upload)
        if picture.format == "JPEG":
            # A JPEG has no checksum: a cut one is told by reading to its end, at an eighth of its size.
            picture.draft(None, (1, 1))
            picture.load()


def clean_picture(upload: IO[bytes]) -> Image.Image:
    """Return the picture in `upload` with nothing but pixels: upright, in sRGB, on white. Raises PictureRefused.

    A picture has up to 60 million pixels, three bytes each: nothing is copied here that needn't be.
    """
    with _refusing():
        picture = _open(upload)
        picture.load()
        if picture.mode in ("1", "P"):
            picture = picture.convert("RGBA")  # colours of a table can't be mixed
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        ImageOps.exif_transpose(picture, in_place=True)
        picture = _flat(_srgb(picture))
    picture.info.clear()
    return picture


def jpeg_of(picture: Image.Image) -> bytes:
    """Return `picture` as a JPEG of high quality."""
    buffer = io.BytesIO()
    picture.save(buffer, format="JPEG", quality=92)
    return buffer.getvalue()


def placeholder_of(picture: Image.Image) -> str:
    """Return a data URI of `picture`, 20 pixels wide at most: what lies on the page while the real one loads."""
    small = picture.copy()
    small.thumbnail((_PLACEHOLDER_SIDE, _PLACEHOLDER_SIDE))
    buffer = io.BytesIO()
    small.save(buffer, format="WEBP", quality=30)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode()}"


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn whatever a decoder says of a bad file into PictureRefused."""
    try:
        yield
    except Image.DecompressionBombError as error:
        raise PictureRefused(_too_many_pixels(LARGEST_PICTURE)) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise PictureRefused(
            _("This file is not a picture that we can read. Please use JPEG, PNG or WebP.")
        ) from error


def _open(upload: IO[bytes]) -> Image.Image:
    """Return the picture, not decoded yet. Its header is judged: a bomb must not be unpacked."""
    upload.seek(0)
    picture = Image.open(upload, formats=FORMATS)
    width, height = picture.size
    most = LARGEST_WEBP if picture.format == "WEBP" else LARGEST_PICTURE
    if width * height > most:
        raise PictureRefused(_too_many_pixels(most))
    if min(width, height) < SMALLEST_SIDE:
        raise PictureRefused(
            _("The picture is too small: at least %(side)d pixels on each side.") % {"side": SMALLEST_SIDE}
        )
    return picture


def _too_many_pixels(most: int) -> str:
    return _("The picture has too many pixels: at most %(count)d million.") % {"count": most // 1_000_000}


def _srgb(picture: Image.Image) -> Image.Image:
    """Return the picture with its colours in sRGB, where it says in which it has them."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA", "L", "CMYK"):
        return picture
    try:
        source, srgb = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        if picture.mode in ("RGB", "RGBA"):
            ImageCms.profileToProfile(picture, source, srgb, inPlace=True)
            return picture
        return ImageCms.profileToProfile(picture, source, srgb, outputMode="RGB") or picture
    except ImageCms.PyCMSError:
        # A broken profile says nothing about the colours: they are taken for sRGB, as browsers do.
        return picture


def _flat(picture: Image.Image) -> Image.Image:
    """Return the picture as RGB, on white where it is transparent."""
    if not picture.has_transparency_data:
        return picture if picture.mode == "RGB" else picture.convert("RGB")
    if picture.mode != "RGBA":
        picture = picture.convert("RGBA")
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(picture, mask=picture.getchannel("A"))
    return flat
