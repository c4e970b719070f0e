"""Adds, describes, orders and removes pictures of goods."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.changes import mark_changed
from catalogue.errors import PictureRefused
from catalogue.models import Product, ProductImage
from catalogue.pictures.cleaning import clean_picture

#: After how long the sizes of a picture are asked for again, and how often at most.
TRY_AGAIN: Final = timedelta(minutes=10)
MOST_ATTEMPTS: Final = 5
_PICTURES_A_SWEEP: Final = 20
#: Pictures that a good has at most: its page shows them all.
MOST_PICTURES: Final = 20


def picture_add(
    *,
    good: Product,
    upload: UploadedFile | ContentFile[bytes],
    alt: str = "",
    alt_en: str = "",
    is_illustration: bool = False,
) -> ProductImage:
    """Add an uploaded picture behind those that the good has; its sizes are made by the worker.

    Raises PictureRefused (see `catalogue.pictures.cleaning`) with a message for the uploader.
    """
    if good.images.count() >= MOST_PICTURES:
        raise PictureRefused(
            _("The product has %(most)d pictures already, and no more fit. Remove one first.")
            % {"most": MOST_PICTURES}
        )
    # Decoding takes a while: it happens before the transaction, which on SQLite would keep every writer waiting.
    cleaned = clean_picture(upload, size=upload.size or 0)
    with transaction.atomic():
        last = good.images.aggregate(last=Max("display_order"))["last"]
        image = ProductImage(
            product=good,
            alt_vi=alt,
            alt_en=alt_en or None,
            is_illustration=is_illustration,
            placeholder=cleaned.placeholder,
            display_order=0 if last is None else last + 1,
            sizes_attempts=1,
            sizes_next_try_at=timezone.now() + TRY_AGAIN,
        )
        image.original.save("picture.jpg", ContentFile(cleaned.content, name="picture.jpg"), save=True)
        mark_changed([good.pk])
    return image


@transaction.atomic
def picture_describe(*, image: ProductImage, alt: str, alt_en: str = "") -> ProductImage:
    """Say what the picture shows, for people who don't see it."""
    image.alt_vi, image.alt_en = alt, alt_en or None
    image.save(update_fields=["alt", "alt_vi", "alt_en"])
    mark_changed([image.product_id])
    return image


@transaction.atomic
def pictures_order(*, good: Product, image_ids: Sequence[int]) -> None:
    """Put the pictures of a good into the order of `image_ids`; the first stands on cards. Those not named follow."""
    named = {pk: place for place, pk in enumerate(image_ids)}
    images = sorted(
        good.images.all(), key=lambda image: (named.get(image.pk, len(named)), image.display_order, image.pk)
    )
    for place, image in enumerate(images):
        image.display_order = place
    ProductImage.objects.bulk_update(images, ["display_order"])
    mark_changed([good.pk])


@transaction.atomic
def picture_remove(*, image: ProductImage) -> None:
    """Remove a picture, its original and its sizes."""
    good_id, original = image.product_id, image.original
    name, storage = original.name, original.storage
    original.delete_all()
    ProductImage.objects.filter(pk=image.pk).delete()
    transaction.on_commit(lambda: storage.delete(name))
    mark_changed([good_id])


def pictures_process_due() -> int:
    """Ask again for sizes that should be there by now; called by the worker. Returns for how many pictures."""
    now = timezone.now()
    due = ProductImage.objects.filter(
        processed_at__isnull=True, sizes_next_try_at__lte=now, sizes_attempts__lt=MOST_ATTEMPTS
    ).order_by("sizes_next_try_at")
    asked = 0
    for image in due[:_PICTURES_A_SWEEP]:
        # The condition makes sure that of two workers only one asks.
        claimed = ProductImage.objects.filter(pk=image.pk, sizes_next_try_at=image.sizes_next_try_at).update(
            sizes_attempts=F("sizes_attempts") + 1, sizes_next_try_at=now + TRY_AGAIN
        )
        if claimed:
            image.original.save_all()
            asked += 1
    return asked
