"""Adds, describes, orders and removes pictures of goods."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.changes import mark_changed
from catalogue.errors import PictureRefused
from catalogue.models import Product, ProductImage
from catalogue.pictures.cleaning import clean_picture, jpeg_of, judge_picture, placeholder_of
from catalogue.pictures.making import MOST_ATTEMPTS, TRY_AGAIN, original_delete, originals_of
from catalogue.pictures.paths import UPLOADS
from catalogue.pictures.tasks import make_ready

_PICTURES_A_SWEEP: Final = 20
#: Pictures that a good has at most: its page shows them all.
MOST_PICTURES: Final = 20
#: A file that no row names is an upload whose end was never written down. This old (hours), it is nobody's work any more.
_LEFT_BEHIND: Final = timedelta(hours=24)
_TIDIED_KEY: Final = "picture-uploads-tidied"
_TIDY_EVERY_SECONDS: Final = 6 * 60 * 60


def picture_add(
    *,
    good: Product,
    upload: UploadedFile | ContentFile[bytes],
    alt: str = "",
    alt_en: str = "",
    is_illustration: bool = False,
    at_once: bool = False,
) -> ProductImage:
    """Add an uploaded picture behind those that the good has. The worker makes it ready; until then no page shows it.

    `at_once` is for commands with small pictures of our own: the original is made here and stands on pages until its sizes are there.
    Raises PictureRefused (see `catalogue.pictures.cleaning`) with a message for the uploader.
    """
    if good.images.count() >= MOST_PICTURES:
        raise PictureRefused(
            _("The product has %(most)d pictures already, and no more fit. Remove one first.")
            % {"most": MOST_PICTURES}
        )
    judge_picture(upload, size=upload.size or 0)
    image = ProductImage(
        product=good,
        alt_vi=alt,
        alt_en=alt_en or None,
        is_illustration=is_illustration,
        sizes_next_try_at=timezone.now() + TRY_AGAIN,
    )
    # Files are written before the transaction, which on SQLite would keep every writer waiting.
    if at_once:
        picture = clean_picture(upload)
        image.original.save("", ContentFile(jpeg_of(picture), name="picture.jpg"), save=False)
        image.placeholder = placeholder_of(picture)
    else:
        image.upload.save("", upload, save=False)
    with transaction.atomic():
        last = good.images.aggregate(last=Max("display_order"))["last"]
        image.display_order = 0 if last is None else last + 1
        image.save()
        mark_changed([good.pk])
        # Somebody waits for an upload; what stands on pages already doesn't hold it up.
        asked = make_ready.using(priority=make_ready.priority - 10) if at_once else make_ready
        transaction.on_commit(lambda: asked.enqueue(image_id=image.pk), robust=True)
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
    """Remove a picture with all its files."""
    # Locked and read anew: a worker may be making it ready, and whoever comes second deletes what the first has written.
    row = ProductImage.objects.select_for_update().filter(pk=image.pk).first()
    if row is None:
        return
    upload, originals = row.upload, originals_of(row)
    ProductImage.objects.filter(pk=row.pk).delete()
    mark_changed([row.product_id])

    def delete_files() -> None:
        if upload:
            upload.storage.delete(upload.name)
        for name in originals:
            original_delete(name, row.original.storage)

    transaction.on_commit(delete_files, robust=True)


def pictures_process_due() -> int:
    """Ask again for pictures that should be ready by now; called by the worker. Returns for how many."""
    now = timezone.now()
    due = ProductImage.objects.filter(
        processed_at__isnull=True, sizes_next_try_at__lte=now, sizes_attempts__lt=MOST_ATTEMPTS
    ).order_by("sizes_next_try_at")
    asked = 0
    for pk, next_try_at in due.values_list("pk", "sizes_next_try_at")[:_PICTURES_A_SWEEP]:
        # The condition makes sure that of two workers only one asks.
        if ProductImage.objects.filter(pk=pk, sizes_next_try_at=next_try_at).update(
            sizes_next_try_at=now + TRY_AGAIN
        ):
            make_ready.enqueue(image_id=pk)
            asked += 1
    return asked


def uploads_tidy_due() -> None:
    """Tidy up a few times a day. Safe to run twice and on two machines."""
    if cache.add(_TIDIED_KEY, True, timeout=_TIDY_EVERY_SECONDS):
        uploads_tidy()


def uploads_tidy() -> int:
    """Delete uploads that no picture names: of a process that was killed between file and row. Return how many."""
    storage = ProductImage._meta.get_field("upload").storage
    try:
        names = [f"{UPLOADS}/{name}" for name in storage.listdir(UPLOADS)[1]]
    except FileNotFoundError:
        return 0
    # Read after the folder: a file of which a row is just being written is too young below.
    named = set(ProductImage.objects.exclude(upload="").values_list("upload", flat=True))
    old = timezone.now() - _LEFT_BEHIND
    left = [name for name in names if name not in named and storage.get_modified_time(name) < old]
    for name in left:
        storage.delete(name)
    return len(left)
