"""Uploaded pictures: judged by content, cleaned, kept, and served in few sizes that are made off the request."""

import io
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from catalogue.certification.imports.tasks import preview_import, run_import
from catalogue.errors import PictureRefused
from catalogue.models import ProductChange, ProductImage
from catalogue.pictures import cleaning
from catalogue.pictures.cleaning import clean_picture
from catalogue.pictures.services import (
    MOST_ATTEMPTS,
    MOST_PICTURES,
    TRY_AGAIN,
    picture_add,
    picture_describe,
    picture_remove,
    pictures_order,
    pictures_process_due,
)
from catalogue.pictures.serving import picture_for
from catalogue.pictures.tasks import make_sizes, sizes_made_at_once
from marketplace.tasks import do_duty
from tests.factories.catalogue import GoodFactory

ORIENTATION, GPS = 0x0112, 0x8825


def picture_bytes(size=(640, 480), colour="green", kind="JPEG", mode="RGB", **options):
    buffer = io.BytesIO()
    Image.new(mode, size, colour).save(buffer, format=kind, **options)
    return buffer.getvalue()


def upload(content, name="gói trà.jpg"):
    return SimpleUploadedFile(name, content)


def cleaned(content):
    return clean_picture(io.BytesIO(content), size=len(content))


def png_that_claims(width, height):
    """A PNG of a few bytes whose header promises a huge picture."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


class TestCleaning:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_takes_the_three_formats_whatever_the_name_says(self, kind):
        result = cleaned(picture_bytes(kind=kind))
        assert Image.open(io.BytesIO(result.content)).format == "JPEG"
        assert (result.width, result.height) == (640, 480)

    def test_strips_what_the_camera_knew_and_turns_upright(self):
        exif = Image.Exif()
        exif[ORIENTATION] = 6
        exif.get_ifd(GPS)[1] = "N"
        result = cleaned(picture_bytes(exif=exif))
        picture = Image.open(io.BytesIO(result.content))
        assert picture.size == (480, 640), "turned by 90 degrees"
        assert not picture.getexif()
        assert not {"exif", "icc_profile", "comment", "xmp"} & set(picture.info)

    def test_puts_transparent_pictures_on_white(self):
        result = cleaned(picture_bytes(kind="PNG", mode="RGBA", colour=(0, 0, 0, 0)))
        assert Image.open(io.BytesIO(result.content)).getpixel((5, 5)) == (255, 255, 255)

    @pytest.mark.parametrize("mode", ["L", "P", "CMYK", "RGB"])
    def test_takes_other_colour_models(self, mode):
        kind = "JPEG" if mode == "CMYK" else "PNG"
        assert cleaned(picture_bytes(kind=kind, mode=mode, colour=0)).width == 640

    def test_keeps_no_more_than_pages_show(self):
        result = cleaned(picture_bytes(size=(5000, 2500)))
        assert (result.width, result.height) == (2400, 1200)

    def test_a_large_picture_on_its_side_is_turned_upright(self):
        exif = Image.Exif()
        exif[ORIENTATION] = 6
        result = cleaned(picture_bytes(size=(6000, 3000), exif=exif))
        assert (result.width, result.height) == (1200, 2400)

    @pytest.mark.parametrize(("mode", "colour"), [("P", 0), ("1", 0), ("RGBA", (0, 0, 0, 255)), ("L", 0)])
    def test_large_pictures_of_every_colour_model_keep_their_colour(self, mode, colour):
        result = cleaned(picture_bytes(size=(3000, 2500), kind="PNG", mode=mode, colour=colour))
        picture = Image.open(io.BytesIO(result.content))
        assert picture.size == (2400, 2000)
        assert picture.getpixel((1200, 1000)) == (0, 0, 0)

    def test_a_jpeg_of_a_new_phone_is_decoded_no_larger_than_needed(self, monkeypatch):
        decoded = []
        load = JpegImageFile.load
        monkeypatch.setattr(JpegImageFile, "load", lambda self: (load(self), decoded.append(self.size))[0])
        cleaned(picture_bytes(size=(7200, 5400)))
        assert max(decoded) == (3600, 2700)

    def test_makes_a_tiny_placeholder(self):
        result = cleaned(picture_bytes())
        assert result.placeholder.startswith("data:image/webp;base64,")
        assert len(result.placeholder) < 400

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"not a picture",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            b"%PDF-1.7 something",
            b"GIF89a" + bytes(300),
            picture_bytes()[:500],
            picture_bytes(kind="PNG")[:-200],
        ],
        ids=["empty", "text", "svg", "pdf", "gif", "cut jpeg", "cut png"],
    )
    def test_refuses_what_is_no_picture(self, content):
        with pytest.raises(PictureRefused, match="JPEG, PNG"):
            cleaned(content)

    @pytest.mark.parametrize("side", [8_000, 60_000])
    def test_refuses_a_bomb_before_unpacking_it(self, side):
        with pytest.raises(PictureRefused, match="60"):
            cleaned(png_that_claims(side, side))

    def test_refuses_a_picture_that_is_too_small(self):
        with pytest.raises(PictureRefused, match="200"):
            cleaned(picture_bytes(size=(199, 600)))

    def test_refuses_a_file_that_is_too_large_unread(self):
        with pytest.raises(PictureRefused, match="20"):
            clean_picture(io.BytesIO(b""), size=cleaning.LARGEST_FILE + 1)


@pytest.mark.django_db
class TestServices:
    def test_an_upload_is_kept_cleaned_and_shown_at_once(self):
        good = GoodFactory()

        image = picture_add(good=good, upload=upload(picture_bytes()), alt="Gói trà")

        assert (image.width, image.height, image.display_order) == (640, 480, 0)
        assert "trà" not in image.original.name
        assert default_storage.exists(image.original.name)
        picture = picture_for(image)
        assert picture.sources == (), "no size is there yet"
        assert picture.src == image.original.url
        assert picture.placeholder.startswith("data:")
        assert ProductChange.objects.filter(pk=good.pk).exists()

    def test_a_refused_upload_leaves_nothing(self):
        good = GoodFactory()
        with pytest.raises(PictureRefused):
            picture_add(good=good, upload=upload(b"nonsense"))
        assert not good.images.exists()

    def test_a_good_has_only_as_many_as_its_page_can_show(self):
        good = GoodFactory()
        ProductImage.objects.bulk_create(
            [ProductImage(product=good, display_order=place) for place in range(MOST_PICTURES - 1)]
        )
        picture_add(good=good, upload=upload(picture_bytes()))

        with pytest.raises(PictureRefused, match=str(MOST_PICTURES)):
            picture_add(good=good, upload=upload(picture_bytes()))

    def test_sizes_are_asked_for_after_the_commit(self, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks() as callbacks:
            image = picture_add(good=GoodFactory(), upload=upload(picture_bytes()))
        assert callbacks
        assert image.processed_at is None

    def test_the_worker_makes_every_size_that_a_page_names(self):
        with sizes_made_at_once():
            made = picture_add(good=GoodFactory(), upload=upload(picture_bytes(size=(1300, 900))))
        image = ProductImage.objects.get(pk=made.pk)

        for square, expected in ((False, (1200, 830)), (True, (800, 800))):
            picture = picture_for(image, square=square)
            assert (picture.width, picture.height) == expected
            assert [source.type for source in picture.sources] == ["image/avif", "image/webp", "image/jpeg"]
            addresses = [part.split()[0] for source in picture.sources for part in source.srcset.split(", ")]
            for address in [*addresses, picture.src]:
                assert default_storage.exists(address.removeprefix("/media/")), address

    def test_making_sizes_twice_is_harmless(self):
        with sizes_made_at_once():
            image = picture_add(good=GoodFactory(), upload=upload(picture_bytes()))
            image.original.save_all()
        assert ProductImage.objects.get(pk=image.pk).processed_at is not None

    def test_sizes_that_never_came_are_asked_for_again_but_not_for_ever(self, monkeypatch):
        image = picture_add(good=GoodFactory(), upload=upload(picture_bytes()))
        assert pictures_process_due() == 0, "not yet"

        due = timezone.now() - TRY_AGAIN
        ProductImage.objects.update(sizes_next_try_at=due)
        assert pictures_process_due() == 1
        assert pictures_process_due() == 0, "asked a moment ago"

        ProductImage.objects.update(sizes_next_try_at=due, sizes_attempts=MOST_ATTEMPTS)
        assert pictures_process_due() == 0
        assert image.processed_at is None

    def test_order_and_description(self):
        good = GoodFactory()
        first, second = (picture_add(good=good, upload=upload(picture_bytes())) for _ in range(2))

        pictures_order(good=good, image_ids=[second.pk])
        picture_describe(image=first, alt="Mặt sau", alt_en="The back")

        assert list(good.images.values_list("pk", flat=True)) == [second.pk, first.pk]
        assert ProductImage.objects.get(pk=first.pk).alt_en == "The back"

    def test_removing_takes_the_files_too(self, django_capture_on_commit_callbacks):
        with sizes_made_at_once():
            image = picture_add(good=GoodFactory(), upload=upload(picture_bytes()))
            size = picture_for(ProductImage.objects.get(pk=image.pk)).src.removeprefix("/media/")
            assert default_storage.exists(size)
            with django_capture_on_commit_callbacks(execute=True):
                picture_remove(image=image)

        assert not ProductImage.objects.exists()
        assert not default_storage.exists(image.original.name)
        assert not default_storage.exists(size)


def test_the_task_stands_in_the_queue_for_pictures():
    assert make_sizes.queue_name == "pictures"


def test_notices_and_imports_do_not_wait_behind_pictures() -> None:
    assert make_sizes.priority < min(do_duty.priority, run_import.priority, preview_import.priority)
