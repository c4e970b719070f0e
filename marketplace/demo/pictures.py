"""Gives the demonstration's goods pictures of the packs that they might be sold in, drawn and marked as illustrations."""

from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile

from catalogue.models import Product
from catalogue.pictures.services import picture_add
from marketplace.demo.drawings.ahead import PackPicture, pack_jpeg


def drawn_folder() -> Path:
    """Return where packs lie that were drawn ahead."""
    return Path(settings.DATA_DIR) / "drawn"


def picture_give(good: Product, *, key: str = "") -> None:
    """Add a drawn pack as the good's picture; goods of one name differ by `key`."""
    picture = PackPicture(good.title_vi, _place_word(good), good.product_set_id, key)
    picture_add(
        good=good,
        upload=ContentFile(pack_jpeg(picture, drawn_folder()), name="pack.jpg"),
        alt=f"Hình minh hoạ bao bì {good.title_vi}",
        alt_en=f"Drawn pack of {good.title_en or good.title_vi}",
        is_illustration=True,
        at_once=True,
    )


def _place_word(good: Product) -> str:
    """Return the province that stands on the label."""
    producer = good.producer
    return producer.commune.province.short_name if producer and producer.commune else "OCOP"
