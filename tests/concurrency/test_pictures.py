"""One picture, and several who deal with it at the same moment: one of them is through, and no file is left of the others."""

from functools import partial
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from catalogue.models import ProductImage
from catalogue.pictures import making
from catalogue.pictures.making import picture_make_ready
from catalogue.pictures.services import picture_add, picture_remove, pictures_process_due
from tests.concurrency.together import at_once
from tests.factories.catalogue import GoodFactory
from tests.factories.pictures import picture_upload

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

#: An original of 640 by 480 pixels, and its one width, whole and square, in three formats.
FILES = 1 + 2 * 3


@pytest.fixture
def image(settings, tmp_path) -> ProductImage:
    settings.MEDIA_ROOT = tmp_path
    return picture_add(good=GoodFactory(), upload=picture_upload())


def stored() -> list[str]:
    root = Path(default_storage.location)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def assert_ready_and_alone(image: ProductImage) -> None:
    row = ProductImage.objects.get(pk=image.pk)
    assert row.processed_at is not None
    assert row.upload == ""
    assert row.original.name in stored()
    assert len(stored()) == FILES


def test_of_workers_that_begin_at_once_one_makes_it(image) -> None:
    results = at_once(*[partial(picture_make_ready, image_id=image.pk)] * 4)

    assert results == [None] * 4
    assert_ready_and_alone(image)


def test_of_workers_that_are_through_at_once_the_latest_counts(image, monkeypatch) -> None:
    """Each begins while the other is at work, as after ten minutes of a machine that stood still."""
    begun = []
    taken = making._taken

    def taken_after_the_other(image_id: int) -> ProductImage | None:
        while len(begun) < 2:
            if (row := taken(image_id)) is not None:
                begun.append(row)
                return row
        return None

    monkeypatch.setattr(making, "_taken", taken_after_the_other)

    results = at_once(*[partial(picture_make_ready, image_id=image.pk)] * 2)

    assert results == [None, None]
    assert [row.sizes_attempts for row in begun] == [1, 2]
    assert_ready_and_alone(image)


@pytest.mark.parametrize("_time", range(4))
def test_removed_at_the_moment_when_it_is_made_nothing_is_left(image, monkeypatch, _time) -> None:
    noted = making._note_ready

    def noting(*arguments):
        # As late as can be: the files are there, the row says nothing of them yet.
        _noting, _removing = at_once(partial(noted, *arguments), partial(picture_remove, image=image))
        return _noting

    monkeypatch.setattr(making, "_note_ready", noting)

    picture_make_ready(image_id=image.pk)

    assert not ProductImage.objects.exists()
    assert stored() == []


def test_of_sweeps_at_once_one_asks(image) -> None:
    ProductImage.objects.update(sizes_next_try_at="2026-01-01T00:00:00+07:00")

    assert sorted(at_once(*[pictures_process_due] * 3)) == [0, 0, 1]
