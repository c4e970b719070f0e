"""Pictures that people attach to their words: to a complaint, to a review.

An upload is judged while the uploader waits and cleaned by a worker as pictures of goods are (`cleaning.py`): nothing of the file is kept,
neither where nor with what it was taken. Of each only one size is kept. Each is a duty row (`marketplace/duties.py`).
"""

import io
import logging
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar, Final

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image

from catalogue.errors import PictureRefused
from catalogue.pictures.cleaning import clean_picture, jpeg_of, judge_picture
from marketplace.duties import claim_due, next_try

logger = logging.getLogger(__name__)

#: Where uploads wait to be cleaned; not among the folders that the public may read.
WAITING: Final = "attached_uploads"
#: The longest side of what is kept, in pixels.
LONGEST_SIDE: Final = 1600
#: Files of which the row was never written, or whose deletion failed, are nobody's work after this.
_LEFT_BEHIND: Final = timedelta(hours=24)


def waiting_path(instance: Any, filename: str) -> str:
    """Return a fresh path for an upload; its name is not kept."""
    return f"{WAITING}/{secrets.token_hex(12)}"


def kept_path(instance: "AttachedPicture", filename: str) -> str:
    """Return a path for the cleaned picture in its model's folder that nobody can guess."""
    return f"{instance.FOLDER}/{secrets.token_hex(16)}.jpg"


class AttachedPicture(models.Model):
    """A picture beside somebody's words; a subclass names the folder and whose words they are."""

    class State(models.TextChoices):
        PENDING = "pending", gettext_lazy("Being prepared")
        DONE = "done", gettext_lazy("Ready")
        FAILED = "failed", gettext_lazy("Could not be read")

    FOLDER: ClassVar[str]

    upload = models.FileField(upload_to=waiting_path, blank=True, editable=False)
    file = models.FileField(upload_to=kept_path, max_length=120, blank=True, editable=False)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return str(self.file or self.upload)


def pictures_judge(uploads: Sequence[UploadedFile], *, most: int) -> None:
    """Refuse what isn't pictures that we can read, or more than `most` of them. Raises PictureRefused in words for the uploader."""
    if len(uploads) > most:
        raise PictureRefused(_("Choose at most %(most)d pictures.") % {"most": most})
    for upload in uploads:
        try:
            judge_picture(upload, size=upload.size or 0)
        except PictureRefused as refused:
            raise PictureRefused(f"{upload.name}: {refused.message}") from refused


def pictures_attach(pictures: Sequence[AttachedPicture], uploads: Sequence[UploadedFile]) -> None:
    """Write one row for each upload, in the caller's transaction. The uploads were judged before (`pictures_judge`)."""
    for picture, upload in zip(pictures, uploads, strict=True):
        upload.seek(0)
        picture.upload.save("", upload, save=False)
        picture.save()


def pictures_clean_due(pictures: models.QuerySet[Any]) -> int:
    """Make every picture ready that waits; return how many became so. Safe to run twice and on several machines."""
    return sum(_clean(picture) for picture in claim_due(pictures, limit=20))


def _clean(picture: Any) -> bool:
    try:
        with picture.upload.open("rb") as file:
            cleaned = clean_picture(io.BytesIO(file.read()))
    except (PictureRefused, FileNotFoundError, ValueError):
        _end(picture, state=AttachedPicture.State.FAILED)
        return False
    except OSError as error:  # of the store, not of the file: those were told apart above
        moment = next_try(picture.attempts)
        state = AttachedPicture.State.PENDING if moment else AttachedPicture.State.FAILED
        type(picture).objects.filter(pk=picture.pk).update(
            state=state, next_try_at=moment or picture.next_try_at
        )
        logger.warning("attached picture %s is put off: %s", picture.pk, type(error).__name__)
        return False
    cleaned.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    name = default_storage.save(kept_path(picture, ""), ContentFile(jpeg_of(cleaned)))
    if not _end(
        picture, state=AttachedPicture.State.DONE, file=name, width=cleaned.width, height=cleaned.height
    ):
        default_storage.delete(name)  # another worker was first
        return False
    return True


def _end(picture: Any, **values: Any) -> bool:
    """Note what became of a picture and let go of its upload; return whether this worker was the one to say so."""
    upload = picture.upload.name
    with transaction.atomic():
        ended = (
            type(picture)
            .objects.filter(pk=picture.pk, state=AttachedPicture.State.PENDING)
            .update(upload="", **values)
        )
        if ended and upload:
            transaction.on_commit(lambda: default_storage.delete(upload), robust=True)
    return bool(ended)


def attached_models() -> list[type[Any]]:
    """Return every kind of attached picture that there is, in whatever room."""
    return [model for model in apps.get_models() if issubclass(model, AttachedPicture)]


def waiting_tidy(named: set[str]) -> int:
    """Delete uploads that no row in `named` names any more: of a process that died between file and row. Return how many."""
    try:
        names = [f"{WAITING}/{name}" for name in default_storage.listdir(WAITING)[1]]
    except FileNotFoundError:
        return 0
    old = timezone.now() - _LEFT_BEHIND
    left = [name for name in names if name not in named and default_storage.get_modified_time(name) < old]
    for name in left:
        default_storage.delete(name)
    return len(left)
