"""Makes the sizes of a picture off the request."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django_tasks import task
from pictures.tasks import _process_picture

from catalogue.changes import mark_changed

_at_once: ContextVar[bool] = ContextVar("sizes made at once", default=False)

Deconstructed = tuple[str, list[Any], dict[str, Any]]


@contextmanager
def sizes_made_at_once() -> Iterator[None]:
    """Make sizes in this process, without a worker: for management commands only, never in a request."""
    token = _at_once.set(True)
    try:
        yield
    finally:
        _at_once.reset(token)


def process_picture(
    *,
    storage: Deconstructed,
    file_name: str,
    sender: tuple[str, str, str],
    new: list[Deconstructed] | None = None,
    old: list[Deconstructed] | None = None,
) -> None:
    """Have the sizes made by the worker once the transaction is committed; what django-pictures calls after each upload."""
    work: dict[str, Any] = {
        "storage": storage,
        "file_name": file_name,
        "sender": list(sender),
        "new": new or [],
        "old": old or [],
    }
    if _at_once.get():
        make_sizes.call(**work)
    else:
        transaction.on_commit(lambda: make_sizes.enqueue(**work))


#: Hundreds of pictures come at once with a list of goods; notices and imports don't wait behind them.
@task(queue_name="pictures", priority=-50)
def make_sizes(
    *,
    storage: Deconstructed,
    file_name: str,
    sender: list[str],
    new: list[Deconstructed],
    old: list[Deconstructed],
) -> None:
    """Write every size of a picture and note that they are there. Safe to run twice."""
    _process_picture(storage=storage, file_name=file_name, sender=None, new=_plain(new), old=_plain(old))
    if new:
        sizes_note_ready(file_name=file_name, sender=sender)


@transaction.atomic
def sizes_note_ready(*, file_name: str, sender: list[str]) -> None:
    """Let pages use the sizes of `file_name`."""
    app_label, model_name, field = sender
    images = apps.get_model(app_label, model_name)._default_manager.filter(
        **{field: file_name, "processed_at__isnull": True}
    )
    goods = list(images.values_list("product_id", flat=True))
    images.update(processed_at=timezone.now())
    mark_changed(goods)


def _plain(pictures: list[Deconstructed]) -> list[Any]:
    """A queue that speaks JSON turns tuples into lists; django-pictures unpacks either."""
    return [tuple(picture) for picture in pictures]
