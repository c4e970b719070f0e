"""Who runs the site: the law asks that a shop names its operator where every visitor can see it.

Decree 52/2013/NĐ-CP (amended by 85/2021/NĐ-CP), article 29: name and seat, number, day and place of the business registration,
telephone or another way to reach the operator online.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core import checks


@dataclass(frozen=True, slots=True)
class Operator:
    """The company or authority behind the site; empty where nothing is set. Hashable, so that a footer is drawn once."""

    name: str
    address: str
    #: Number, day and place of registration, as they should be read.
    registration: str
    #: As people write it.
    phone: str
    email: str
    #: Whether this is a stand-in of the demonstration.
    is_sample: bool = False


#: What a demonstration shows where nobody is named.
SAMPLE = Operator(
    name="Đơn vị vận hành (mẫu)",
    address="Số 1 đường Mẫu, Phường Xuân Hương - Đà Lạt, Tỉnh Lâm Đồng",
    registration="MẪU-0000",
    phone="0900 000 000",
    email="lien-he@demo.example",
    is_sample=True,
)

#: The settings that must be there before anybody sells.
REQUIRED = (
    "OPERATOR_NAME",
    "OPERATOR_ADDRESS",
    "OPERATOR_REGISTRATION",
    "OPERATOR_PHONE",
    "OPERATOR_EMAIL",
)


def operator() -> Operator:
    """Return who runs the site; in a demonstration without a name, a sample that says so."""
    if settings.DEMONSTRATION and not settings.OPERATOR_NAME:
        return SAMPLE
    return Operator(*(getattr(settings, name) for name in REQUIRED))


@checks.register(deploy=True)
def operator_is_named(**_kwargs: object) -> list[checks.CheckMessage]:
    """Warn before a shop opens whose operator nobody could find."""
    missing = [name for name in REQUIRED if not getattr(settings, name)]
    if settings.DEMONSTRATION or not missing:
        return []
    return [
        checks.Warning(
            f"The footer doesn't say who runs the site: {', '.join(missing)} not set.",
            hint="The law asks for name, address, registration, phone and mail of whoever runs a shop (Decree 52/2013/NĐ-CP).",
            id="marketplace.W001",
        )
    ]
