"""Uploaded pictures: judged by content in the request; cleaned, kept in full size and served in few sizes off it."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from django_tasks import default_task_backend
from pictures.models import PillowPicture
from PIL import Image, ImageCms
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from catalogue.certification.imports.tasks import preview_import, run_import
from catalogue.errors import PictureRefused
from catalogue.models import ProductChange, ProductImage
from catalogue.pictures import cleaning, making
from catalogue.pictures.cleaning import clean_picture, jpeg_of, judge_picture, placeholder_of
from catalogue.pictures.making import MOST_ATTEMPTS, TRY_AGAIN, picture_make_ready
from catalogue.pictures.paths import UPLOADS
from catalogue.pictures.services import (
    MOST_PICTURES,
    picture_add,
    picture_describe,
    picture_remove,
    pictures_order,
    pictures_process_due,
    uploads_tidy,
    uploads_tidy_due,
)
from catalogue.pictures.serving import picture_for
from catalogue.pictures.tasks import make_ready
from marketplace.tasks import do_duty
from tests.factories.catalogue import GoodFactory
from tests.factories.pictures import png_that_claims

ORIENTATION, GPS = 0x0112, 0x8825


def picture_bytes(size=(640, 480), colour="green", kind="JPEG", mode="RGB", **options):
    buffer = io.BytesIO()
    Image.new(mode, size, colour).save(buffer, format=kind, **options)
    return buffer.getvalue()


def upload(content, name="gói trà.jpg"):
    return SimpleUploadedFile(name, content)


def judged(content):
    judge_picture(io.BytesIO(content), size=len(content))


def cleaned(content):
    return clean_picture(io.BytesIO(content))


def with_camera_data(size=(640, 480), **options):
    """A JPEG of a camera that lay on its side and knew where it was."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[1] = "N"
    return picture_bytes(size=size, exif=exif, comment=b"Da Lat", **options)


def metadata_of(picture):
    return [*picture.getexif(), *({"exif", "icc_profile", "comment", "xmp"} & set(picture.info))]


def stored():
    """Every file in the store."""
    root = Path(default_storage.location)
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


