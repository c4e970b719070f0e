"""Pictures of cases: private, cleaned by a worker."""

from catalogue.pictures.attached import pictures_clean_due
from checkout.aftersale.models import CasePicture


def case_pictures_clean_due() -> int:
    """Make pictures of cases ready; return how many became so."""
    return pictures_clean_due(CasePicture.objects.all())
