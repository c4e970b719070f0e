"""Which of a producer's numbers the public is told: a company's stand in public registers, a household's tax number is a person's own number.

Since July 2025 the tax number of a person or household is the 12 digits of the identity card.
"""

from typing import Final

from catalogue.producers.models import Partner
from marketplace.encryption import last_digits

#: Who has a tax number of its own; of the others (a kind that isn't known, too) it is a person's.
_WITH_OWN_NUMBER: Final = frozenset({Partner.Kind.COOPERATIVE, Partner.Kind.COMPANY})
_IDENTITY_DIGITS: Final = 12


def number_is_personal(kind: str, tax_number: str) -> bool:
    """Return whether the tax number of a producer of this kind is a person's, which is shown in full to who needs it only."""
    return bool(tax_number) and kind not in _WITH_OWN_NUMBER


def tax_number_is_personal(producer: Partner) -> bool:
    """Return whether a producer's tax number is a person's."""
    return number_is_personal(producer.kind, producer.tax_number)


def tax_number_shown(producer: Partner) -> str:
    """Return the tax number as anybody may see it: of a person's the last digits."""
    number = producer.tax_number
    return last_digits(number) if tax_number_is_personal(producer) else number


def is_identity_number(number: str) -> bool:
    """Return whether a number is one of an identity card."""
    return number.isdigit() and len(number) == _IDENTITY_DIGITS


def registration_number_shown(producer: Partner) -> str:
    """Return the registration number as anybody may see it: some households are registered by the number of an identity card."""
    number = producer.registration_number
    is_personal = producer.kind not in _WITH_OWN_NUMBER and is_identity_number(number)
    return last_digits(number) if is_personal else number


def number_shown(producer: Partner) -> str:
    """Return the number by which buyers know who the seller is: of the registration, else of the tax office."""
    return registration_number_shown(producer) or tax_number_shown(producer)