class TestCleaning:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_takes_the_three_formats_whatever_the_name_says(self, kind):
        content = picture_bytes(kind=kind)
        judged(content)
        assert (cleaned(content).size, cleaned(content).mode) == ((640, 480), "RGB")

    def test_strips_what_the_camera_knew_and_turns_upright(self):
        picture = cleaned(with_camera_data())
        assert picture.size == (480, 640), "turned by 90 degrees"
        assert not metadata_of(Image.open(io.BytesIO(jpeg_of(picture))))

    def test_puts_transparent_pictures_on_white(self):
        picture = cleaned(picture_bytes(kind="PNG", mode="RGBA", colour=(0, 0, 0, 0)))
        assert picture.getpixel((5, 5)) == (255, 255, 255)

    @pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "CMYK", "RGB", "RGBA"])
    def test_takes_other_colour_models(self, mode):
        kind = "JPEG" if mode == "CMYK" else "PNG"
        content = picture_bytes(kind=kind, mode=mode, colour=None if mode == "CMYK" else 0)
        judged(content)
        assert (cleaned(content).width, cleaned(content).mode) == (640, "RGB")

    @pytest.mark.parametrize(("mode", "colour"), [("P", 0), ("1", 0), ("RGBA", (0, 0, 0, 255)), ("L", 0)])
    def test_large_pictures_of_every_colour_model_keep_their_size_and_colour(self, mode, colour):
        picture = cleaned(picture_bytes(size=(3000, 2500), kind="PNG", mode=mode, colour=colour))
        assert picture.size == (3000, 2500)
        assert picture.getpixel((1200, 1000)) == (0, 0, 0)

    def test_colours_of_another_profile_are_brought_into_srgb(self):
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
        broken = cleaned(picture_bytes(colour="green", icc_profile=profile))
        assert broken.getpixel((5, 5))[1] in range(126, 131), "a profile that can't be meant says nothing"
        srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        same = cleaned(picture_bytes(colour="green", icc_profile=srgb))
        assert same.getpixel((5, 5))[1] in range(126, 131)
        assert not metadata_of(same)

    def test_a_strip_is_no_longer_than_its_sizes_can_be(self):
        picture = cleaned(picture_bytes(size=(200, 70_000), kind="PNG", mode="L", colour=0))
        assert picture.height == cleaning.LONGEST_SIDE

    def test_the_request_decodes_no_more_than_a_refusal_needs(self, monkeypatch):
        decoded = []
        load = JpegImageFile.load
        monkeypatch.setattr(JpegImageFile, "load", lambda self: (load(self), decoded.append(self.size))[0])
        judged(picture_bytes(size=(7200, 5400)))
        assert decoded == [(900, 675)]

    @pytest.mark.parametrize(("kind", "plugin"), [("PNG", PngImageFile), ("WEBP", WebPImageFile)])
    def test_the_request_unpacks_nothing_of_what_tells_by_itself_that_it_is_cut(
        self, monkeypatch, kind, plugin
    ):
        monkeypatch.setattr(plugin, "load", lambda self: pytest.fail("unpacked"))
        judged(picture_bytes(kind=kind))

    def test_makes_a_tiny_placeholder(self):
        placeholder = placeholder_of(cleaned(picture_bytes()))
        assert placeholder.startswith("data:image/webp;base64,")
        assert len(placeholder) < 400

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"not a picture",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            b"%PDF-1.7 something",
            b"GIF89a" + bytes(300),
            picture_bytes()[:500],
            picture_bytes(size=(3000, 2000))[:-200],
            picture_bytes(kind="PNG")[:-200],
            picture_bytes(kind="WEBP")[:-20],
        ],
        ids=["empty", "text", "svg", "pdf", "gif", "cut jpeg", "jpeg without its end", "cut png", "cut webp"],
    )
    def test_refuses_what_is_no_picture(self, content):
        with pytest.raises(PictureRefused, match="JPEG, PNG"):
            judged(content)

    @pytest.mark.parametrize("side", [8_000, 60_000])
    def test_refuses_a_bomb_before_unpacking_it(self, side):
        with pytest.raises(PictureRefused, match="60"):
            judged(png_that_claims(side, side))

    def test_refuses_a_webp_that_the_worker_has_no_room_for(self):
        with pytest.raises(PictureRefused, match="40"):
            judged(picture_bytes(size=(8_000, 5_100), kind="WEBP", method=0, quality=0))

    def test_refuses_a_picture_that_is_too_small(self):
        with pytest.raises(PictureRefused, match="200"):
            judged(picture_bytes(size=(199, 600)))

    def test_refuses_a_file_that_is_too_large_unread(self):
        with pytest.raises(PictureRefused, match="20"):
            judge_picture(io.BytesIO(b""), size=cleaning.LARGEST_FILE + 1)


