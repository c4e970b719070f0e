"""Pictures of cases: private, cleaned by a worker."""

from typing import Final

from django.core.cache import cache

from catalogue.pictures.attached import attached_models, pictures_clean_due, waiting_tidy
from checkout.aftersale.models import CasePicture

_TIDIED_KEY: Final = "attached-uploads-tidied"
_TIDY_EVERY_SECONDS: Final = 6 * 60 * 60


def case_pictures_clean_due() -> int:
    """Make pictures of cases ready; return how many became so."""
    return pictures_clean_due(CasePicture.objects.all())


def attached_tidy_due() -> int:
    """Delete, a few times a day, uploads that no attached picture names any more; return how many."""
    if not cache.add(_TIDIED_KEY, True, timeout=_TIDY_EVERY_SECONDS):
        return 0
    named: set[str] = set()
    for model in attached_models():
        named.update(model.objects.exclude(upload="").values_list("upload", flat=True))
    return waiting_tidy(named)
