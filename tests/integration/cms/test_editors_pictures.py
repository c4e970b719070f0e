"""Editors' pictures: judged as others are; the public gets renditions alone, upright and without what a camera wrote."""

import io
import re
from pathlib import Path

import pytest
from django.conf import settings as shop_settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import Settings
from wagtail.images.models import Image as EditorsImage

from catalogue.pictures import cleaning
from cms.stories.models import ProducerStoryPage
from tests.factories.editors import editor_signed_in
from tests.factories.pictures import png_that_claims

pytestmark = pytest.mark.django_db

ORIENTATION, GPS = 0x0112, 0x8825


@pytest.fixture
def editor(client: Client, settings: Settings, tmp_path: Path) -> Client:
    """A browser of somebody who writes and publishes, and an empty store."""
    cache.clear()  # Wagtail remembers renditions by the picture's number
    settings.MEDIA_ROOT = tmp_path
    return editor_signed_in(client, settings)


def of_a_camera(size: tuple[int, int] = (900, 600), kind: str = "JPEG") -> bytes:
    """A picture that lies on its side and says where it was taken."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[1] = "N"
    buffer = io.BytesIO()
    options = {"comment": b"Da Lat"} if kind == "JPEG" else {}
    Image.new("RGB", size, "green").save(buffer, format=kind, exif=exif, **options)
    return buffer.getvalue()


def upload(editor: Client, content: bytes, name: str = "doi-che.jpg") -> str:
    response = editor.post(
        "/cms/images/add/",
        {"title": "Đồi chè", "file": SimpleUploadedFile(name, content), "collection": "1"},
        follow=True,
    )
    assert response.status_code == 200
    return response.content.decode()


def written() -> list[str]:
    root = Path(default_storage.location)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def assert_pixels_alone(name: str) -> None:
    with Image.open(Path(default_storage.location) / name) as picture:
        assert not picture.getexif(), name
        assert not {"exif", "xmp", "comment"} & set(picture.info), name
        assert picture.width < picture.height, f"{name} is upright"


@pytest.mark.parametrize(
    ("kind", "name"), [("JPEG", "doi-che.jpg"), ("PNG", "doi-che.png"), ("WEBP", "doi-che.webp")]
)
@pytest.mark.parametrize(
    "filters", ["original", "max-400x400", "width-300|format-avif", "width-300|format-webp"]
)
def test_a_rendition_is_upright_and_says_nothing_of_its_maker(
    editor: Client, kind: str, name: str, filters: str
) -> None:
    upload(editor, of_a_camera(kind=kind), name)

    rendition = EditorsImage.objects.get().get_rendition(filters)

    assert_pixels_alone(rendition.file.name)


def test_the_public_gets_no_original_and_the_desk_leads_to_none(editor: Client) -> None:
    upload(editor, of_a_camera())
    image = EditorsImage.objects.get()
    assert image.file.name.startswith("original_images/")
    assert image.file.name in written()

    assert Client().get(image.file.url).status_code == 404
    named: set[str] = set()
    for page in ("/cms/images/", f"/cms/images/{image.pk}/", "/cms/images/chooser/"):
        named |= set(re.findall(r"/media/[^\"'\\ ]+", editor.get(page).content.decode()))
    assert named
    for address in named:
        assert editor.get(address).status_code == 200, address
        assert_pixels_alone(address.removeprefix("/media/"))


def test_a_storys_page_its_card_and_what_it_is_shared_with_name_renditions(editor: Client) -> None:
    upload(editor, of_a_camera((1800, 1400)))
    story = ProducerStoryPage.objects.live().filter(locale__language_code="vi").first()
    story.picture = EditorsImage.objects.get()
    story.save_revision().publish()

    page = editor.get(story.url).content.decode()
    index = editor.get(story.get_parent().url).content.decode()

    assert re.search(r'<meta property="og:image" content="[^"]*/media/images/[^"]+"', page)
    named = re.findall(r"/media/[^\"', ]+", page + index)
    assert named
    assert {address.split("/")[2] for address in named} <= {"images", "goods"}


def test_limits_are_those_of_pictures_of_goods() -> None:
    assert shop_settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE == cleaning.LARGEST_FILE
    assert shop_settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS == cleaning.LARGEST_PICTURE


@pytest.mark.parametrize("side", [7_800, 60_000])
def test_bombs_are_refused(editor: Client, side: int) -> None:
    assert "nhiều nhất 60 triệu" in upload(editor, png_that_claims(side, side), "bom.png")

    assert not EditorsImage.objects.exists()
    assert written() == []


def test_of_several_at_once_each_is_judged(editor: Client) -> None:
    response = editor.post(
        "/cms/images/multiple/add/",
        {
            "title": "Bom",
            "files[]": SimpleUploadedFile("bom.png", png_that_claims(7_800, 7_800)),
            "collection": "1",
        },
    )

    assert response.json()["success"] is False
    assert "nhiều nhất 60 triệu" in response.json()["error_message"]
    assert written() == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("la.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("la.jpg", b"%PDF-1.7"),
        ("la.jpg", of_a_camera()[:-500]),
    ],
    ids=["svg", "pdf", "cut jpeg"],
)
def test_what_is_no_picture_is_refused_with_the_reason(editor: Client, name: str, content: bytes) -> None:
    assert "Không đọc được tệp ảnh này" in upload(editor, content, name)

    assert not EditorsImage.objects.exists()
    assert written() == []