@pytest.fixture
def store(settings, tmp_path):
    """An empty store, whose files `stored` lists."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.mark.django_db
class TestServices:
    def test_an_upload_waits_where_nobody_reads_it(self, client, store, django_capture_on_commit_callbacks):
        good = GoodFactory()
        content = with_camera_data()

        with django_capture_on_commit_callbacks() as callbacks:
            image = picture_add(good=good, upload=upload(content), alt="Gói trà")

        assert callbacks, "the worker is asked after the commit"
        assert stored() == [image.upload.name]
        assert "trà" not in image.upload.name
        assert (store / image.upload.name).read_bytes() == content
        assert client.get(f"/media/{image.upload.name}").status_code == 404
        assert (image.original, image.placeholder, image.processed_at) == ("", "", None)
        assert picture_for(image) is None

    def test_a_refused_upload_leaves_nothing(self, store):
        good = GoodFactory()
        with pytest.raises(PictureRefused):
            picture_add(good=good, upload=upload(b"nonsense"))
        assert not good.images.exists()
        assert stored() == []

    def test_a_good_has_only_as_many_as_its_page_can_show(self):
        good = GoodFactory()
        ProductImage.objects.bulk_create(
            [ProductImage(product=good, display_order=place) for place in range(MOST_PICTURES - 1)]
        )
        picture_add(good=good, upload=upload(picture_bytes()))

        with pytest.raises(PictureRefused, match=str(MOST_PICTURES)):
            picture_add(good=good, upload=upload(picture_bytes()))

    def test_order_and_description(self):
        good = GoodFactory()
        first, second = (picture_add(good=good, upload=upload(picture_bytes())) for _ in range(2))

        pictures_order(good=good, image_ids=[second.pk])
        picture_describe(image=first, alt="Mặt sau", alt_en="The back")

        assert list(good.images.values_list("pk", flat=True)) == [second.pk, first.pk]
        assert ProductImage.objects.get(pk=first.pk).alt_en == "The back"

    def test_a_small_one_of_a_command_stands_on_pages_before_its_sizes(self, store):
        image = picture_add(good=GoodFactory(), upload=upload(with_camera_data()), at_once=True)

        assert (image.width, image.height) == (480, 640)
        picture = picture_for(image)
        assert (picture.sources, picture.src) == ((), image.original.url)
        assert picture.placeholder.startswith("data:")
        with Image.open(image.original.path) as original:
            assert not metadata_of(original)

        name = image.original.name
        picture_make_ready(image_id=image.pk)

        image.refresh_from_db()
        assert image.original.name == name, "pages out there name it"
        assert picture_for(image).sources


@pytest.mark.django_db
class TestMaking:
    """What the worker does with an upload, at any moment of which it may be killed."""

    @pytest.fixture
    def image(self, store):
        return picture_add(good=GoodFactory(), upload=upload(with_camera_data((1250, 1500))))

    @pytest.fixture(autouse=True)
    def _committed(self, monkeypatch):
        monkeypatch.setattr(transaction, "on_commit", lambda call, **_robust: call())

    def test_keeps_the_original_in_full_size_upright_and_without_what_the_camera_knew(self, store):
        image = picture_add(good=GoodFactory(), upload=upload(with_camera_data((2500, 3000))))
        ProductChange.objects.all().delete()

        picture_make_ready(image_id=image.pk)

        image.refresh_from_db()
        assert (image.width, image.height, image.upload) == (3000, 2500, "")
        assert image.processed_at is not None
        assert image.placeholder.startswith("data:")
        assert ProductChange.objects.filter(pk=image.product_id).exists()
        with Image.open(store / image.original.name) as original:
            assert (original.format, original.size) == ("JPEG", (3000, 2500))
        for name in stored():
            with Image.open(store / name) as written:
                assert not metadata_of(written), name

    def test_writes_every_size_that_a_page_names_and_nothing_else(self, image, store):
        picture_make_ready(image_id=image.pk)
        image.refresh_from_db()

        named = {image.original.name}
        for square, expected in ((False, (1200, 1000)), (True, (1200, 1200))):
            picture = picture_for(image, square=square)
            assert (picture.width, picture.height) == expected
            assert [source.type for source in picture.sources] == ["image/avif", "image/webp", "image/jpeg"]
            addresses = [part.split()[0] for source in picture.sources for part in source.srcset.split(", ")]
            assert picture.src in addresses
            named |= {address.removeprefix("/media/") for address in addresses}
            with Image.open(store / picture.src.removeprefix("/media/")) as widest:
                assert widest.size == expected
        assert stored() == sorted(named)

    def test_a_strip_stands_on_cards_whole_where_no_square_fits_into_it(self, store):
        image = picture_add(good=GoodFactory(), upload=upload(picture_bytes(size=(3000, 300))))
        picture_make_ready(image_id=image.pk)

        picture = picture_for(ProductImage.objects.get(pk=image.pk), square=True)
        assert (picture.width, picture.height) == (1200, 120)
        assert picture.sources

    def test_a_second_time_changes_nothing(self, image):
        picture_make_ready(image_id=image.pk)
        before = stored(), ProductImage.objects.values().get(pk=image.pk)

        picture_make_ready(image_id=image.pk)

        assert (stored(), ProductImage.objects.values().get(pk=image.pk)) == before

    @pytest.mark.parametrize(
        "step",
        ["clean_picture", "jpeg_of", "_reduced", "_sizes", "placeholder_of", "mark_changed"],
    )
    @pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
    def test_killed_at_any_step_it_is_tried_again_and_nothing_is_left_behind(
        self, client, image, monkeypatch, step, after
    ):
        def dies(*args, **kwargs):
            if after:
                whole(*args, **kwargs)
            raise Killed

        whole = getattr(making, step)
        with monkeypatch.context() as patched:
            patched.setattr(making, step, dies)
            with pytest.raises(Killed):
                picture_make_ready(image_id=image.pk)
        row = ProductImage.objects.get(pk=image.pk)
        assert (row.upload, row.original, row.processed_at) == (image.upload, "", None)
        assert client.get(f"/media/{row.upload.name}").status_code == 404
        for name in stored():
            if name != row.upload.name:
                with Image.open(Path(default_storage.location) / name) as written:
                    assert not metadata_of(written), "no public file may tell what the camera knew"

        picture_make_ready(image_id=image.pk)

        row.refresh_from_db()
        assert row.processed_at is not None
        assert len(stored()) == 1 + 2 * 3 * 3, "the original and its sizes"

    def test_killed_in_the_middle_of_the_sizes_nothing_is_left_behind(self, image, monkeypatch):
        written = []
        save = PillowPicture.save

        def dies_at_the_fifth(size, picture):
            if len(written) == 4:
                raise Killed
            save(size, picture)
            written.append(size.name)

        with monkeypatch.context() as patched:
            patched.setattr(PillowPicture, "save", dies_at_the_fifth)
            with pytest.raises(Killed):
                picture_make_ready(image_id=image.pk)
        assert set(written) < set(stored())

        picture_make_ready(image_id=image.pk)

        assert not set(written) & set(stored())
        assert len(stored()) == 1 + 2 * 3 * 3

    def test_an_attempt_that_was_overtaken_takes_back_what_it_wrote(self, image, monkeypatch):
        with monkeypatch.context() as patched:
            patched.setattr(making, "placeholder_of", overtaken(image, patched, making.picture_make_ready))
            picture_make_ready(image_id=image.pk)

        row = ProductImage.objects.get(pk=image.pk)
        assert row.sizes_attempts == 2
        assert len(stored()) == 1 + 2 * 3 * 3
        assert row.original.name in stored()

    def test_removed_while_it_is_made_nothing_is_left(self, image, monkeypatch):
        with monkeypatch.context() as patched:
            patched.setattr(
                making,
                "placeholder_of",
                overtaken(image, patched, lambda image_id: picture_remove(image=image)),
            )
            picture_make_ready(image_id=image.pk)

        assert not ProductImage.objects.exists()
        assert stored() == []

    def test_removed_before_the_worker_came(self, image):
        picture_remove(image=image)
        picture_make_ready(image_id=image.pk)
        assert stored() == []

    def test_removed_after_an_attempt_was_killed_nothing_is_left(self, image, monkeypatch):
        with monkeypatch.context() as patched:
            patched.setattr(making, "placeholder_of", lambda picture: (_ for _ in ()).throw(Killed))
            with pytest.raises(Killed):
                picture_make_ready(image_id=image.pk)

        picture_remove(image=image)

        assert stored() == []

    def test_removed_when_it_was_ready_nothing_is_left_however_old_the_remover_s_row(self, image):
        picture_make_ready(image_id=image.pk)
        picture_remove(image=image)  # read before it was ready
        assert not ProductImage.objects.exists()
        assert stored() == []

    def test_what_turns_out_to_be_broken_is_given_up_at_once(self, store):
        good = GoodFactory()
        image = picture_add(good=good, upload=upload(png_with_broken_pixels()))

        picture_make_ready(image_id=image.pk)

        row = ProductImage.objects.get(pk=image.pk)
        assert (row.original, row.processed_at, row.sizes_attempts) == ("", None, MOST_ATTEMPTS)
        ProductImage.objects.update(sizes_next_try_at=timezone.now() - TRY_AGAIN)
        assert pictures_process_due() == 0

    def test_an_original_of_before_gets_its_sizes_and_stays(self, store):
        """Rows of a database in which originals were made in the request."""
        default_storage.save("goods/aa/old.jpg", ContentFile(picture_bytes(size=(2400, 1800))))
        [image] = ProductImage.objects.bulk_create(
            [
                ProductImage(
                    product=GoodFactory(),
                    original="goods/aa/old.jpg",
                    width=2400,
                    height=1800,
                    sizes_attempts=1,
                    sizes_next_try_at=timezone.now() - TRY_AGAIN,
                )
            ]
        )
        content = (store / "goods/aa/old.jpg").read_bytes()
        assert pictures_process_due() == 1

        picture_make_ready(image_id=image.pk)

        image.refresh_from_db()
        assert (image.original, image.width, image.height) == ("goods/aa/old.jpg", 2400, 1800)
        assert (store / "goods/aa/old.jpg").read_bytes() == content
        assert picture_for(image).sources
        assert len(stored()) == 1 + 2 * 3 * 3

    def test_one_that_never_came_is_asked_for_again_but_not_tried_for_ever(self, image, monkeypatch):
        assert pictures_process_due() == 0, "not yet"

        due = timezone.now() - TRY_AGAIN
        ProductImage.objects.update(sizes_next_try_at=due)
        assert pictures_process_due() == 1
        assert pictures_process_due() == 0, "asked a moment ago"

        monkeypatch.setattr(making, "clean_picture", lambda content: (_ for _ in ()).throw(Killed))
        for _attempt in range(MOST_ATTEMPTS):
            with pytest.raises(Killed):
                picture_make_ready(image_id=image.pk)
        picture_make_ready(image_id=image.pk)
        ProductImage.objects.update(sizes_next_try_at=due)
        assert pictures_process_due() == 0


class Killed(Exception):
    """Stands for the end of the process."""


def overtaken(image, patched, by):
    """Return a step during which something else happens to the picture, once."""

    def step(picture):
        patched.undo()
        by(image_id=image.pk)
        return placeholder_of(picture)

    return step


def png_with_broken_pixels():
    """A PNG whose checksums are right and whose pixels can't be unpacked."""
    content = png_that_claims(640, 480)
    judged(content)
    return content


