"""The demonstration loads once, whole, and a load that was broken off is taken up where it was."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pytest_django import Settings

from catalogue.models import Product, ProductImage
from checkout.campaigns.models import Campaign
from cms.home.models import HomePage
from cms.regions.models import RegionPage
from cms.stories.models import ProducerStoryPage
from marketplace.demo import pictures, stories
from marketplace.demo.drawings import ahead
from marketplace.demo.drawings.ahead import PackPicture, draw_ahead, pack_jpeg
from marketplace.demo.loading import demo_load, expected_pictures

GOODS = 66


class BrokenOff(BaseException):
    """Stands for Ctrl-C."""


def blank_pack() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (600, 600), "#1f4d2b").save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> list[PackPicture]:
    """Packs are blank; what was asked for is noted."""
    settings.DEMO_PASSWORD = "cho-ocop-2026"
    asked: list[PackPicture] = []
    blank = blank_pack()

    def noted(picture: PackPicture, _folder: Path) -> bytes:
        asked.append(picture)
        return blank

    monkeypatch.setattr(pictures, "pack_jpeg", noted)
    return asked


def load() -> list[str]:
    said: list[str] = []
    demo_load(say=said.append, on_progress=lambda _done, _total: None)
    return said


def counts() -> dict[str, int]:
    return {
        model.__name__: model._default_manager.count()
        for model in (Product, ProductImage, Campaign, HomePage, RegionPage, ProducerStoryPage)
    }


@pytest.mark.django_db
def test_a_load_that_was_broken_off_is_taken_up_and_nothing_is_there_twice(
    asked_for: list[PackPicture], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = pictures.pack_jpeg

    def breaks_off_at(number: int) -> None:
        def breaking(picture: PackPicture, folder: Path) -> bytes:
            if len(asked_for) == number:
                raise BrokenOff
            return whole(picture, folder)

        monkeypatch.setattr(pictures, "pack_jpeg", breaking)
        with pytest.raises(BrokenOff):
            load()

    breaks_off_at(3)  # among the goods of the list
    breaks_off_at(62)  # among the invented ones
    monkeypatch.setattr(pictures, "pack_jpeg", whole)
    with monkeypatch.context() as patched:
        patched.setattr(stories, "_fill_home", lambda *_arguments: (_ for _ in ()).throw(BrokenOff()))
        with pytest.raises(BrokenOff):
            load()

    load()

    goods = Product.objects.filter(structure=Product.PARENT)
    assert goods.count() == ProductImage.objects.count() == GOODS
    labels = Product.objects.filter(structure=Product.CHILD).values_list("parent_id", "title_vi")
    assert len(labels) == len(set(labels))
    loaded = counts()
    assert loaded == counts() | {"Campaign": 1, "HomePage": 2, "RegionPage": 6, "ProducerStoryPage": 10}

    # Two producers have no known place, so their packs name no province; all the others can be drawn ahead.
    assert len(set(asked_for)) == GOODS
    assert len(set(asked_for) - set(expected_pictures())) == 2

    assert load()[-2:] == ["  0 goods completed", "  0 invented goods made"]
    assert counts() == loaded


def test_what_lies_ready_is_taken_and_the_rest_is_drawn(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one, other = PackPicture("Trà atiso", "Lâm Đồng", 12, "1"), PackPicture("Trà atiso", "Lâm Đồng", 12, "2")

    draw_ahead([one], tmp_path, processes=1)
    ready = tmp_path / one.file_name
    monkeypatch.setattr(ahead, "_drawn", lambda picture: picture.key.encode())

    assert [path.name for path in tmp_path.iterdir()] == [one.file_name]
    assert pack_jpeg(one, tmp_path) == ready.read_bytes()
    with Image.open(ready) as drawn:
        assert drawn.size == (1200, 1200)
    assert pack_jpeg(other, tmp_path) == b"2"
