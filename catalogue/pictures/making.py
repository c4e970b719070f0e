"""Makes an uploaded picture ready: the original that is kept, and the sizes that pages show.

Any worker may take any picture at any moment, and may die at any line. Each attempt has a number, taken in one conditional update, and
writes under names of its own; what it made counts from the one conditional update at its end, which only the latest attempt can do. So
nothing half made is ever shown, and what an attempt left behind is found by its names.
"""

import io
from datetime import timedelta
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from pictures.conf import app_settings
from pictures.models import PillowPicture
from PIL import Image

from catalogue.changes import mark_changed
from catalogue.errors import PictureRefused
from catalogue.models import ProductImage
from catalogue.pictures.cleaning import clean_picture, jpeg_of, placeholder_of
from catalogue.pictures.paths import original_of

#: After how long a picture is asked for again, and how often it is tried at most.
TRY_AGAIN: Final = timedelta(minutes=10)
MOST_ATTEMPTS: Final = 5


def picture_make_ready(*, image_id: int) -> None:
    """Make the original of an upload and every size that pages show. Safe to run twice, and on two machines.

    What nothing can be made of is given up at once. Whatever else fails is raised: the picture stays due.
    """
    image = _taken(image_id)
    if image is None:
        return
    storage, attempt = image.original.storage, image.sizes_attempts
    if not image.original:
        for earlier in range(1, attempt):
            original_delete(original_of(str(image.upload), earlier), storage)
    try:
        picture = clean_picture(_content(image))
    except (PictureRefused, FileNotFoundError):
        _this_attempt(image).update(sizes_attempts=MOST_ATTEMPTS)
        return
    width, height = picture.size
    name = image.original.name or original_of(str(image.upload), attempt)
    try:
        if not image.original:
            storage.save(name, ContentFile(jpeg_of(picture)))
        picture = _reduced(picture)
        for size in _sizes(name, width, height):
            size.save(picture)
    except FileNotFoundError:
        # Somebody who removes the picture, or a later attempt, deletes what this one has just written.
        if _this_attempt(image).exists():
            raise
    else:
        if _note_ready(image, name, width, height, placeholder_of(picture)):
            return
    # Removed meanwhile, or a later attempt was first. The sizes of an original that still stands stay.
    if not ProductImage.objects.filter(pk=image.pk, original=name).exists():
        original_delete(name, storage)


def originals_of(image: ProductImage) -> list[str]:
    """Return the names of all originals that may lie in the store for `image`, finished or not."""
    if image.original:
        return [image.original.name]
    return [original_of(str(image.upload), attempt) for attempt in range(1, image.sizes_attempts + 1)]


def original_delete(name: str, storage: Storage) -> None:
    """Delete an original and its sizes, those of them that are there."""
    widest = app_settings.CONTAINER_WIDTH
    for size in _sizes(name, widest, widest):
        size.delete()
    storage.delete(name)


def _taken(image_id: int) -> ProductImage | None:
    """Return the picture with the number of the attempt that begins; None where there is nothing to do, or somebody else begins."""
    image = ProductImage.objects.filter(
        pk=image_id, processed_at=None, sizes_attempts__lt=MOST_ATTEMPTS
    ).first()
    if image is None or not _this_attempt(image).update(
        sizes_attempts=F("sizes_attempts") + 1, sizes_next_try_at=timezone.now() + TRY_AGAIN
    ):
        return None
    image.sizes_attempts += 1
    return image


def _this_attempt(image: ProductImage) -> QuerySet[ProductImage]:
    """Return the row as long as no other attempt has begun and none is through."""
    return ProductImage.objects.filter(
        pk=image.pk, upload=image.upload.name, sizes_attempts=image.sizes_attempts, processed_at=None
    )


def _content(image: ProductImage) -> io.BytesIO:
    """Return what was uploaded, or the original where that is there already, read: what fails from here on is the picture's fault."""
    with (image.upload or image.original).open("rb") as file:
        return io.BytesIO(file.read())


def _reduced(picture: Image.Image) -> Image.Image:
    """Return the picture no larger than the widest size needs, whole or square."""
    widest, shorter = app_settings.CONTAINER_WIDTH, min(picture.size)
    if shorter <= widest:
        return picture
    width, height = (max(widest, round(side * widest / shorter)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _sizes(name: str, width: int, height: int) -> set[PillowPicture]:
    """Return the sizes of an original of `width` by `height` pixels."""
    sizes: set[PillowPicture] = ProductImage(
        original=name, width=width, height=height
    ).original.get_picture_files_list()
    return sizes


@transaction.atomic
def _note_ready(image: ProductImage, name: str, width: int, height: int, placeholder: str) -> bool:
    """Let pages show what was made, unless the picture is gone or another attempt's; return whether they do."""
    noted = _this_attempt(image).update(
        original=name,
        width=width,
        height=height,
        placeholder=placeholder,
        processed_at=timezone.now(),
        upload="",
    )
    if noted:
        mark_changed([image.product_id])
        upload, storage = image.upload.name, image.upload.storage
        if upload:
            # One that stays is found later (`catalogue.pictures.services.uploads_tidy`).
            transaction.on_commit(lambda: storage.delete(upload), robust=True)
    return bool(noted)