@pytest.mark.django_db
class TestTidying:
    def test_uploads_that_no_picture_names_go_after_a_day(self, store, monkeypatch):
        named = picture_add(good=GoodFactory(), upload=upload(picture_bytes()))
        left = default_storage.save(f"{UPLOADS}/left", ContentFile(b"somebody was killed"))

        assert uploads_tidy() == 0, "perhaps its row is just being written"

        later = timezone.now() + timedelta(hours=25)
        monkeypatch.setattr(timezone, "now", lambda: later)
        assert uploads_tidy() == 1
        assert stored() == [named.upload.name]
        assert not default_storage.exists(left)

    def test_a_few_times_a_day(self, store, monkeypatch):
        cache.clear()
        calls = []
        monkeypatch.setattr("catalogue.pictures.services.uploads_tidy", lambda: calls.append(1))
        uploads_tidy_due()
        uploads_tidy_due()
        assert calls == [1]

    def test_nothing_was_ever_uploaded(self, store):
        assert uploads_tidy() == 0


def test_the_task_stands_in_the_queue_for_pictures():
    assert make_ready.queue_name == "pictures"


@pytest.mark.django_db
def test_an_upload_does_not_wait_behind_pictures_that_stand_on_pages_already(
    store, django_capture_on_commit_callbacks
):
    default_task_backend.clear()
    with django_capture_on_commit_callbacks(execute=True):
        for at_once in (True, False):
            picture_add(good=GoodFactory(), upload=upload(picture_bytes()), at_once=at_once)

    ours, somebodys = [
        result.task.priority for result in default_task_backend.results if result.task.func is make_ready.func
    ]
    assert ours < somebodys == make_ready.priority


def test_notices_and_imports_do_not_wait_behind_pictures() -> None:
    assert make_ready.priority < min(do_duty.priority, run_import.priority, preview_import.priority)
