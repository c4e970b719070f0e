"""Editors' pictures: judged as those of goods are, and shown as upright pixels with nothing that a camera wrote beside them."""

from collections.abc import Callable
from typing import Any, Final

from django.core.exceptions import ValidationError
from PIL import ImageOps
from wagtail.images.forms import BaseImageForm
from willow.plugins.pillow import PillowImage
from willow.registry import registry

from catalogue.errors import PictureRefused
from catalogue.pictures.cleaning import judge_picture

#: What says how pixels are meant. The rest (EXIF with the place, XMP, comments) Willow would write into every rendition.
_ABOUT_PIXELS: Final = {"icc_profile", "transparency"}


class EditorsPictureForm(BaseImageForm):
    """Wagtail's form for a picture; Wagtail unpacks a file before it looks at its size, and falls over a cut one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if file := self.fields.get("file"):
            file.to_python = _judged_first(file.to_python)


def keep_metadata_out() -> None:
    """Let each rendition begin with pixels alone: Wagtail turns every picture upright before anything else."""
    registry.register_operation(PillowImage, "auto_orient", _upright_pixels)


def _judged_first(to_python: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def judged(data: Any) -> Any:
        if data:
            try:
                judge_picture(data, size=data.size)
            except PictureRefused as error:
                raise ValidationError(str(error)) from error
            data.seek(0)
        return to_python(data)

    return judged


def _upright_pixels(image: PillowImage) -> PillowImage:
    picture = image.get_pillow_image()
    ImageOps.exif_transpose(picture, in_place=True)
    picture.info = {key: value for key, value in picture.info.items() if key in _ABOUT_PIXELS}
    return image
